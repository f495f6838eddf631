import { expect, test } from 'vitest';
import { createSummer } from '../core/encryption/create-summer.ts';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { coeffModulus, largestNttPrime } from '../core/encryption/ntt-primes.ts';
import { wireLayout } from '../core/encryption/wire-layout.ts';
import { createClientScheme } from './client-scheme.ts';
import { contextFor } from './context.ts';
import { acquireEngine } from './engine.ts';

test('one engine a worker', async () => {
  const [a, b] = await Promise.all([acquireEngine(), acquireEngine()]);
  expect(a).toBe(b);
  expect(await acquireEngine()).toBe(a);
});

test('a C++ exception retires the engine and all that stands on it; the next one works', async () => {
  const parameters = chooseParameters('bgv', 100, 5);
  const scheme = await createClientScheme(parameters);
  const keys = scheme.generateKeys();
  const old = scheme.open(keys);
  const engine = await acquireEngine();
  const broken = expect.objectContaining({ name: 'SchemeError', code: 'engine-broken' });

  const provoke = () =>
    engine.run(() => {
      const { sealContext } = contextFor(engine, parameters);
      new engine.seal.Ciphertext().loadFromArray(sealContext, new Uint8Array(3));
    });
  expect(provoke).toThrow(broken);
  expect(engine.broken).toBe(true);
  const ones = new Int32Array(100).fill(1);
  expect(() => old.encryptor.encrypt(ones)).toThrow(broken);
  expect(() => scheme.generateKeys()).toThrow(broken);
  old.encryptor.dispose();

  const replacement = await acquireEngine();
  expect(replacement).not.toBe(engine);
  const { encryptor, decryptor } = (await createClientScheme(parameters)).open(keys);
  const summer = createSummer(parameters);
  summer.add(encryptor.encrypt(ones), 0);
  expect(decryptor.decryptSum(summer.result(), 1).every((sum) => sum === 1)).toBe(true);
});

test('errors of our own leave the engine alone', async () => {
  const engine = await acquireEngine();
  expect(() =>
    engine.run(() => {
      throw new RangeError('ours');
    }),
  ).toThrow(RangeError);
  expect(engine.broken).toBe(false);
});

test("the core's primes are SEAL's", async () => {
  const engine = await acquireEngine();
  for (const name of ['ckks', 'bgv', 'notebook'] as const) {
    const parameters = chooseParameters(name, 100, 5);
    const { key, update } = contextFor(engine, parameters);
    expect(key.primes).toEqual(coeffModulus(parameters.coeffModulusBits, parameters.ringDegree));
    expect(update.primes).toEqual(wireLayout(parameters).primes);
  }
  for (const bits of [46, 47, 50, 51, 52, 53, 54]) {
    const plain = engine.seal.PlainModulus.Batching(4096, bits);
    expect(plain.value()).toBe(largestNttPrime(bits, 4096));
    plain.delete();
  }
});
