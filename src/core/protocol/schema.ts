// Building blocks of the message schemas: what arrives is `unknown` until one of them has read it.
import * as v from 'valibot';

/** Raised with every change that an older tab could not understand. */
export const PROTOCOL_VERSION = 2;

export const identifier = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));
export const shortText = v.pipe(v.string(), v.maxLength(200));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9));
export const roundIndex = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100000));
export const finite = v.pipe(v.number(), v.finite());
export const durationMs = v.pipe(v.number(), v.finite(), v.minValue(0));
export const share = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1));
export const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Binary exponents of update ranges, one a tensor: clip = 2^exponent. */
export const rangeExponents = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(-60), v.maxValue(60))),
  v.maxLength(64),
);
/** Which part of the validation or test examples to evaluate: slice `part` of `parts`. */
export const evaluationSlice = v.strictObject({ part: count, parts: count });
/** Bytes of at most `max`; the exact length is the scheme's business. */
export const bytes = (max: number) =>
  v.pipe(
    v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
    v.check((value) => value.byteLength <= max, 'too many bytes'),
  );

export const MAX_SEALED_KEY_BYTES = 4 * 1024 * 1024;
