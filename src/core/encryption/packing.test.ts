// The float64 packing against a slow twin that works in BigInt throughout.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  constantWord,
  packWords,
  readUint64,
  unpackWords,
  wordLimit,
  writeUint64,
  type Packing,
} from './packing.ts';
import { SchemeError } from './scheme.ts';

/** Packings up to the edge of 2^53, with cohorts and update values that fit them. */
const scenario = fc
  .record({
    valuesPerSlot: fc.integer({ min: 1, max: 4 }),
    contributors: fc.integer({ min: 1, max: 100 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    numSlots: fc.integer({ min: 1, max: 9 }),
    seed: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
    from: fc.integer({ min: 0, max: 3 }),
    missing: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ valuesPerSlot, contributors, share, numSlots, seed, from, missing }) => {
    const largestRadix = Math.min(2 ** 31, Math.floor((2 ** 53 - 1) ** (1 / valuesPerSlot)) - 1);
    const largestLevels = Math.floor((largestRadix - 1) / contributors) + 1;
    const levels = Math.max(2, Math.floor(2 + (largestLevels - 2) * share));
    const radix = contributors * (levels - 1) + 1;
    const numValues = Math.max(1, from + numSlots * valuesPerSlot - missing);
    const updates = Array.from({ length: contributors }, () =>
      Int32Array.from({ length: numValues }, () =>
        Math.min(levels - 1, Math.floor(seed.next().value! * (levels + 0.5))),
      ),
    );
    const packing: Packing = { radix, valuesPerSlot, fill: (levels - 1) >> 1 };
    return { packing, levels, updates, numSlots, from, numValues };
  });

function packSlowly(values: Int32Array, from: number, numSlots: number, packing: Packing) {
  return Array.from({ length: numSlots }, (_, s) => {
    let word = 0n;
    for (let j = 0; j < packing.valuesPerSlot; j++) {
      const value = values[from + s * packing.valuesPerSlot + j] ?? packing.fill;
      word += BigInt(value) * BigInt(packing.radix) ** BigInt(j);
    }
    return word;
  });
}

describe('packing', () => {
  test('gives the words of the BigInt twin, and sums of words are words of sums', () => {
    fc.assert(
      fc.property(scenario, ({ packing, levels, updates, numSlots, from, numValues }) => {
        const total = new BigUint64Array(numSlots);
        const integers = new BigUint64Array(numSlots);
        const words = new Float64Array(numSlots);
        for (const values of updates) {
          packWords(values, from, words, packing, levels);
          writeUint64(words, integers);
          expect([...integers]).toEqual(packSlowly(values, from, numSlots, packing));
          integers.forEach((word, s) => (total[s]! += word));
        }
        readUint64(total, words);
        const sums = new Float64Array(numValues);
        const K = updates.length;
        unpackWords(words, sums, from, packing, K * (levels - 1), K * packing.fill);
        for (let i = from; i < Math.min(numValues, from + numSlots * packing.valuesPerSlot); i++) {
          expect(sums[i]).toBe(updates.reduce((sum, values) => sum + values[i]!, 0));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('64-bit words survive the trip, also just below 2^53', () => {
    const word = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const floats = Float64Array.from(words, Number);
        const integers = new BigUint64Array(words.length);
        writeUint64(floats, integers);
        expect([...integers]).toEqual(words);
        const back = new Float64Array(words.length);
        readUint64(integers, back);
        expect([...back]).toEqual([...floats]);
      }),
    );
  });

  test('a constant word has that digit everywhere', () => {
    const packing = { radix: 2041, valuesPerSlot: 4, fill: 127 };
    const words = new Float64Array(1);
    packWords(new Int32Array(4).fill(200), 0, words, packing, 256);
    expect(words[0]).toBe(constantWord(packing, 200));
    expect(wordLimit(packing)).toBe(2041 ** 4);
  });
});

describe('what cannot be is refused', () => {
  const packing = { radix: 21, valuesPerSlot: 2, fill: 2 };
  const code = (work: () => void) => {
    try {
      work();
      return null;
    } catch (error) {
      return error instanceof SchemeError ? error.code : error;
    }
  };
  const unpack = (word: number, numValues = 2) =>
    code(() => unpackWords(Float64Array.of(word), new Float64Array(numValues), 0, packing, 8, 4));

  test('a value outside the levels', () => {
    const words = new Float64Array(1);
    for (const bad of [-1, 5]) {
      expect(code(() => packWords(Int32Array.of(0, bad), 0, words, packing, 5))).toBe('bad-values');
    }
  });

  test('digits above the largest sum, words out of range, a disturbed filling', () => {
    expect(unpack(8 + 8 * 21)).toBe(null);
    expect(unpack(9)).toBe('bad-sum');
    expect(unpack(9 * 21)).toBe('bad-sum');
    expect(unpack(21 * 21)).toBe('bad-sum');
    expect(unpack(-1)).toBe('bad-sum');
    expect(unpack(NaN)).toBe('bad-sum');
    expect(unpack(3 + 4 * 21, 1)).toBe(null);
    expect(unpack(3 + 5 * 21, 1)).toBe('bad-sum');
  });
});
