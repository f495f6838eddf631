// Reads every byte that comes from another party before WASM sees it. SEAL's own loading is not
// enough: it throws (and an exception costs WASM stack), allocates what a compressed header claims,
// and accepts appended bytes. After this gate loading cannot fail. There is no integrity here: a
// changed coefficient passes and changes values; channels and sealed keys bring their own.
import { CIPHERTEXT_HEADER_BYTES, SEED_BYTES } from '../core/encryption/parameters.ts';
import {
  BLAKE2XB,
  CIPHERTEXT_AT,
  ciphertextBytes,
  HEADER,
  HEADER_BYTES,
  KEY_AT,
  KEY_HEADER_BYTES,
  keyBytes,
  viewOf,
  wordArrayBytes,
  type CiphertextShape,
  type PolynomialShape,
} from './seal-layout.ts';

/** Why `bytes` is not a ciphertext of this shape, or null when it is one. */
export function ciphertextProblem(bytes: Uint8Array, shape: CiphertextShape): string | null {
  const { ringDegree, primes, seeded } = shape;
  const length = ciphertextBytes(shape);
  if (bytes.length !== length) return 'wrong length';
  const view = viewOf(bytes);
  const numWords = ringDegree * primes.length;
  const numStored = seeded ? numWords : 2 * numWords;
  if (!isHeader(bytes, view, 0, length)) return 'wrong header';
  if (!isSame(bytes, CIPHERTEXT_AT.parmsId, shape.parmsId)) return 'other encryption parameters';
  const fits =
    bytes[CIPHERTEXT_AT.isNtt] === 1 &&
    isUint64(view, CIPHERTEXT_AT.numPolynomials, 2) &&
    isUint64(view, CIPHERTEXT_AT.ringDegree, ringDegree) &&
    isUint64(view, CIPHERTEXT_AT.numPrimes, primes.length) &&
    view.getFloat64(CIPHERTEXT_AT.scale, true) === shape.scale &&
    isUint64(view, CIPHERTEXT_AT.correctionFactor, 1);
  if (!fits) return 'wrong shape';
  if (!isHeader(bytes, view, CIPHERTEXT_AT.words, wordArrayBytes(numStored)))
    return 'wrong inner header';
  if (!isUint64(view, CIPHERTEXT_AT.numWords, numStored)) return 'wrong number of coefficients';
  if (!areReduced(view, CIPHERTEXT_HEADER_BYTES, shape)) return 'a coefficient is too large';
  if (seeded) {
    const seed = CIPHERTEXT_HEADER_BYTES + 8 * numWords;
    if (!isHeader(bytes, view, seed, SEED_BYTES)) return 'wrong seed header';
    return bytes[seed + HEADER_BYTES] === BLAKE2XB ? null : 'unknown kind of seed';
  }
  const second = CIPHERTEXT_HEADER_BYTES + 8 * numWords;
  if (!areReduced(view, second, shape)) return 'a coefficient is too large';
  // SEAL refuses to compute with a ciphertext that hides nothing.
  return bytes.subarray(second).some((byte) => byte !== 0) ? null : 'not encrypted';
}

/** Why `bytes` is not a key polynomial of this shape, or null when it is one. */
export function keyProblem(bytes: Uint8Array, shape: PolynomialShape): string | null {
  const length = keyBytes(shape);
  if (bytes.length !== length) return 'wrong length';
  const view = viewOf(bytes);
  const numWords = shape.ringDegree * shape.primes.length;
  if (!isHeader(bytes, view, 0, length)) return 'wrong header';
  if (!isSame(bytes, KEY_AT.parmsId, shape.parmsId)) return 'other encryption parameters';
  if (
    !isUint64(view, KEY_AT.numCoefficients, numWords) ||
    view.getFloat64(KEY_AT.scale, true) !== 1
  )
    return 'wrong shape';
  if (!isHeader(bytes, view, KEY_AT.words, wordArrayBytes(numWords))) return 'wrong inner header';
  if (!isUint64(view, KEY_AT.numWords, numWords)) return 'wrong number of coefficients';
  return areReduced(view, KEY_HEADER_BYTES, shape) ? null : 'a coefficient is too large';
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

/** One polynomial: ringDegree coefficients below each prime in turn. */
function areReduced(view: DataView, at: number, { ringDegree, primes }: PolynomialShape): boolean {
  let offset = at;
  for (const { high, low } of primes) {
    for (const end = offset + 8 * ringDegree; offset < end; offset += 8) {
      const top = view.getUint32(offset + 4, true);
      if (top > high || (top === high && view.getUint32(offset, true) >= low)) return false;
    }
  }
  return true;
}
