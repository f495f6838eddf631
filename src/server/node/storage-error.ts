// Why a folder was not opened or a file of it not read. Nothing in it has been changed then.

/**
 * `in-use`: another server has it. `foreign`: it holds something else. `too-new`: a later version wrote it.
 * `damaged`: files are gone or are not what was written.
 */
export type StorageErrorCode = 'in-use' | 'foreign' | 'too-new' | 'damaged';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
