// What every encryption scheme must do, whatever it is made of. Expected sums come from adding the
// clear integers; hostile bytes come from mutating honest ones. Imported by tests only.
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../core/math/random.ts';
import { chooseParameters } from '../../core/encryption/parameters.ts';
import {
  SchemeError,
  type ClientScheme,
  type SchemeErrorCode,
  type SchemeName,
  type SchemeParameters,
  type Summer,
} from '../../core/encryption/scheme.ts';

export interface SchemeUnderTest {
  readonly name: SchemeName;
  createClientScheme(parameters: SchemeParameters): Promise<ClientScheme>;
  createSummer(parameters: SchemeParameters): Promise<Summer>;
}

const NUM_MUTATIONS = 2000;
/** Fills every slot of a ciphertext, which makes its largest coefficient as large as it can be. */
const NUM_EXTREMES = 8192;

export function schemeConformance(subject: SchemeUnderTest): void {
  const { name } = subject;
  const isEncrypted = name !== 'plaintext';

  async function open(numParameters: number, maxContributors: number) {
    const parameters = chooseParameters(name, numParameters, maxContributors);
    const scheme = await subject.createClientScheme(parameters);
    const keys = scheme.generateKeys();
    const { encryptor, decryptor } = scheme.open(keys);
    const summer = await subject.createSummer(parameters);
    const dispose = () => {
      encryptor.dispose();
      decryptor.dispose();
      summer.dispose();
    };
    return { parameters, scheme, keys, encryptor, decryptor, summer, dispose };
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
        const { parameters, encryptor, decryptor, summer } = bench;
        const random = createRandom('sums', name, maxContributors);
        const expected = new Float64Array(numParameters);
        for (let k = 1; k <= maxContributors; k++) {
          const values = updateOf(parameters, k, random);
          values.forEach((value, i) => (expected[i]! += value));
          const update = encryptor.encrypt(values);
          expect(update.length).toBe(parameters.updateBytes);
          summer.add(update);
          expect(summer.numAdded).toBe(k);
          if (k > 5 && k < maxContributors) continue;
          const sum = summer.result();
          expect(sum.length).toBe(parameters.sumBytes);
          expectSame(decryptor.decryptSum(sum, k), expected);
        }
        bench.dispose();
      });

      test(`extremes of ${maxContributors} updates are exact`, async () => {
        const bench = await open(NUM_EXTREMES, maxContributors);
        const { parameters, encryptor, decryptor, summer } = bench;
        for (const level of [0, parameters.levels - 1]) {
          const values = new Int32Array(NUM_EXTREMES).fill(level);
          for (let k = 0; k < maxContributors; k++) summer.add(encryptor.encrypt(values));
          const expected = new Float64Array(NUM_EXTREMES).fill(level * maxContributors);
          expectSame(decryptor.decryptSum(summer.result(), maxContributors), expected);
          summer.reset();
        }
        bench.dispose();
      });
    }

    test('the order of arrival changes no bit', async () => {
      const bench = await open(4_000, 6);
      const { parameters, encryptor, summer } = bench;
      const random = createRandom('order', name);
      const updates = Array.from({ length: 6 }, (_, k) =>
        encryptor.encrypt(updateOf(parameters, k, random)),
      );
      const sums = Array.from({ length: 4 }, () => {
        summer.reset();
        for (const k of random.permutation(6)) summer.add(updates[k]!);
        return summer.result();
      });
      for (const sum of sums) expect(isSame(sum, sums[0]!)).toBe(true);
      bench.dispose();
    });

    test('a full sum takes no more, an empty one gives nothing', async () => {
      const bench = await open(100, 2);
      const { encryptor, decryptor, summer } = bench;
      expectCode(() => summer.result(), 'empty-sum');
      const ones = encryptor.encrypt(new Int32Array(100).fill(1));
      summer.add(ones);
      summer.add(encryptor.encrypt(new Int32Array(100).fill(2)));
      expectCode(() => summer.add(ones), 'sum-full');
      expectSame(decryptor.decryptSum(summer.result(), 2), new Float64Array(100).fill(3));
      summer.reset();
      expect(summer.numAdded).toBe(0);
      expectCode(() => summer.result(), 'empty-sum');
      summer.add(ones);
      expectSame(decryptor.decryptSum(summer.result(), 1), new Float64Array(100).fill(1));
      bench.dispose();
    });

    test('an update that is bad at its very end leaves no trace', async () => {
      const bench = await open(20_001, 5);
      const { parameters, encryptor, summer } = bench;
      const random = createRandom('bad end', name);
      const honest = encryptor.encrypt(updateOf(parameters, 1, random));
      const bad = encryptor.encrypt(updateOf(parameters, 2, random));
      const partBytes = parameters.updateBytes / Math.max(1, parameters.numCiphertexts);
      if (isEncrypted)
        bad[bad.length - partBytes + 5] = 2; // the last ciphertext claims compression
      else bad.fill(255, -4);
      expectCode(() => summer.add(bad), 'bad-update');
      expect(summer.numAdded).toBe(0);
      summer.add(honest);
      const before = summer.result();
      expectCode(() => summer.add(bad), 'bad-update');
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
      const { parameters, encryptor, decryptor, summer } = bench;
      for (let k = 0; k < 3; k++) {
        summer.add(encryptor.encrypt(new Int32Array(100).fill(parameters.levels - 1)));
      }
      const sum = summer.result();
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
      const foreignNames: SchemeName[] = ['ckks', 'bgv', 'notebook', 'plaintext'];
      const foreign = foreignNames.filter((other) => other !== name);
      for (const other of foreign) {
        const parameters = chooseParameters(other, 3_000, 5);
        const bytes = new Uint8Array(parameters.updateBytes);
        expectCode(() => mine.summer.add(bytes), 'bad-update');
        const sum = new Uint8Array(parameters.sumBytes);
        expectCode(() => mine.decryptor.decryptSum(sum, 1), 'bad-sum');
      }
      expectCode(() => mine.summer.add(new Uint8Array(0)), 'bad-update');
      expectCode(
        () => mine.summer.add(new Uint8Array(mine.parameters.updateBytes + 1)),
        'bad-update',
      );
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
        for (let i = 113; i < a.length; i++) if (a[i] === b[i]) equal++;
        // Random 60-bit words agree in 1 byte of 256, and in half of the nibbles that are always 0.
        expect(equal / a.length).toBeLessThan(0.3);
        bench.dispose();
      },
    );

    test.runIf(isEncrypted)('a sum under foreign keys does not open', async () => {
      const [mine, theirs] = [await open(3_000, 5), await open(3_000, 5)];
      mine.summer.add(theirs.encryptor.encrypt(new Int32Array(3_000).fill(1)));
      expectCode(() => mine.decryptor.decryptSum(mine.summer.result(), 1), 'bad-sum');
      mine.dispose();
      theirs.dispose();
    });

    test('thousands of mutated updates never crash it or slip into a sum', async () => {
      const bench = await open(3_000, 5);
      const { encryptor, decryptor, summer } = bench;
      const random = createRandom('mutated updates', name);
      const values = updateOf(bench.parameters, 1, random);
      const honest = encryptor.encrypt(values);
      summer.add(honest);
      const before = summer.result();
      const outcomes = { refused: 0, accepted: 0 };
      for (let i = 0; i < NUM_MUTATIONS; i++) {
        const mutant = mutate(honest, random);
        const code = codeOf(() => summer.add(mutant));
        if (code === null) {
          outcomes.accepted++;
          expect(summer.numAdded).toBe(2);
          expectIntegersOr('bad-sum', () => decryptor.decryptSum(summer.result(), 2));
          summer.reset();
          summer.add(honest);
        } else {
          outcomes.refused++;
          expect(code).toBe('bad-update');
          expect(summer.numAdded).toBe(1);
          if (i % 20 === 0) expect(isSame(summer.result(), before)).toBe(true);
        }
      }
      expect(outcomes.refused).toBeGreaterThan(NUM_MUTATIONS / 5);
      expect(outcomes.accepted).toBeGreaterThan(NUM_MUTATIONS / 20);
      expectSame(decryptor.decryptSum(summer.result(), 1), Float64Array.from(values));
      bench.dispose();
    });

    test('mutated sums and keys never crash it', async () => {
      const bench = await open(500, 5);
      const { scheme, keys, encryptor, decryptor, summer } = bench;
      const random = createRandom('mutated sums', name);
      const values = updateOf(bench.parameters, 1, random);
      summer.add(encryptor.encrypt(values));
      const sum = summer.result();
      for (let i = 0; i < NUM_MUTATIONS / 4; i++) {
        expectIntegersOr('bad-sum', () => decryptor.decryptSum(mutate(sum, random), 1));
      }
      for (let i = 0; isEncrypted && i < 40; i++) {
        const code = codeOf(() => {
          const opened = scheme.open(mutate(keys, random));
          opened.encryptor.dispose();
          opened.decryptor.dispose();
        });
        expect([null, 'bad-key']).toContain(code);
      }
      expectSame(decryptor.decryptSum(sum, 1), Float64Array.from(values));
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

function mutate(honest: Uint8Array, random: Random): Uint8Array {
  const bytes = honest.slice();
  const anywhere = () => random.below(bytes.length);
  const header = () => random.below(Math.min(120, bytes.length));
  switch (random.below(8)) {
    case 0: // one bit, anywhere
      bytes[anywhere()]! ^= 1 << random.below(8);
      return bytes;
    case 1: // one bit of the header
      bytes[header()]! ^= 1 << random.below(8);
      return bytes;
    case 2:
      return bytes.slice(0, anywhere());
    case 3: {
      const longer = new Uint8Array(bytes.length + 1 + random.below(64));
      longer.set(bytes);
      return longer;
    }
    case 4: // compression modes, sizes and other fields of the outer and inner headers
      for (const at of [5, 8, 57, 65, 94, 97, 105]) {
        if (at < bytes.length && random.below(2)) bytes[at] = random.below(256);
      }
      return bytes;
    case 5: {
      const at = anywhere();
      bytes.fill(random.below(2) ? 0 : 255, at, at + 1 + random.below(64));
      return bytes;
    }
    case 6: // the end, where a seed lies
      bytes[bytes.length - 1 - random.below(Math.min(81, bytes.length))]! ^= 1 << random.below(8);
      return bytes;
    default:
      for (let i = 0; i < bytes.length; i++) bytes[i] = random.uint32();
      return bytes;
  }
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

function expectIntegersOr(code: SchemeErrorCode, work: () => Float64Array): void {
  const refused = codeOf(() => expect(work().every(Number.isSafeInteger)).toBe(true));
  expect([null, code]).toContain(refused);
}

/** Compares without building a message of thousands of numbers. */
function expectSame(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value, i) => value !== expected[i])).toBe(-1);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
