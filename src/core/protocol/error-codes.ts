// Why a message was not taken. Codes are stable and listed in PROTOCOL.md; they never echo the payload.
import * as v from 'valibot';

export const errorCode = v.picklist([
  /** Not a message of this protocol, or a field is out of its range. */
  'malformed',
  /** The tab's build speaks another protocol version: reload it. */
  'wrong-version',
  /** Said before `join`, or joined twice. */
  'out-of-order',
  /** Names a run that is not this client's. */
  'foreign-run',
  /** Names a round or attempt that is over. */
  'late',
  /** Names a round or attempt that has not begun. */
  'future',
  /** This client's contribution of this round is already in. */
  'duplicate',
  /** This client was not asked in this round. */
  'not-in-cohort',
  /** Encrypted under keys that are not this run's. */
  'wrong-key-epoch',
  /** The payload is not an update of these encryption parameters. */
  'bad-update',
  /** Claims a number of examples that it did not report when it was prepared. */
  'wrong-num-examples',
  /** Weights differ from those of the other clients. */
  'diverged',
  /** Not expected in this phase. */
  'unexpected',
  /** A dashboard's command that cannot be carried out now (its answer says why). */
  'not-now',
]);

export type ErrorCode = v.InferOutput<typeof errorCode>;
