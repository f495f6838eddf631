// The bounds are recomputed here in BigInt, from the reasoning in the comments of parameters.ts.
import { describe, expect, test } from 'vitest';
import { largestNttPrime } from './ntt-primes.ts';
import {
  chooseParameters,
  MAX_CONTRIBUTORS,
  MIN_LEVELS,
  radixOf,
  slotNoiseStdDev,
} from './parameters.ts';
import { sumBytes } from './wire-layout.ts';
import type { SchemeName } from './scheme.ts';

const NOTEBOOK_WEIGHTS = 101_770; // 784·128 + 128 + 128·10 + 10
const names: SchemeName[] = ['ckks', 'bgv', 'notebook', 'plaintext'];
const cohorts = Array.from({ length: MAX_CONTRIBUTORS }, (_, i) => i + 1);

describe('every choice', () => {
  test.each(names)('%s: levels are odd, enough, and their sums fit a word', (name) => {
    for (const K of cohorts) {
      const parameters = chooseParameters(name, NOTEBOOK_WEIGHTS, K);
      const { levels, valuesPerSlot, numSlots, numCiphertexts } = parameters;
      expect(levels % 2).toBe(1);
      expect(levels).toBeGreaterThanOrEqual(MIN_LEVELS);
      expect(radixOf(parameters)).toBe(K * (levels - 1) + 1);
      expect(BigInt(radixOf(parameters)) ** BigInt(valuesPerSlot) <= 2n ** 53n).toBe(true);
      expect(parameters.failureBound).toBeLessThanOrEqual(2 ** -30);
      if (name === 'plaintext') continue;
      expect(numCiphertexts * numSlots * valuesPerSlot).toBeGreaterThanOrEqual(NOTEBOOK_WEIGHTS);
      expect((numCiphertexts - 1) * numSlots * valuesPerSlot).toBeLessThan(NOTEBOOK_WEIGHTS);
    }
  });

  test.each(names)('%s: a larger cohort never gets more levels at the same packing', (name) => {
    for (const K of cohorts.slice(1)) {
      const [before, after] = [K - 1, K].map((k) => chooseParameters(name, 1000, k));
      if (before!.valuesPerSlot !== after!.valuesPerSlot) continue;
      expect(after!.levels).toBeLessThanOrEqual(before!.levels);
    }
  });
});

