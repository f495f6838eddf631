// Reads every byte of a key that comes from another party before WASM sees it. SEAL's own loading is not
// enough: it throws (and an exception costs WASM stack), allocates what a compressed header claims, and
// accepts appended bytes. After this gate loading cannot fail. What else comes from others is a sum, words
// and seeds without any header (core/encryption/wire-layout.ts). There is no integrity in either: a changed
// coefficient passes and changes values; channels and sealed keys bring their own.
import { areReduced } from '../core/encryption/wire-layout.ts';
import {
  HEADER,
  KEY_AT,
  KEY_HEADER_BYTES,
  keyBytes,
  viewOf,
  wordArrayBytes,
  type PolynomialShape,
} from './seal-layout.ts';

/** Why `bytes` is not a key polynomial of this shape, or null when it is one. */
export function keyProblem(bytes: Uint8Array, shape: PolynomialShape): string | null {
  const { ringDegree, primes } = shape;
  const length = keyBytes(shape);
  if (bytes.length !== length) return 'wrong length';
  const view = viewOf(bytes);
  const numWords = ringDegree * primes.length;
  if (!isHeader(bytes, view, 0, length)) return 'wrong header';
  if (!isSame(bytes, KEY_AT.parmsId, shape.parmsId)) return 'other encryption parameters';
  if (
    !isUint64(view, KEY_AT.numCoefficients, numWords) ||
    view.getFloat64(KEY_AT.scale, true) !== 1
  )
    return 'wrong shape';
  if (!isHeader(bytes, view, KEY_AT.words, wordArrayBytes(numWords))) return 'wrong inner header';
  if (!isUint64(view, KEY_AT.numWords, numWords)) return 'wrong number of coefficients';
  const words = new BigInt64Array(bytes.slice(KEY_HEADER_BYTES).buffer);
  const fits = primes.every((prime, i) =>
    areReduced(words, i * ringDegree, (i + 1) * ringDegree, prime),
  );
  return fits ? null : 'a coefficient is too large';
}

function isHeader(bytes: Uint8Array, view: DataView, at: number, size: number): boolean {
  return HEADER.every((byte, i) => bytes[at + i] === byte) && isUint64(view, at + 8, size);
}

function isUint64(view: DataView, at: number, value: number): boolean {
  return view.getUint32(at, true) === value && view.getUint32(at + 4, true) === 0;
}

function isSame(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte);
}
