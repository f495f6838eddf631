// A ciphertext that nobody encrypted, to warm up the server with, which has no key to make one.
import { CIPHERTEXT_HEADER_BYTES, SEED_BYTES } from '../core/encryption/parameters.ts';
import {
  BLAKE2XB,
  CIPHERTEXT_AT,
  ciphertextBytes,
  HEADER,
  HEADER_BYTES,
  viewOf,
  wordArrayBytes,
  type CiphertextShape,
} from './seal-layout.ts';

/** Passes the byte gate for this shape. Every stored coefficient is 1, a seed is all 0. */
export function madeUpCiphertext(shape: CiphertextShape): Uint8Array<ArrayBuffer> {
  const { parmsId, ringDegree, primes, scale, seeded } = shape;
  const bytes = new Uint8Array(ciphertextBytes(shape));
  const view = viewOf(bytes);
  const numStored = (seeded ? 1 : 2) * ringDegree * primes.length;
  writeHeader(bytes, view, 0, bytes.length);
  bytes.set(parmsId, CIPHERTEXT_AT.parmsId);
  bytes[CIPHERTEXT_AT.isNtt] = 1;
  writeUint64(view, CIPHERTEXT_AT.numPolynomials, 2);
  writeUint64(view, CIPHERTEXT_AT.ringDegree, ringDegree);
  writeUint64(view, CIPHERTEXT_AT.numPrimes, primes.length);
  view.setFloat64(CIPHERTEXT_AT.scale, scale, true);
  writeUint64(view, CIPHERTEXT_AT.correctionFactor, 1);
  writeHeader(bytes, view, CIPHERTEXT_AT.words, wordArrayBytes(numStored));
  writeUint64(view, CIPHERTEXT_AT.numWords, numStored);
  const end = CIPHERTEXT_HEADER_BYTES + 8 * numStored;
  for (let at = CIPHERTEXT_HEADER_BYTES; at < end; at += 8) bytes[at] = 1;
  if (seeded) {
    writeHeader(bytes, view, end, SEED_BYTES);
    bytes[end + HEADER_BYTES] = BLAKE2XB;
  }
  return bytes;
}

function writeHeader(bytes: Uint8Array, view: DataView, at: number, size: number): void {
  bytes.set(HEADER, at);
  writeUint64(view, at + HEADER.length, size);
}

/** Below 2^32; the bytes were zero. */
function writeUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
}
