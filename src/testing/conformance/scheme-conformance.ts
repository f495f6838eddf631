// What every encryption scheme must do, whatever it is made of. Expected sums come from adding the
// clear integers; hostile bytes come from mutating honest ones. Imported by tests only.
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../core/math/random.ts';
import { createSummer } from '../../core/encryption/create-summer.ts';
import { chooseParameters } from '../../core/encryption/parameters.ts';
import {
  SchemeError,
  type ClientScheme,
  type SchemeErrorCode,
  type SchemeName,
  type SchemeParameters,
} from '../../core/encryption/scheme.ts';
import { SEED_BYTES, sumBytes, wireLayout } from '../../core/encryption/wire-layout.ts';

export interface SchemeUnderTest {
  readonly name: SchemeName;
  createClientScheme(parameters: SchemeParameters): Promise<ClientScheme>;
}

/** The notebook's ciphertexts are 12 times as large, and every mutant that is taken is opened. */
const numMutationsOf = (name: SchemeName) => (name === 'notebook' ? 500 : 2000);
/** Fills every slot of a ciphertext, which makes its largest coefficient as large as it can be. */
const NUM_EXTREMES = 8192;

export function schemeConformance(subject: SchemeUnderTest): void {
  const { name } = subject;
  const isEncrypted = name !== 'plaintext';
  const isSeeded = name === 'ckks' || name === 'bgv';
  const numMutations = numMutationsOf(name);

  async function open(numParameters: number, maxContributors: number) {
    const parameters = chooseParameters(name, numParameters, maxContributors);
    const scheme = await subject.createClientScheme(parameters);
    const keys = scheme.generateKeys();
    const { encryptor, decryptor } = scheme.open(keys);
    const dispose = () => {
      encryptor.dispose();
      decryptor.dispose();
    };
    /** The sum of these updates, of seats 0, 1, … */
    const sumOf = (...updates: Uint8Array[]) => {
      const summer = createSummer(parameters);
      updates.forEach((update, seat) => summer.add(update, seat));
      return summer.result();
    };
    return { parameters, scheme, keys, encryptor, decryptor, sumOf, dispose };
  }

  describe(`${name} keeps the contract of an encryption scheme`, () => {
    for (const [maxContributors, numParameters] of [
      [1, 20_001],
      [5, 20_001],
      [9, 9_000],
      [100, 5_003],
    ] as const) {
      test(`sums of 1 to ${maxContributors} updates are exact`, async () => {
        const bench = await open(numParameters, maxContributors);
        const { parameters, encryptor, decryptor } = bench;
        const summer = createSummer(parameters);
        const random = createRandom('sums', name, maxContributors);
        const expected = new Float64Array(numParameters);
        for (let k = 1; k <= maxContributors; k++) {
          const values = updateOf(parameters, k, random);
          values.forEach((value, i) => (expected[i]! += value));
          const update = encryptor.encrypt(values);
          expect(update.length).toBe(parameters.updateBytes);
          summer.add(update, k);
          expect(summer.numAdded).toBe(k);
          if (k > 5 && k < maxContributors) continue;
          const sum = summer.result();
          expect(sum.length).toBe(sumBytes(parameters, k));
          expectSame(decryptor.decryptSum(sum, k), expected);
        }
        bench.dispose();
      });

      test(`extremes of ${maxContributors} updates are exact`, async () => {
        const bench = await open(NUM_EXTREMES, maxContributors);
        const { parameters, encryptor, decryptor } = bench;
        for (const level of [0, parameters.levels - 1]) {
          const values = new Int32Array(NUM_EXTREMES).fill(level);
          const summer = createSummer(parameters);
          for (let k = 0; k < maxContributors; k++) summer.add(encryptor.encrypt(values), k);
          const expected = new Float64Array(NUM_EXTREMES).fill(level * maxContributors);
          expectSame(decryptor.decryptSum(summer.result(), maxContributors), expected);
        }
        bench.dispose();
      });
    }

    test('the order of arrival changes no bit', async () => {
      const bench = await open(4_000, 6);
      const { parameters, encryptor } = bench;
      const random = createRandom('order', name);
      const updates = Array.from({ length: 6 }, (_, k) =>
        encryptor.encrypt(updateOf(parameters, k, random)),
      );
      const sums = Array.from({ length: 4 }, () => {
        const summer = createSummer(parameters);
        for (const k of random.permutation(6)) summer.add(updates[k]!, k * 7);
        return summer.result();
      });
      for (const sum of sums) expect(isSame(sum, sums[0]!)).toBe(true);
      bench.dispose();
    });

    test('a full sum takes no more, an empty one gives nothing', async () => {
      const bench = await open(100, 2);
      const { parameters, encryptor, decryptor } = bench;
      const summer = createSummer(parameters);
      expectCode(() => summer.result(), 'empty-sum');
      const ones = encryptor.encrypt(new Int32Array(100).fill(1));
      summer.add(ones, 0);
      summer.add(encryptor.encrypt(new Int32Array(100).fill(2)), 1);
      expectCode(() => summer.add(ones, 2), 'sum-full');
      expect(summer.numAdded).toBe(2);
      expectSame(decryptor.decryptSum(summer.result(), 2), new Float64Array(100).fill(3));
      bench.dispose();
    });

    test('a seat is in a sum once, whatever it sends again', async () => {
      const bench = await open(100, 5);
      const { parameters, encryptor, decryptor } = bench;
      const summer = createSummer(parameters);
      const [ones, twos] = [1, 2].map((k) => encryptor.encrypt(new Int32Array(100).fill(k)));
      summer.add(ones!, 3);
      const before = summer.result();
      for (const again of [ones!, twos!]) expectCode(() => summer.add(again, 3), 'duplicate-seat');
      expect(summer.numAdded).toBe(1);
      expect(isSame(summer.result(), before)).toBe(true);
      summer.add(twos!, 0);
      expectSame(decryptor.decryptSum(summer.result(), 2), new Float64Array(100).fill(3));
      bench.dispose();
    });

    test('an update that is bad at its very end leaves no trace', async () => {
      const bench = await open(20_001, 5);
      const { parameters, encryptor } = bench;
      const summer = createSummer(parameters);
      const random = createRandom('bad end', name);
      const honest = encryptor.encrypt(updateOf(parameters, 1, random));
      const bad = encryptor.encrypt(updateOf(parameters, 2, random));
      if (isEncrypted) bad[wireLayout(parameters).wordBytes - 1] = 255;
      else bad[bad.length - 1] = 255;
      expectCode(() => summer.add(bad, 1), 'bad-update');
      expect(summer.numAdded).toBe(0);
      summer.add(honest, 0);
      const before = summer.result();
      expectCode(() => summer.add(bad, 1), 'bad-update');
      expect(summer.numAdded).toBe(1);
      expect(isSame(summer.result(), before)).toBe(true);
      bench.dispose();
    });

    test('values outside the levels are refused', async () => {
      const bench = await open(100, 5);
      const { parameters, encryptor } = bench;
      expectCode(() => encryptor.encrypt(new Int32Array(99)), 'bad-values');
      for (const bad of [-1, parameters.levels, -(2 ** 31)]) {
        const values = new Int32Array(100);
        values[57] = bad;
        expectCode(() => encryptor.encrypt(values), 'bad-values');
      }
      bench.dispose();
    });

    test('a wrong number of contributors is refused', async () => {
      const bench = await open(100, 5);
      const { parameters, encryptor, decryptor, sumOf } = bench;
      const largest = () => encryptor.encrypt(new Int32Array(100).fill(parameters.levels - 1));
      const sum = sumOf(largest(), largest(), largest());
      for (const wrong of [-1, 0, 1, 2, 2.5, 6, NaN]) {
        expectCode(() => decryptor.decryptSum(sum, wrong), 'bad-sum');
      }
      expectSame(
        decryptor.decryptSum(sum, 3),
        new Float64Array(100).fill(3 * (parameters.levels - 1)),
      );
      bench.dispose();
    });

    test('updates, sums and keys of other parameters are refused', async () => {
      const mine = await open(3_000, 5);
      const summer = createSummer(mine.parameters);
      const foreignNames: SchemeName[] = ['ckks', 'bgv', 'notebook', 'plaintext'];
      const foreign = foreignNames.filter((other) => other !== name);
      for (const other of foreign) {
        const parameters = chooseParameters(other, 3_000, 5);
        const bytes = new Uint8Array(parameters.updateBytes);
        if (parameters.updateBytes === mine.parameters.updateBytes) {
          // The same layout: words and seeds do not say whose they are. What they add up to does.
          expectCode(() => mine.decryptor.decryptSum(mine.sumOf(bytes), 1), 'bad-sum');
        } else {
          expectCode(() => summer.add(bytes, 0), 'bad-update');
        }
        const sum = new Uint8Array(sumBytes(parameters, 1));
        expectCode(() => mine.decryptor.decryptSum(sum, 1), 'bad-sum');
      }
      for (const length of [0, mine.parameters.updateBytes + 1]) {
        expectCode(() => summer.add(new Uint8Array(length), 0), 'bad-update');
      }
      expect(summer.numAdded).toBe(0);
      expectCode(() => mine.scheme.open(new Uint8Array(mine.keys.length + 1)), 'bad-key');
      mine.dispose();
    });

    test.runIf(isEncrypted)(
      'two encryptions of one update share no long run of bytes',
      async () => {
        const bench = await open(3_000, 5);
        const values = new Int32Array(3_000).fill(1);
        const [a, b] = [bench.encryptor.encrypt(values), bench.encryptor.encrypt(values)];
        let equal = 0;
        for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++;
        // Random 60-bit words agree in 1 byte of 256, and in half of the nibbles that are always 0.
        expect(equal / a.length).toBeLessThan(0.3);
        bench.dispose();
      },
    );

    test.runIf(isEncrypted)('a sum under foreign keys does not open', async () => {
      const [mine, theirs] = [await open(3_000, 5), await open(3_000, 5)];
      const sum = mine.sumOf(theirs.encryptor.encrypt(new Int32Array(3_000).fill(1)));
      expectCode(() => mine.decryptor.decryptSum(sum, 1), 'bad-sum');
      mine.dispose();
      theirs.dispose();
    });

    test.runIf(isSeeded)(
      'a sum with other seeds than its contributors’ does not open',
      async () => {
        const { parameters, encryptor, decryptor, sumOf, dispose } = await open(3_000, 5);
        const encrypted = () => encryptor.encrypt(new Int32Array(3_000).fill(1));
        const [sum, other] = [sumOf(encrypted(), encrypted()), sumOf(encrypted(), encrypted())];
        const { wordBytes, seedBytes } = wireLayout(parameters);
        const seedsOf = (k: number) =>
          sum.slice(wordBytes + k * seedBytes, wordBytes + (k + 1) * seedBytes);
        const withSeeds = (...seeds: Uint8Array[]) => joined(sum.slice(0, wordBytes), ...seeds);
        expectSame(
          decryptor.decryptSum(withSeeds(seedsOf(1), seedsOf(0)), 2),
          new Float64Array(3_000).fill(2),
        );
        const changed = seedsOf(1);
        changed[seedBytes - SEED_BYTES]! ^= 1;
        for (const seeds of [
          [seedsOf(0)],
          [seedsOf(0), seedsOf(0)],
          [seedsOf(0), changed],
          [seedsOf(0), other.slice(-seedBytes)],
          [seedsOf(0), seedsOf(1), seedsOf(1)],
        ]) {
          expectCode(() => decryptor.decryptSum(withSeeds(...seeds), seeds.length), 'bad-sum');
        }
        dispose();
      },
    );

    test('thousands of mutated updates never crash it or slip into a sum', async () => {
      const bench = await open(3_000, 5);
      const { parameters, encryptor, decryptor, sumOf } = bench;
      const random = createRandom('mutated updates', name);
      const values = updateOf(parameters, 1, random);
      const honest = encryptor.encrypt(values);
      const before = sumOf(honest);
      let summer = createSummer(parameters);
      summer.add(honest, 0);
      const outcomes = { refused: 0, accepted: 0 };
      for (let i = 0; i < numMutations; i++) {
        const mutant = mutate(honest, parameters, random);
        const code = codeOf(() => summer.add(mutant, 1));
        if (code === null) {
          outcomes.accepted++;
          expect(summer.numAdded).toBe(2);
          expectIntegersOr('bad-sum', () => decryptor.decryptSum(summer.result(), 2));
          summer = createSummer(parameters);
          summer.add(honest, 0);
        } else {
          outcomes.refused++;
          expect(code).toBe('bad-update');
          expect(summer.numAdded).toBe(1);
          if (i % 20 === 0) expect(isSame(summer.result(), before)).toBe(true);
        }
      }
      expect(outcomes.refused).toBeGreaterThan(numMutations / 5);
      expect(outcomes.accepted).toBeGreaterThan(numMutations / 5);
      expectSame(decryptor.decryptSum(before, 1), Float64Array.from(values));
      bench.dispose();
    });

    test('mutated sums and keys never crash it', async () => {
      const bench = await open(500, 5);
      const { parameters, scheme, keys, encryptor, decryptor, sumOf } = bench;
      const random = createRandom('mutated sums', name);
      const [mine, theirs] = [1, 2].map((k) => updateOf(parameters, k, random));
      const sum = sumOf(encryptor.encrypt(mine!), encryptor.encrypt(theirs!));
      const outcomes = { refused: 0, opened: 0 };
      for (let i = 0; i < numMutations / 4; i++) {
        const mutant = mutate(sum, parameters, random);
        const code = expectIntegersOr('bad-sum', () => decryptor.decryptSum(mutant, 2));
        outcomes[code === null ? 'opened' : 'refused']++;
      }
      // What is encrypted hardly ever opens once it was touched; plaintext has nothing to tell it by.
      expect(outcomes.refused).toBeGreaterThan((numMutations / 4) * (isEncrypted ? 0.9 : 0.2));
      for (let i = 0; isEncrypted && i < 40; i++) {
        const code = codeOf(() => {
          const opened = scheme.open(mutate(keys, parameters, random));
          opened.encryptor.dispose();
          opened.decryptor.dispose();
        });
        expect([null, 'bad-key']).toContain(code);
      }
      const expected = Float64Array.from(mine!, (value, i) => value + theirs![i]!);
      expectSame(decryptor.decryptSum(sum, 2), expected);
      bench.dispose();
    });
  });
}