describe('ckks', () => {
  const q = largestNttPrime(60, 4096);

  test('a coefficient of the sum stays below q/2 with its noise, one client’s within the encoder', () => {
    for (const K of cohorts) {
      const parameters = chooseParameters('ckks', NOTEBOOK_WEIGHTS, K);
      const R = BigInt(radixOf(parameters));
      const centre = BigInt((parameters.levels - 1) / 2);
      let largestOwn = 0n; // the word of all-largest digits, centred
      for (let v = 0; v < parameters.valuesPerSlot; v++) largestOwn = largestOwn * R + centre;
      const ownCoefficient = largestOwn << 15n;
      expect(ownCoefficient <= 1n << 58n).toBe(true);
      expect(BigInt(K) * (ownCoefficient + 22n) < q / 2n).toBe(true);
    }
  });

  test('no denser packing, and no two more levels, would have fitted', () => {
    for (const K of [2, 5, 9, 10, 50, 100]) {
      const { levels, valuesPerSlot } = chooseParameters('ckks', NOTEBOOK_WEIGHTS, K);
      const limit = (q - q / 256n) >> 15n;
      const fits = (L: number, v: number) => BigInt(K * (L - 1) + 1) ** BigInt(v) <= limit;
      expect(fits(levels, valuesPerSlot)).toBe(true);
      expect(fits(levels + 2, valuesPerSlot)).toBe(false);
      if (valuesPerSlot < 4) expect(fits(MIN_LEVELS, valuesPerSlot + 1)).toBe(false);
    }
  });

  test('the slot noise is the measured one', () => {
    // Measured on SEAL: 0.0450 at scale 2^15, N = 4096, 100 contributors; 49.6 deviations for 5.
    expect(slotNoiseStdDev(chooseParameters('ckks', 1000, 100), 100)).toBeCloseTo(0.0451, 3);
    const five = chooseParameters('ckks', NOTEBOOK_WEIGHTS, 5);
    expect(0.5 / slotNoiseStdDev(five, 5)).toBeCloseTo(49.6, 0);
    expect(five.marginText).toContain('49.6');
  });

  test('the failure bound holds against the exact tail of a normal variable', () => {
    // P(|X| > 8.31 σ) = 9.6e-17 (erfc, tabulated); 17 ciphertexts of 2048 slots.
    const { failureBound } = chooseParameters('ckks', NOTEBOOK_WEIGHTS, 100);
    expect(failureBound).toBeGreaterThan(17 * 2048 * 9.6e-17);
    expect(failureBound).toBeLessThan(1e-9);
  });

  test('the defaults of the main job', () => {
    const parameters = chooseParameters('ckks', NOTEBOOK_WEIGHTS, 5);
    expect(parameters).toMatchObject({
      valuesPerSlot: 4,
      numCiphertexts: 13,
      updateBytes: 426_816,
      securityBits: 192,
      keyKind: 'symmetric',
    });
    expect(parameters.updateBytes / NOTEBOOK_WEIGHTS).toBeLessThanOrEqual(4.2);
    expect(sumBytes(parameters, 5)).toBe(430_144);
    expect(sumBytes(parameters, 1)).toBe(parameters.updateBytes);
  });
});

describe('bgv', () => {
  const q = largestNttPrime(60, 4096);

  test('the worst noise of the sampler stays below q/2, words below t', () => {
    for (const K of cohorts) {
      const parameters = chooseParameters('bgv', NOTEBOOK_WEIGHTS, K);
      const t = largestNttPrime(parameters.plainModulusBits!, 4096);
      expect(43n * BigInt(K) * t < q).toBe(true); // 2·(t/2 + 21·t)·K
      expect(86n * BigInt(K) * t * 2n > q).toBe(true); // and t is within two bits of the limit
      expect(BigInt(radixOf(parameters)) ** BigInt(parameters.valuesPerSlot) < t).toBe(true);
      expect(parameters.failureBound).toBe(0);
      expect(parameters.updateBytes / NOTEBOOK_WEIGHTS).toBeLessThanOrEqual(3.1);
    }
  });
});

test('the notebook keeps its parameters and its bytes', () => {
  expect(chooseParameters('notebook', NOTEBOOK_WEIGHTS, 5)).toMatchObject({
    ringDegree: 8192,
    coeffModulusBits: [60, 40, 40, 60],
    scaleBits: 40,
    valuesPerSlot: 1,
    securityBits: 128,
    keyKind: 'public',
    updateBytes: 25 * 393_216,
  });
});

describe('what does not fit is refused', () => {
  test.each([0, 101, 2.5, NaN])('a cohort of %d', (K) => {
    expect(() => chooseParameters('ckks', 1000, K)).toThrow(RangeError);
  });

  test.each([0, -1, 1.5, NaN])('a model of %d weights', (P) => {
    expect(() => chooseParameters('bgv', P, 5)).toThrow(RangeError);
  });

  test('a packing that leaves too few levels', () => {
    expect(() => chooseParameters('ckks', 1000, 10, 4)).toThrow(/cannot add 10 updates/);
    expect(chooseParameters('ckks', 1000, 9, 4).levels).toBeGreaterThanOrEqual(MIN_LEVELS);
  });

  test('a message larger than the protocol carries', () => {
    expect(() => chooseParameters('notebook', 4_000_000, 5)).toThrow(/MiB/);
    expect(() => chooseParameters('ckks', 4_000_000, 5)).not.toThrow();
  });
});
