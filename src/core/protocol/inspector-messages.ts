// Between a page and its inspector: the dedicated worker that opens sealed weights, so that nothing
// is decrypted on the page's thread. Requests one way, progress and answers the other; one result
// map types both ends. Nothing of this ever travels to the server.
import * as v from 'valibot';
import { runConfigSchema } from '../experiment/run-config.ts';
import { type SchemeParameters, MAX_PAYLOAD_BYTES } from '../encryption/scheme.ts';
import { NUM_PIXELS } from '../model/model-spec.ts';
import { bytes, count, finite, identifier, roundIndex, share } from './schema.ts';

const requestId = v.pipe(v.number(), v.integer(), v.minValue(0));
const exactBytes = (length: number) =>
  v.pipe(
    bytes(length),
    v.check((value) => value.byteLength === length, 'wrong number of bytes'),
  );
const SECRET_BYTES = 32; // the federation's secret: 256 bits
/** Numbers a side of the demonstration may hold. */
const MAX_DEMONSTRATION_VALUES = 10;
const demonstrationValues = v.pipe(
  v.array(finite),
  v.minLength(1),
  v.maxLength(MAX_DEMONSTRATION_VALUES),
);
/** Where the static data files lie, ending in a slash: a worker does not know the page's address. */
const dataUrl = v.pipe(v.string(), v.url(), v.endsWith('/'));

/** Every request is answered by exactly one `answer` with its requestId. */
export const inspectorRequestSchema = v.variant('type', [
  /** Opens the weights of this round and keeps them in place of the previous ones. */
  v.strictObject({
    type: v.literal('load-model'),
    requestId,
    secret: exactBytes(SECRET_BYTES),
    runId: identifier,
    config: runConfigSchema,
    round: roundIndex,
    /** null: the initial weights of the configuration's seed. */
    sealedWeights: v.nullable(bytes(MAX_PAYLOAD_BYTES)),
  }),
  /** Class probabilities of one image, 0 = background, 255 = ink. */
  v.strictObject({ type: v.literal('predict'), requestId, pixels: exactBytes(NUM_PIXELS) }),
  /** Goes through the test images; `progress` messages come before the answer. */
  v.strictObject({ type: v.literal('find-mistakes'), requestId, dataUrl, most: count }),
  /** One test image, for trying the model without drawing. */
  v.strictObject({ type: v.literal('get-test-image'), requestId, dataUrl, index: count }),
  /** The loaded model as files that `tf.loadLayersModel` reads. */
  v.strictObject({ type: v.literal('export'), requestId }),
  /** Encrypts two vectors as two clients would, adds them as the server would, opens the sum. */
  v.strictObject({
    type: v.literal('demonstrate'),
    requestId,
    first: demonstrationValues,
    second: demonstrationValues,
  }),
]);
export type InspectorRequest = v.InferOutput<typeof inspectorRequestSchema>;
export type InspectorRequestOf<Type extends InspectorRequest['type']> = Extract<
  InspectorRequest,
  { type: Type }
>;

/**
 * `malformed`: not a request of this protocol. `no-model`: nothing is loaded yet. `cannot-open`:
 * sealed under another secret, or not weights of this run and round. `superseded`: another model was
 * loaded meanwhile. `data-unavailable`: the test images could not be read. `failed`: anything else.
 */
const inspectorErrorCode = v.picklist([
  'malformed',
  'no-model',
  'cannot-open',
  'superseded',
  'data-unavailable',
  'failed',
]);
export type InspectorErrorCode = v.InferOutput<typeof inspectorErrorCode>;

export const inspectorAnswerSchema = v.variant('type', [
  v.strictObject({ type: v.literal('progress'), requestId, fraction: share }),
  v.strictObject({
    type: v.literal('answer'),
    /** null: the request could not be read that far. */
    requestId: v.nullable(requestId),
    outcome: v.variant('ok', [
      v.strictObject({ ok: v.literal(true), result: v.unknown() }),
      v.strictObject({ ok: v.literal(false), code: inspectorErrorCode, text: v.string() }),
    ]),
  }),
]);
export type InspectorAnswer = v.InferOutput<typeof inspectorAnswerSchema>;

/** A test image that the model gets wrong. */
export interface Mistake {
  /** Place among the test images. */
  readonly index: number;
  /** [784] bytes. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly label: number;
  readonly predicted: number;
  /** Probability of the predicted digit. */
  readonly confidence: number;
}

export interface TestInspection {
  readonly runId: string;
  readonly round: number;
  readonly numExamples: number;
  readonly numCorrect: number;
  /** [10 × 10] counts, row = true label, column = prediction. */
  readonly confusion: readonly number[];
  /** The most confident mistakes, most confident first. */
  readonly mistakes: readonly Mistake[];
}

/** Two clients' numbers, added under encryption: what travels, and what comes out. */
export interface Demonstration {
  readonly parameters: SchemeParameters;
  /** The numbers as they were encrypted: rounded, the shorter list filled with 0. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** The first bytes that look random of each client's ciphertext and of their sum. */
  readonly firstHead: Uint8Array<ArrayBuffer>;
  readonly secondHead: Uint8Array<ArrayBuffer>;
  readonly sumHead: Uint8Array<ArrayBuffer>;
  readonly updateBytes: number;
  readonly sumBytes: number;
  /** The decrypted sums, and whether each equals the sum of the numbers as they were encrypted. */
  readonly sums: readonly number[];
  readonly exact: boolean;
  readonly milliseconds: {
    readonly keys: number;
    /** Both clients together. */
    readonly encrypt: number;
    readonly add: number;
    readonly decrypt: number;
  };
}

/** `result` of the answers, by request. */
export interface InspectorResults {
  'load-model': { runId: string; round: number; numParameters: number };
  predict: { probabilities: readonly number[] };
  'find-mistakes': TestInspection;
  'get-test-image': { pixels: Uint8Array<ArrayBuffer>; label: number };
  export: { modelJson: string; weights: Uint8Array<ArrayBuffer> };
  demonstrate: Demonstration;
}
