// The gate against SEAL itself: what it lets through SEAL loads, and every field that it reads matters.
import { beforeAll, describe, expect, test } from 'vitest';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { createRandom } from '../core/math/random.ts';
import { ciphertextProblem, keyProblem } from './byte-gate.ts';
import { createClientScheme } from './client-scheme.ts';
import { contextFor, type SchemeContext } from './context.ts';
import { acquireEngine, deleteAll } from './engine.ts';
import { madeUpCiphertext } from './made-up-ciphertext.ts';

const flip = (bytes: Uint8Array, at: number, bit = 1) => {
  const copy = bytes.slice();
  copy[at]! ^= bit;
  return copy;
};

describe.each(['ckks', 'bgv', 'notebook'] as const)('%s', (name) => {
  let context: SchemeContext;
  let update: Uint8Array;
  let keys: Uint8Array;

  beforeAll(async () => {
    const parameters = chooseParameters(name, 100, 5);
    const scheme = await createClientScheme(parameters);
    keys = scheme.generateKeys();
    const { encryptor, decryptor } = scheme.open(keys);
    update = encryptor.encrypt(new Int32Array(100).fill(3));
    encryptor.dispose();
    decryptor.dispose();
    context = contextFor(await acquireEngine(), parameters);
  });

  test('takes what SEAL writes', () => {
    expect(ciphertextProblem(update, context.update)).toBe(null);
    expect(keyProblem(keys, context.key)).toBe(null);
  });

  test('refuses a change of any byte of any header', () => {
    const words = context.update.primes.length * context.update.ringDegree;
    const seed = 113 + 8 * words;
    const headers = Array.from({ length: 113 }, (_, i) => i);
    if (context.update.seeded) for (let i = 0; i < 17; i++) headers.push(seed + i);
    for (const at of headers) {
      for (const bit of [1, 128]) {
        expect(ciphertextProblem(flip(update, at, bit), context.update)).not.toBe(null);
      }
    }
    for (let at = 0; at < 88; at++) expect(keyProblem(flip(keys, at), context.key)).not.toBe(null);
  });

  test('refuses other lengths and other kinds of bytes', () => {
    for (const bytes of [update.slice(0, -1), new Uint8Array(0), keys]) {
      expect(ciphertextProblem(bytes, context.update)).toBe('wrong length');
    }
    expect(keyProblem(update, context.key)).toBe('wrong length');
  });

  test('refuses exactly the coefficients from the prime on', () => {
    const { ringDegree, primes } = context.update;
    primes.forEach(({ high, low }, i) => {
      const prime = (BigInt(high) << 32n) | BigInt(low);
      for (const index of [0, ringDegree - 1]) {
        const at = 113 + 8 * (i * ringDegree + index);
        const withValue = (value: bigint) => {
          const copy = update.slice();
          new DataView(copy.buffer).setBigUint64(at, value, true);
          return copy;
        };
        expect(ciphertextProblem(withValue(prime - 1n), context.update)).toBe(null);
        for (const value of [prime, prime + (1n << 32n), (1n << 64n) - 1n]) {
          expect(ciphertextProblem(withValue(value), context.update)).toMatch(/too large/);
        }
      }
    });
  });

  test('SEAL loads whatever the gate lets through', () => {
    const { engine, sealContext } = context;
    const random = createRandom('gate', name);
    const cipher = new engine.seal.Ciphertext();
    let passed = 0;
    for (let i = 0; i < 500; i++) {
      const bytes = update.slice();
      for (let n = 1 + random.below(3); n > 0; n--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      if (ciphertextProblem(bytes, context.update) !== null) continue;
      passed++;
      engine.run(() => cipher.loadFromArray(sealContext, bytes));
    }
    expect(passed).toBeGreaterThan(100);
    expect(engine.broken).toBe(false);
    cipher.delete();
  });

  test('SEAL loads, adds and saves what is made up to pass', () => {
    const { engine, sealContext } = context;
    const bytes = madeUpCiphertext(context.update);
    expect(ciphertextProblem(bytes, context.update)).toBe(null);
    const saved = engine.run(() => {
      const evaluator = new engine.seal.Evaluator(sealContext);
      const ciphers = [new engine.seal.Ciphertext(), new engine.seal.Ciphertext()] as const;
      for (const cipher of ciphers) cipher.loadFromArray(sealContext, bytes);
      evaluator.addInplace(...ciphers);
      const sum: Uint8Array = ciphers[0].saveToArray(engine.seal.ComprModeType.none);
      deleteAll(...ciphers, evaluator);
      return sum;
    });
    expect(ciphertextProblem(saved, context.sum)).toBe(null);
  });

  test.runIf(name === 'notebook')('refuses a ciphertext that hides nothing', () => {
    const bare = update.slice();
    bare.fill(0, 113 + (update.length - 113) / 2);
    expect(ciphertextProblem(bare, context.update)).toBe('not encrypted');
  });
});
