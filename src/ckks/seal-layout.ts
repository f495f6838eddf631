// Where SEAL 4.1 puts what in a saved ciphertext or key: compression `none`, little-endian
// (native/src/seal/{serialization,ciphertext,secretkey,dynarray}.cpp). Offsets and sizes in bytes.
import { SEED_BYTES } from '../core/encryption/wire-layout.ts';

/** What a ciphertext or key of a scheme's parameters must look like. */
export interface PolynomialShape {
  /** [32] hash of the parameters at the level of the object. */
  readonly parmsId: Uint8Array;
  readonly ringDegree: number;
  /** The primes of that level. */
  readonly primes: readonly bigint[];
}

export interface CiphertextShape extends PolynomialShape {
  readonly scale: number;
  /** The second polynomial is sent as a seed. */
  readonly seeded: boolean;
}

/** Magic number, header of 16 bytes, version 4.1, no compression, reserved; the size follows, uint64. */
export const HEADER = [0x5e, 0xa1, 0x10, 0x04, 0x01, 0x00, 0x00, 0x00];
export const HEADER_BYTES = 16;
export const KEY_HEADER_BYTES = 88;

/** Header, parms_id, shape, scale and the array's header; the words follow. */
export const CIPHERTEXT_HEADER_BYTES = 113;
/** A seed has a header of its own and the kind of its generator in front. */
export const SEED_HEADER_BYTES = HEADER_BYTES + 1;
/** SEAL's prng_type of a seed, the last byte of the seed's header. */
export const BLAKE2XB = 1;

/** Numbers are uint64 where nothing else is said. */
export const CIPHERTEXT_AT = {
  parmsId: 16,
  /** One byte: 1 in NTT form, as all of ours are. */
  isNtt: 48,
  numPolynomials: 49,
  ringDegree: 57,
  numPrimes: 65,
  /** float64 */
  scale: 73,
  /** BGV's, 1 without multiplications. */
  correctionFactor: 81,
  /** The array of coefficients: a header of its own, their number, then they. */
  words: 89,
  numWords: 105,
} as const;

export const KEY_AT = {
  parmsId: 16,
  numCoefficients: 48,
  /** float64 */
  scale: 56,
  words: 64,
  numWords: 80,
} as const;

export function ciphertextBytes(shape: CiphertextShape): number {
  const polynomialBytes = 8 * shape.ringDegree * shape.primes.length;
  return (
    CIPHERTEXT_HEADER_BYTES +
    (shape.seeded ? polynomialBytes + SEED_HEADER_BYTES + SEED_BYTES : 2 * polynomialBytes)
  );
}

export function keyBytes(shape: PolynomialShape): number {
  return KEY_HEADER_BYTES + 8 * shape.ringDegree * shape.primes.length;
}

/** An array of uint64 with its header and length. */
export function wordArrayBytes(numWords: number): number {
  return HEADER_BYTES + 8 + 8 * numWords;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
