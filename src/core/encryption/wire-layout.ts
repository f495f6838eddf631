// What an encrypted update and a sum of updates are on the wire: raw words, so that whoever adds needs
// no encryption library, and seeds.
//
//   update:  words | seeds                       sum:  words | seeds | seeds | …
//
// Words are residues, little-endian uint64 below their prime: ciphertext after ciphertext, of each the
// first polynomial, `ringDegree` words for each data prime in turn. Where the second polynomial was drawn
// from a seed it travels as that: 64 bytes a ciphertext, behind all words. Seeds cannot be added, so a sum
// carries those of every contributor, by ascending seat. Without seeds (public-key encryption) the second
// polynomial's words follow the first's. SEAL's own headers (194 bytes a ciphertext) say nothing that the
// parameters do not say; they never travel.
import { coeffModulus } from './ntt-primes.ts';
import type { SchemeParameters } from './scheme.ts';

/** Of one ciphertext: SEAL's prng_seed_type, 512 bits (randomgen.h). */
export const SEED_BYTES = 64;

type Shape = Pick<
  SchemeParameters,
  'ringDegree' | 'coeffModulusBits' | 'numCiphertexts' | 'keyKind'
>;

export interface WireLayout {
  readonly ringDegree: number;
  /** The data primes, below 2^62, in SEAL's order. */
  readonly primes: readonly bigint[];
  readonly isSeeded: boolean;
  /** Words of one ciphertext, and of all of them. */
  readonly ciphertextBytes: number;
  readonly wordBytes: number;
  /** Seeds of one contributor; 0 without. */
  readonly seedBytes: number;
}

/** For an encrypted scheme. */
export function wireLayout(parameters: SchemeParameters): WireLayout {
  const { ringDegree, coeffModulusBits } = parameters;
  return {
    ringDegree,
    primes: coeffModulus(coeffModulusBits, ringDegree).slice(0, numDataPrimes(parameters)),
    isSeeded: isSeeded(parameters),
    ciphertextBytes: ciphertextBytes(parameters),
    wordBytes: parameters.numCiphertexts * ciphertextBytes(parameters),
    seedBytes: seedBytes(parameters),
  };
}

/** Of one update. */
export function updateBytes(shape: Shape): number {
  return shape.numCiphertexts * ciphertextBytes(shape) + seedBytes(shape);
}

/** Of the sum of so many updates. */
export function sumBytes(parameters: SchemeParameters, numContributors: number): number {
  // float64, exact: 100·2^31 < 2^53
  if (parameters.name === 'plaintext') return 8 * parameters.numParameters;
  const { numCiphertexts } = parameters;
  return numCiphertexts * ciphertextBytes(parameters) + numContributors * seedBytes(parameters);
}

/** The words at the front of an update or a sum: the same memory where it is aligned, else a copy. */
export function wordsOf(bytes: Uint8Array, { wordBytes }: WireLayout): BigInt64Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice(0, wordBytes);
  return new BigInt64Array(aligned.buffer, aligned.byteOffset, wordBytes / 8);
}

/** Why these are not the words of an update or a sum, or null when they are. */
export function wordsProblem(words: BigInt64Array, layout: WireLayout): string | null {
  const { ringDegree, primes, isSeeded } = layout;
  for (let from = 0, block = 0; from < words.length; from += ringDegree, block++) {
    const prime = primes[block % primes.length]!;
    if (!areReduced(words, from, from + ringDegree, prime)) return 'a word is not below its prime';
  }
  if (isSeeded) return null;
  const polynomialWords = ringDegree * primes.length;
  for (let from = 0; from < words.length; from += 2 * polynomialWords) {
    const second = words.subarray(from + polynomialWords, from + 2 * polynomialWords);
    if (second.every((word) => word === 0n)) return 'a ciphertext hides nothing';
  }
  return null;
}

/** Whether the words of [from, to), read as unsigned, are below the prime. */
export function areReduced(words: BigInt64Array, from: number, to: number, prime: bigint): boolean {
  for (let i = from; i < to; i++) {
    const word = words[i]!;
    if (word < 0n || word >= prime) return false;
  }
  return true;
}

function isSeeded({ keyKind }: Shape): boolean {
  return keyKind === 'symmetric';
}

/** All but the last of several, SEAL's special prime, in which no ciphertext is sent. */
function numDataPrimes({ coeffModulusBits }: Shape): number {
  return Math.max(1, coeffModulusBits.length - 1);
}

function ciphertextBytes(shape: Shape): number {
  const polynomialBytes = 8 * shape.ringDegree * numDataPrimes(shape);
  return isSeeded(shape) ? polynomialBytes : 2 * polynomialBytes;
}

function seedBytes(shape: Shape): number {
  return isSeeded(shape) ? shape.numCiphertexts * SEED_BYTES : 0;
}
