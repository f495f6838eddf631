// Packs several small integers into one slot by radix: word = Σ u_j·R^j. With R = K(L-1)+1 the sum of
// K words is the word of the K sums, because no digit can carry. Words stay below 2^53, so plain
// float64 arithmetic is exact and no BigInt is made per value (a BigInt twin in the tests checks it).
// A word's last digits beyond the data hold `fill`: a decrypted sum must show them again, which
// catches a foreign key and a wrong number of contributors.
import { SchemeError } from './scheme.ts';

export interface Packing {
  readonly radix: number;
  readonly valuesPerSlot: number;
  /** Digit of every place that has no value. */
  readonly fill: number;
}

/** R^v: every packed word and every sum of K of them is below it. */
export function wordLimit(packing: Packing): number {
  return packing.radix ** packing.valuesPerSlot;
}

/** The word all of whose digits are `digit`. */
export function constantWord(packing: Packing, digit: number): number {
  let word = 0;
  for (let j = 0; j < packing.valuesPerSlot; j++) word = word * packing.radix + digit;
  return word;
}

/**
 * Packs `values` from index `from` on into all of `words`: slot s takes values from + s·v … + v-1,
 * the first as the lowest digit. Throws SchemeError `bad-values` for a value outside [0, levels-1].
 */
export function packWords(
  values: Int32Array,
  from: number,
  words: Float64Array,
  packing: Packing,
  levels: number,
): void {
  const { radix, valuesPerSlot: v, fill } = packing;
  const end = values.length;
  for (let s = 0, first = from; s < words.length; s++, first += v) {
    let word = 0;
    for (let i = first + v - 1; i >= first; i--) {
      const value = i < end ? values[i]! : fill;
      if (value < 0 || value >= levels) {
        throw new SchemeError('bad-values', `a value is outside 0 to ${levels - 1}`);
      }
      word = word * radix + value;
    }
    words[s] = word;
  }
}

/**
 * The inverse for sums: digits of `words` into `sums` from index `from` on. Throws SchemeError
 * `bad-sum` when a digit is above `largestDigit` (more than the contributors could have sent), a word
 * is not an integer of [0, R^v), or a filled place does not hold `expectedFill`.
 */
export function unpackWords(
  words: Float64Array,
  sums: Float64Array,
  from: number,
  packing: Packing,
  largestDigit: number,
  expectedFill: number,
): void {
  const { radix, valuesPerSlot: v } = packing;
  const limit = wordLimit(packing);
  const end = sums.length;
  for (let s = 0, i = from; s < words.length; s++) {
    let word = words[s]!;
    if (!(word >= 0 && word < limit)) throw impossible();
    for (let j = 0; j < v; j++, i++) {
      const rest = Math.floor(word / radix); // exact for integers below 2^53
      const digit = word - rest * radix;
      if (digit > largestDigit) throw impossible();
      if (i < end) sums[i] = digit;
      else if (digit !== expectedFill) throw impossible();
      word = rest;
    }
  }
}

/** Writes non-negative integers below 2^53 as 64-bit little-endian words, two 32-bit halves each. */
export function writeUint64(words: Float64Array, target: BigUint64Array): void {
  const halves = new Uint32Array(target.buffer, target.byteOffset, 2 * target.length);
  for (let s = 0; s < words.length; s++) {
    const word = words[s]!;
    const low = word >>> 0;
    halves[2 * s] = low;
    halves[2 * s + 1] = (word - low) / 4294967296;
  }
}

/** Reads 64-bit words as float64; those of 2^53 and more lose their lowest bits. */
export function readUint64(source: BigUint64Array, words: Float64Array): void {
  const halves = new Uint32Array(source.buffer, source.byteOffset, 2 * source.length);
  for (let s = 0; s < words.length; s++) {
    words[s] = halves[2 * s + 1]! * 4294967296 + halves[2 * s]!;
  }
}

function impossible(): SchemeError {
  return new SchemeError(
    'bad-sum',
    'the sum is not one of this many updates under this key: a word cannot occur',
  );
}