/** Random integers, with both ends of the levels well represented. */
function updateOf(parameters: SchemeParameters, k: number, random: Random): Int32Array {
  const { levels, numParameters } = parameters;
  const values = new Int32Array(numParameters);
  for (let i = 0; i < numParameters; i++) {
    const kind = (i + k) % 4;
    values[i] = kind === 0 ? 0 : kind === 1 ? levels - 1 : random.below(levels);
  }
  return values;
}

/** Bytes of an update, a sum or a key, changed in one of the ways that could matter to their layout. */
function mutate(honest: Uint8Array, parameters: SchemeParameters, random: Random): Uint8Array {
  const bytes = honest.slice();
  const anywhere = () => random.below(bytes.length);
  const wordAt = 8 * random.below(Math.floor(bytes.length / 8));
  switch (random.below(9)) {
    case 0: // one bit, anywhere
      bytes[anywhere()]! ^= 1 << random.below(8);
      return bytes;
    case 1: // one bit where a header lies, of what has one
      bytes[random.below(Math.min(120, bytes.length))]! ^= 1 << random.below(8);
      return bytes;
    case 2:
      return bytes.slice(0, anywhere());
    case 3:
      return joined(bytes, new Uint8Array(1 + random.below(64)));
    case 4: // a word above every prime
      bytes[wordAt + 7] = 16 + random.below(240);
      return bytes;
    case 5: {
      const at = anywhere();
      bytes.fill(random.below(2) ? 0 : 255, at, at + 1 + random.below(64));
      return bytes;
    }
    case 6: // the end, where seeds lie
      bytes[bytes.length - 1 - random.below(Math.min(SEED_BYTES, bytes.length))]! ^= 1;
      return bytes;
    case 7: // a word at the edge of its prime, on either side
      return withEdgeWord(bytes, parameters, random);
    default:
      for (let i = 0; i < bytes.length; i++) bytes[i] = random.uint32();
      return bytes;
  }
}

function withEdgeWord(bytes: Uint8Array, parameters: SchemeParameters, random: Random) {
  const view = new DataView(bytes.buffer);
  if (parameters.name === 'plaintext') {
    const above = random.below(2);
    view.setUint32(4 * random.below(bytes.length / 4), parameters.levels - 1 + above, true);
    return bytes;
  }
  const { primes, ringDegree } = wireLayout(parameters);
  const block = random.below(primes.length);
  const at = 8 * (block * ringDegree + random.below(ringDegree));
  const word = [0n, primes[block]! - 1n, primes[block]!, (1n << 64n) - 1n][random.below(4)]!;
  view.setBigUint64(at, word, true);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function codeOf(work: () => unknown): SchemeErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof SchemeError) return error.code;
    throw error;
  }
}

function expectCode(work: () => unknown, code: SchemeErrorCode): void {
  expect(codeOf(work)).toBe(code);
}

function expectIntegersOr(code: SchemeErrorCode, work: () => Float64Array): SchemeErrorCode | null {
  const refused = codeOf(() => expect(work().every(Number.isSafeInteger)).toBe(true));
  expect([null, code]).toContain(refused);
  return refused;
}

/** Compares without building a message of thousands of numbers. */
function expectSame(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
