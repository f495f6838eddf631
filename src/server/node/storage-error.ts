// Why a folder was not opened or a file of it not read. Nothing in it has been changed then.

import { CodedError } from '../../core/errors/coded-error.ts';

/**
 * `in-use`: another server has it. `foreign`: it holds something else. `too-new`: a later version wrote it.
 * `damaged`: files are gone or are not what was written.
 */
export type StorageErrorCode = 'in-use' | 'foreign' | 'too-new' | 'damaged';

export class StorageError extends CodedError<StorageErrorCode> {
  override readonly name = 'StorageError';
}
