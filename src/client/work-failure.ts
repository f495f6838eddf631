// A failure of the workbench that knows its own code in the protocol.
import type { ClientFailureCode } from '../core/protocol/client-messages.ts';

export class WorkFailure extends Error {
  override readonly name = 'WorkFailure';
  readonly code: ClientFailureCode;
  constructor(code: ClientFailureCode, text: string) {
    super(text);
    this.code = code;
  }
}
