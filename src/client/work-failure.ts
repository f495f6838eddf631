// A failure of the workbench that knows its own code in the protocol.
import { CodedError } from '../core/errors/coded-error.ts';
import type { ClientFailureCode } from '../core/protocol/client-messages.ts';

export class WorkFailure extends CodedError<ClientFailureCode> {
  override readonly name = 'WorkFailure';
}
