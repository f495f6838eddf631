// The fast addition against a slow twin in BigInt, on words that no scheme made: random ones and the edges of
// every prime that a scheme uses. What encrypted sums owe beyond that is in the conformance suite.
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../math/random.ts';
import { createModularSummer } from './modular-summer.ts';
import { coeffModulus } from './ntt-primes.ts';
import { chooseParameters } from './parameters.ts';
import type { SchemeErrorCode } from './scheme.ts';

/** What the layout is, written down once more. */
const kinds = [
  { name: 'ckks', numPolynomials: 1, seedBytes: 64, numParameters: 10_000 },
  { name: 'bgv', numPolynomials: 1, seedBytes: 64, numParameters: 20_000 },
  { name: 'notebook', numPolynomials: 2, seedBytes: 0, numParameters: 5_000 },
] as const;

describe.each(kinds)('$name', ({ name, numPolynomials, seedBytes, numParameters }) => {
  const parameters = chooseParameters(name, numParameters, 100);
  const { numCiphertexts, ringDegree, coeffModulusBits } = parameters;
  const dataPrimes = coeffModulus(coeffModulusBits, ringDegree);
  if (dataPrimes.length > 1) dataPrimes.pop();
  /** The prime of each word. */
  const primes = Array.from({ length: numCiphertexts * numPolynomials }, () =>
    dataPrimes.flatMap((prime) => Array<bigint>(ringDegree).fill(prime)),
  ).flat();

  function updateOf(words: readonly bigint[], random: Random): Uint8Array {
    const update = new Uint8Array(parameters.updateBytes).map(() => random.uint32());
    const view = new DataView(update.buffer);
    words.forEach((word, i) => view.setBigUint64(8 * i, word, true));
    return update;
  }
  const randomWord = (prime: bigint, random: Random) => {
    const bits = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
    return bits % prime;
  };
  const edgeWord = (prime: bigint, random: Random) =>
    [0n, 1n, prime - 1n, prime - 2n, (1n << 32n) - 1n, 1n << 32n, prime >> 1n][random.below(7)]!;

  test('an update has the bytes of its words and seeds', () => {
    expect(numCiphertexts).toBeGreaterThan(1);
    expect(parameters.updateBytes).toBe(8 * primes.length + numCiphertexts * seedBytes);
  });

  test.each([
    ['random words', randomWord],
    ['words at the edges', edgeWord],
  ])('%s add up as in BigInt, seeds stand by seat', (_what, wordOf) => {
    const random = createRandom('modular', name);
    const summer = createModularSummer(parameters);
    const expected = primes.map(() => 0n);
    const seedsOfSeat = new Map<number, Uint8Array>();
    for (const seat of [7, 0, 99, 12, 3]) {
      const words = primes.map((prime) => wordOf(prime, random));
      words.forEach((word, i) => (expected[i] = (expected[i]! + word) % primes[i]!));
      const update = updateOf(words, random);
      seedsOfSeat.set(seat, update.slice(8 * words.length));
      summer.add(update, seat);
      const sum = summer.result();
      const view = new DataView(sum.buffer);
      expect(expected.findIndex((word, i) => word !== view.getBigUint64(8 * i, true))).toBe(-1);
      const seats = [...seedsOfSeat.keys()].sort((a, b) => a - b);
      const seeds = seats.flatMap((one) => [...seedsOfSeat.get(one)!]);
      expect([...sum.subarray(8 * words.length)]).toEqual(seeds);
    }
  });

  test('an update is read from wherever it lies, and is left as it was', () => {
    const random = createRandom('aligned', name);
    const update = updateOf(
      primes.map((prime) => randomWord(prime, random)),
      random,
    );
    const sums = [0, 1, 4].map((offset) => {
      const buffer = new Uint8Array(update.length + offset);
      buffer.set(update, offset);
      const summer = createModularSummer(parameters);
      const lying = buffer.subarray(offset);
      for (const seat of [0, 1]) summer.add(lying, seat);
      expect(isSame(lying, update)).toBe(true);
      return summer.result();
    });
    for (const sum of sums) expect(isSame(sum, sums[0]!)).toBe(true);
  });

  test('exactly the words from the prime on are refused, wherever they stand', () => {
    const random = createRandom('refused', name);
    const honest = updateOf(
      primes.map((prime) => randomWord(prime, random)),
      random,
    );
    const summer = createModularSummer(parameters);
    summer.add(honest, 0);
    const before = summer.result();
    for (let i = 0; i < primes.length; i += ringDegree) {
      for (const at of [i, i + ringDegree - 1]) {
        const withWord = (word: bigint) => {
          const update = honest.slice();
          new DataView(update.buffer).setBigUint64(8 * at, word, true);
          return update;
        };
        const prime = primes[at]!;
        for (const word of [prime, 1n << 63n, (1n << 64n) - 1n]) {
          expect(codeOf(() => summer.add(withWord(word), 1))).toBe('bad-update');
        }
        expect(codeOf(() => createModularSummer(parameters).add(withWord(prime - 1n), 1))).toBe(
          null,
        );
      }
    }
    expect(summer.numAdded).toBe(1);
    expect(isSame(summer.result(), before)).toBe(true);
  });

  test.runIf(numPolynomials === 2)('a ciphertext that hides nothing is refused', () => {
    const random = createRandom('bare', name);
    const perPolynomial = primes.length / numCiphertexts / 2;
    const words = primes.map((prime, i) =>
      Math.floor(i / perPolynomial) === 3 ? 0n : randomWord(prime, random),
    );
    expect(codeOf(() => createModularSummer(parameters).add(updateOf(words, random), 0))).toBe(
      'bad-update',
    );
    words[4 * perPolynomial - 1] = 1n;
    expect(codeOf(() => createModularSummer(parameters).add(updateOf(words, random), 0))).toBe(
      null,
    );
  });
});

/** Compares without building a message of thousands of numbers. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function codeOf(work: () => void): SchemeErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as { code: SchemeErrorCode }).code;
  }
}
