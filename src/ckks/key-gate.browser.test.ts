// The gate against SEAL itself: what it lets through SEAL loads, and every field that it reads matters.
import { beforeAll, describe, expect, test } from 'vitest';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { createRandom } from '../core/math/random.ts';
import { createClientScheme } from './client-scheme.ts';
import { contextFor, type SchemeContext } from './context.ts';
import { acquireEngine } from './engine.ts';
import { keyProblem } from './key-gate.ts';
import { KEY_HEADER_BYTES } from './seal-layout.ts';

describe.each(['ckks', 'bgv', 'notebook'] as const)('%s', (name) => {
  let context: SchemeContext;
  let keys: Uint8Array;

  beforeAll(async () => {
    const parameters = chooseParameters(name, 100, 5);
    keys = (await createClientScheme(parameters)).generateKeys();
    context = contextFor(await acquireEngine(), parameters);
  });

  test('takes what SEAL writes, at any offset', () => {
    expect(keyProblem(keys, context.key)).toBe(null);
    const shifted = new Uint8Array(keys.length + 3);
    shifted.set(keys, 3);
    expect(keyProblem(shifted.subarray(3), context.key)).toBe(null);
  });

  test('refuses a change of any byte of the header', () => {
    for (let at = 0; at < KEY_HEADER_BYTES; at++) {
      for (const bit of [1, 128]) {
        const changed = keys.slice();
        changed[at]! ^= bit;
        expect(keyProblem(changed, context.key)).not.toBe(null);
      }
    }
  });

  test('refuses other lengths', () => {
    for (const bytes of [keys.slice(0, -1), new Uint8Array(0), new Uint8Array(keys.length + 1)]) {
      expect(keyProblem(bytes, context.key)).toBe('wrong length');
    }
  });

  test('refuses exactly the coefficients from the prime on', () => {
    const { ringDegree, primes } = context.key;
    primes.forEach((prime, i) => {
      for (const index of [0, ringDegree - 1]) {
        const withValue = (value: bigint) => {
          const copy = keys.slice();
          const at = KEY_HEADER_BYTES + 8 * (i * ringDegree + index);
          new DataView(copy.buffer).setBigUint64(at, value, true);
          return copy;
        };
        expect(keyProblem(withValue(prime - 1n), context.key)).toBe(null);
        for (const value of [prime, prime + (1n << 32n), 1n << 63n, (1n << 64n) - 1n]) {
          expect(keyProblem(withValue(value), context.key)).toMatch(/too large/);
        }
      }
    });
  });

  test('SEAL loads whatever the gate lets through', () => {
    const { engine, sealContext } = context;
    const random = createRandom('gate', name);
    const secretKey = new engine.seal.SecretKey();
    let passed = 0;
    for (let i = 0; i < 300; i++) {
      const bytes = keys.slice();
      for (let n = 1 + random.below(3); n > 0; n--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      if (keyProblem(bytes, context.key) !== null) continue;
      passed++;
      engine.run(() => secretKey.loadFromArray(sealContext, bytes));
    }
    expect(passed).toBeGreaterThan(50);
    expect(engine.broken).toBe(false);
    secretKey.delete();
  });
});
