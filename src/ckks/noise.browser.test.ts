// The CKKS noise measured on SEAL against the formula that the parameters are chosen by, with raw
// decryptions that exist in this test alone; and what the real decryptor gives out.
import { expect, test } from 'vitest';
import { createSummer } from '../core/encryption/create-summer.ts';
import {
  chooseParameters,
  ROUNDING_TOLERANCE,
  slotNoiseStdDev,
} from '../core/encryption/parameters.ts';
import { createRandom, type Random } from '../core/math/random.ts';
import type { SchemeParameters } from '../core/encryption/scheme.ts';
import { SEED_BYTES, wireLayout } from '../core/encryption/wire-layout.ts';
import { createClientScheme } from './client-scheme.ts';
import { contextFor } from './context.ts';
import { acquireEngine } from './engine.ts';
import { CIPHERTEXT_HEADER_BYTES } from './seal-layout.ts';
import { createSumLoader } from './sum-loader.ts';

type ValueOf = (parameters: SchemeParameters, random: Random) => number;

/** Like deltas: near the middle, a tenth of the range wide. */
const likeDeltas: ValueOf = ({ levels }, random) => {
  const middle = (levels - 1) / 2;
  const value = Math.round(middle + (random.normal() * middle) / 10);
  return Math.min(levels - 1, Math.max(0, value));
};
/** The largest words there are, of random sign: the worst for the encoder's float64 rounding. */
const extremes: ValueOf = ({ levels }, random) => (random.below(2) ? levels - 1 : 0);

/** Distances of all slots from the nearest integer after adding `numContributors` updates. */
async function slotErrors(parameters: SchemeParameters, numContributors: number, valueOf: ValueOf) {
  const scheme = await createClientScheme(parameters);
  const keys = scheme.generateKeys();
  const { encryptor, decryptor } = scheme.open(keys);
  const summer = createSummer(parameters);
  const random = createRandom('noise', parameters.name, numContributors);
  for (let k = 0; k < numContributors; k++) {
    const values = new Int32Array(parameters.numParameters).map(() => valueOf(parameters, random));
    summer.add(encryptor.encrypt(values), k);
  }
  const sum = summer.result();
  const sums = decryptor.decryptSum(sum, numContributors);

  const context = contextFor(await acquireEngine(), parameters);
  const { engine, sealContext } = context;
  const { seal } = engine;
  const secretKey = new seal.SecretKey();
  secretKey.loadFromArray(sealContext, keys);
  const raw = new seal.Decryptor(sealContext, secretKey);
  const encoder = new seal.CKKSEncoder(sealContext);
  const loader = createSumLoader(context);
  const plain = new seal.Plaintext();
  const errors: number[] = [];
  for (let i = 0; i < parameters.numCiphertexts; i++) {
    raw.decrypt(loader.load(sum, numContributors, i), plain);
    const slots = encoder.decodeFloat64(plain) as Float64Array;
    for (const slot of slots) errors.push(slot - Math.round(slot));
  }
  for (const handle of [secretKey, raw, encoder, plain]) handle.delete();
  for (const half of [encryptor, decryptor, loader]) half.dispose();
  return { errors, sums };
}

function stdDevOf(errors: readonly number[]): number {
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
}

test.each([1, 9, 40, 100])('ckks, %i contributors: the slot noise is as predicted', async (K) => {
  const parameters = chooseParameters('ckks', 24_000, K);
  const { errors, sums } = await slotErrors(parameters, K, likeDeltas);
  const predicted = slotNoiseStdDev(parameters, K);
  const measured = stdDevOf(errors);
  console.log(`K ${K}: measured ${measured.toFixed(5)}, predicted ${predicted.toFixed(5)}`);
  expect(measured / predicted).toBeGreaterThan(0.93);
  expect(measured / predicted).toBeLessThan(1.07);
  const worst = Math.max(...errors.map(Math.abs));
  expect(worst).toBeLessThan(6 * predicted);
  // The key-recovery guard: integers, every one, although what was decrypted is not.
  expect(sums.every(Number.isSafeInteger)).toBe(true);
  expect(errors.filter((error) => error !== 0).length).toBeGreaterThan(errors.length / 2);
});

test('notebook: the noise is far below what its margin states, and no noise gets out', async () => {
  const parameters = chooseParameters('notebook', 8_000, 5);
  const { errors, sums } = await slotErrors(parameters, 5, likeDeltas);
  const worst = Math.max(...errors.map(Math.abs));
  expect(worst).toBeLessThan(1e-6);
  expect(worst).toBeGreaterThan(0);
  expect(sums.every(Number.isSafeInteger)).toBe(true);
});

test.each([1, 2, 5, 100])(
  'ckks, %i contributors: extreme words add little to the noise',
  async (K) => {
    const parameters = chooseParameters('ckks', 16_384, K);
    const { errors } = await slotErrors(parameters, K, extremes);
    const predicted = slotNoiseStdDev(parameters, K);
    const measured = stdDevOf(errors);
    console.log(`K ${K}, extremes: ${measured.toFixed(5)}, predicted ${predicted.toFixed(5)}`);
    expect(measured / predicted).toBeLessThan(1.5);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(ROUNDING_TOLERANCE / 1.25);
  },
);

test('a sum that lies between whole numbers is refused, one that is merely noisy is not', async () => {
  const parameters = chooseParameters('ckks', 100, 5);
  const scheme = await createClientScheme(parameters);
  const keys = scheme.generateKeys();
  const { encryptor, decryptor } = scheme.open(keys);
  const { engine, sealContext } = contextFor(await acquireEngine(), parameters);
  const { seal } = engine;
  const secretKey = new seal.SecretKey();
  secretKey.loadFromArray(sealContext, keys);
  const generator = new seal.KeyGenerator(sealContext, secretKey);
  const publicKey = generator.createPublicKey();
  const sealEncryptor = new seal.Encryptor(sealContext, publicKey, secretKey);
  const encoder = new seal.CKKSEncoder(sealContext);
  const plain = new seal.Plaintext();
  const { wordBytes } = wireLayout(parameters);
  const sumOfSlots = (value: number) => {
    encoder.encode(new Float64Array(parameters.numSlots).fill(value), 2 ** 15, plain);
    const cipher = sealEncryptor.encryptSymmetricSerializable(plain);
    const saved = cipher.saveToArray(seal.ComprModeType.none) as Uint8Array;
    const sum = new Uint8Array(wordBytes + SEED_BYTES);
    sum.set(saved.subarray(CIPHERTEXT_HEADER_BYTES, CIPHERTEXT_HEADER_BYTES + wordBytes));
    sum.set(saved.subarray(-SEED_BYTES), wordBytes);
    cipher.delete();
    return sum;
  };
  const middle = (parameters.levels - 1) / 2; // a slot of 0 is all middle levels
  for (const noisy of [0.3, -0.3]) {
    expect(decryptor.decryptSum(sumOfSlots(noisy), 1)).toEqual(new Float64Array(100).fill(middle));
  }
  for (const between of [0.45, -0.45, 0.5]) {
    expect(() => decryptor.decryptSum(sumOfSlots(between), 1)).toThrow(
      expect.objectContaining({ code: 'bad-sum' }),
    );
  }
  for (const handle of [secretKey, generator, publicKey, sealEncryptor, encoder, plain]) {
    handle.delete();
  }
  for (const half of [encryptor, decryptor]) half.dispose();
});
