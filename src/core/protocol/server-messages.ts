// What the server says to a client. One closed union; each schema is the source of its type.
import * as v from 'valibot';
import { runConfigSchema } from '../experiment/run-config.ts';
import {
  bytes,
  count,
  durationMs,
  evaluationSlice,
  identifier,
  MAX_SEALED_KEY_BYTES,
  rangeExponents,
  roundIndex,
} from './schema.ts';
import { errorCode } from './error-codes.ts';
import { MAX_PAYLOAD_BYTES } from '../encryption/scheme.ts';

export type EvaluationSlice = v.InferOutput<typeof evaluationSlice>;

/** How a client gets the weights of `round`: derives them from the seed (round 0) or opens them. */
const weights = v.strictObject({
  round: roundIndex,
  sealed: v.nullable(bytes(MAX_PAYLOAD_BYTES)),
});

export const serverMessageSchema = v.variant('type', [
  /** Answers `join`. */
  v.strictObject({ type: v.literal('welcome'), protocolVersion: v.number(), serverId: identifier }),
  /** Take this seat of this run; answered by `prepared` or `failed`. */
  v.strictObject({
    type: v.literal('assign'),
    runId: identifier,
    config: runConfigSchema,
    seat: count,
    keyEpoch: count,
    /** null: keys are still to be made; `keys` or `make-keys` follows. */
    sealedKeys: v.nullable(bytes(MAX_SEALED_KEY_BYTES)),
    weights,
  }),
  /** Make the key material of this epoch; answered by `keys`. */
  v.strictObject({ type: v.literal('make-keys'), runId: identifier, keyEpoch: count }),
  /** The key material of this epoch, sealed by a client of the federation. */
  v.strictObject({
    type: v.literal('keys'),
    runId: identifier,
    keyEpoch: count,
    sealedKeys: bytes(MAX_SEALED_KEY_BYTES),
  }),
  /** Replace the weights held; answered by `prepared`. */
  v.strictObject({ type: v.literal('resync'), runId: identifier, weights }),
  /** The round is open for you; answered by `update` or `failed`. */
  v.strictObject({
    type: v.literal('train'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    keyEpoch: count,
    /** The cohort's largest number of examples: deltas are scaled by own / largest. */
    largestNumExamples: count,
    /** Ranges of this round's updates, one a tensor: values are clipped to ±2^exponent. */
    rangeExponents,
    deadlineMs: durationMs,
  }),
  /** Forget this attempt: train and send nothing more for it; weights go back to the last commit. */
  v.strictObject({
    type: v.literal('abandon'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
  }),
  /** The sum of the round, the same for everybody. Applied together with `apply`, whichever comes first. */
  v.strictObject({
    type: v.literal('sum'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    sum: bytes(MAX_PAYLOAD_BYTES),
    /** Seats whose updates are in the sum, ascending: the order of the seeds in it. */
    contributors: v.pipe(v.array(count), v.minLength(1), v.maxLength(1000)),
    totalExamples: count,
    largestNumExamples: count,
    rangeExponents,
  }),
  /** A client's own part: decrypt the sum, divide, apply, evaluate your slice. */
  v.strictObject({
    type: v.literal('apply'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    slice: evaluationSlice,
    /** This client also deposits the sealed weights. */
    deposit: v.boolean(),
  }),
  /** Evaluate the weights held (round 0, the test images, or a lost slice); answered by `evaluated`. */
  v.strictObject({
    type: v.literal('evaluate'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    split: v.picklist(['validation', 'test']),
    slice: evaluationSlice,
  }),
  /** Deposit the sealed weights of this round (another client was to, and left). */
  v.strictObject({ type: v.literal('deposit'), runId: identifier, round: roundIndex }),
  /** The round is history: its weights are the ones to train from now on. */
  v.strictObject({ type: v.literal('commit'), runId: identifier, round: roundIndex }),
  /** The run is over for you (finished, stopped, or your seat was given away). */
  v.strictObject({ type: v.literal('release'), runId: identifier }),
  /** A message of yours was not taken; the connection goes on (except `wrong-version`). */
  v.strictObject({
    type: v.literal('rejected'),
    code: errorCode,
    /** The type of the message, if it could be read. */
    about: v.nullable(v.string()),
    runId: v.nullable(identifier),
    round: v.nullable(roundIndex),
  }),
]);

export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;
export type ServerMessageOf<Type extends ServerMessage['type']> = Extract<
  ServerMessage,
  { type: Type }
>;
