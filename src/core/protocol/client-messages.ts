// What a client says to the server. One closed union; each schema is the source of its type.
// A message of a round carries the run, the round and (where a round can be tried again) the attempt.
import * as v from 'valibot';
import { backendNames } from '../training/trainer.ts';
import {
  bytes,
  count,
  durationMs,
  evaluationSlice,
  finite,
  identifier,
  MAX_SEALED_KEY_BYTES,
  rangeExponents,
  roundIndex,
  sha256Hex,
  share,
  shortText,
} from './schema.ts';
import { MAX_PAYLOAD_BYTES } from '../encryption/scheme.ts';

export const clientPhase = v.picklist([
  'idle',
  'preparing',
  'waiting',
  'training',
  'encrypting',
  'sending',
  'decrypting',
  'evaluating',
]);
export type ClientPhase = v.InferOutput<typeof clientPhase>;

const backendInfo = v.strictObject({
  backend: v.picklist(backendNames),
  renderer: shortText,
  reason: shortText,
});

/** A stretch of a client's time, ms after it received the message that started it. */
const segment = v.strictObject({ phase: clientPhase, startMs: durationMs, endMs: durationMs });
export type PhaseSegment = v.InferOutput<typeof segment>;

export const clientMessageSchema = v.variant('type', [
  /** First message on a connection. `holds` is what the client still has of an earlier connection. */
  v.strictObject({
    type: v.literal('join'),
    protocolVersion: v.number(),
    clientId: identifier,
    name: shortText,
  }),
  /** Answers `assign` and `resync`: data loaded, shaders warm, weights of `round` held. */
  v.strictObject({
    type: v.literal('prepared'),
    runId: identifier,
    seat: count,
    round: roundIndex,
    keyEpoch: count,
    numExamples: count,
    labelHistogram: v.pipe(v.array(count), v.length(10)),
    backend: backendInfo,
    /** Ranges that this client expects of its first update, from warm-up. */
    rangeExponents,
    prepareMs: durationMs,
  }),
  /** Answers `make-keys`: the key material sealed under the federation's secret. */
  v.strictObject({
    type: v.literal('keys'),
    runId: identifier,
    keyEpoch: count,
    sealed: bytes(MAX_SEALED_KEY_BYTES),
  }),
  /** At most a few times a second. */
  v.strictObject({
    type: v.literal('progress'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    phase: clientPhase,
    fraction: share,
  }),
  v.strictObject({
    type: v.literal('update'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    keyEpoch: count,
    numExamples: count,
    /** Encrypted; the server can add it and nothing else. */
    payload: bytes(MAX_PAYLOAD_BYTES),
    trainLoss: finite,
    trainAccuracy: share,
    /** Ranges of this update before clipping, for the next round's announcement. */
    rangeExponents,
    /** Largest |quantised − exact| over this client's own scaled delta (clipping apart). */
    quantisationError: finite,
    segments: v.pipe(v.array(segment), v.maxLength(16)),
  }),
  /** Answers `apply` and `evaluate`. */
  v.strictObject({
    type: v.literal('evaluated'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    split: v.picklist(['validation', 'test']),
    /** The slice that was asked for: a repeated answer must not pass for another slice's. */
    slice: evaluationSlice,
    numExamples: count,
    numCorrect: count,
    lossSum: finite,
    /** [10 × 10] counts, row = true label. */
    confusion: v.pipe(v.array(count), v.length(100)),
    weightsSha256: sha256Hex,
    /** Largest |difference| to the twin run's weights of this round, if this client holds them. */
    twinDifference: v.nullable(finite),
    segments: v.pipe(v.array(segment), v.maxLength(16)),
  }),
  /** Answers `apply` with `deposit`, or `deposit`: the weights sealed under the federation's secret. */
  v.strictObject({
    type: v.literal('deposit'),
    runId: identifier,
    round: roundIndex,
    weightsSha256: sha256Hex,
    sealedWeights: bytes(MAX_PAYLOAD_BYTES),
  }),
  /** The client could not do what it was asked; the run goes on without this contribution. */
  v.strictObject({
    type: v.literal('failed'),
    runId: identifier,
    round: roundIndex,
    attempt: count,
    code: v.picklist([
      'data-unavailable',
      'backend-unavailable',
      'keys-unavailable',
      'weights-unavailable',
      'non-finite-update',
      'training-failed',
      'encryption-failed',
      'sum-unreadable',
      'device-lost',
    ]),
    detail: shortText,
  }),
  /** Said by a client that goes in good order; a connection that is gone says the same. */
  v.strictObject({ type: v.literal('leave') }),
]);

export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;
export type ClientMessageOf<Type extends ClientMessage['type']> = Extract<
  ClientMessage,
  { type: Type }
>;
export type ClientFailureCode = ClientMessageOf<'failed'>['code'];
