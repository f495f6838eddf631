// A ciphertext as SEAL saves it, without its contents: the wire has words and seeds alone, and what SEAL is
// to load is built around them here.
import {
  BLAKE2XB,
  CIPHERTEXT_AT,
  CIPHERTEXT_HEADER_BYTES,
  ciphertextBytes,
  HEADER,
  HEADER_BYTES,
  SEED_HEADER_BYTES,
  viewOf,
  wordArrayBytes,
  type CiphertextShape,
} from './seal-layout.ts';

export interface CiphertextFrame {
  /** All of it; words and seed are 0 until they are written. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where they stand in `bytes`; the seed is empty where there is none. */
  readonly words: Uint8Array<ArrayBuffer>;
  readonly seed: Uint8Array<ArrayBuffer>;
}

export function createCiphertextFrame(shape: CiphertextShape): CiphertextFrame {
  const { parmsId, ringDegree, primes, scale, seeded } = shape;
  const bytes = new Uint8Array(ciphertextBytes(shape));
  const view = viewOf(bytes);
  const numWords = (seeded ? 1 : 2) * ringDegree * primes.length;
  const end = CIPHERTEXT_HEADER_BYTES + 8 * numWords;
  writeHeader(bytes, view, 0, bytes.length);
  bytes.set(parmsId, CIPHERTEXT_AT.parmsId);
  bytes[CIPHERTEXT_AT.isNtt] = 1;
  writeUint64(view, CIPHERTEXT_AT.numPolynomials, 2);
  writeUint64(view, CIPHERTEXT_AT.ringDegree, ringDegree);
  writeUint64(view, CIPHERTEXT_AT.numPrimes, primes.length);
  view.setFloat64(CIPHERTEXT_AT.scale, scale, true);
  writeUint64(view, CIPHERTEXT_AT.correctionFactor, 1);
  writeHeader(bytes, view, CIPHERTEXT_AT.words, wordArrayBytes(numWords));
  writeUint64(view, CIPHERTEXT_AT.numWords, numWords);
  if (seeded) {
    writeHeader(bytes, view, end, bytes.length - end);
    bytes[end + HEADER_BYTES] = BLAKE2XB;
  }
  return {
    bytes,
    words: bytes.subarray(CIPHERTEXT_HEADER_BYTES, end),
    seed: bytes.subarray(seeded ? end + SEED_HEADER_BYTES : end),
  };
}

function writeHeader(bytes: Uint8Array, view: DataView, at: number, size: number): void {
  bytes.set(HEADER, at);
  writeUint64(view, at + HEADER.length, size);
}

/** Below 2^32; the bytes were zero. */
function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
}
