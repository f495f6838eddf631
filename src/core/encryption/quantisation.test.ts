import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../math/random.ts';
import { chooseParameters } from './parameters.ts';
import {
  dequantiseSum,
  MAX_RANGE_EXPONENT,
  MIN_RANGE_EXPONENT,
  quantisationBound,
  quantiseUpdate,
  rangeExponents,
  stepOf,
  type QuantisationRequest,
} from './quantisation.ts';

const slots = [
  { offset: 0, size: 300 },
  { offset: 300, size: 100 },
];
const parameters = chooseParameters('ckks', 400, 5);

function deltaOf(seed: number, spread = 0.05): Float32Array<ArrayBuffer> {
  const random = createRandom(seed, 'delta');
  return Float32Array.from({ length: 400 }, () => random.normal() * spread);
}

function request(overrides: Partial<QuantisationRequest> = {}): QuantisationRequest {
  const delta = overrides.delta ?? deltaOf(1);
  return {
    parameters,
    slots,
    delta,
    residual: null,
    numExamples: 10,
    largestNumExamples: 10,
    rangeExponents: overrides.rangeExponents ?? rangeExponents(delta, slots),
    ditherKey: [1, 'dither'],
    ...overrides,
  };
}

describe('ranges', () => {
  test('are the smallest powers of two that hold a tensor', () => {
    const magnitude = fc.double({ min: 2 ** -23, max: 2 ** 59, noNaN: true });
    fc.assert(
      fc.property(magnitude, (largest) => {
        const [exponent] = rangeExponents([0, -largest, largest / 2], [{ offset: 0, size: 3 }]);
        expect(largest).toBeLessThanOrEqual(2 ** exponent!);
        expect(largest).toBeGreaterThan(2 ** (exponent! - 1));
      }),
    );
  });

  test('powers of two are their own range; nothing is the floor', () => {
    const one = [{ offset: 0, size: 1 }];
    for (let e = MIN_RANGE_EXPONENT; e <= MAX_RANGE_EXPONENT; e++) {
      expect(rangeExponents([-(2 ** e)], one)).toEqual([e]);
    }
    expect(rangeExponents([0], one)).toEqual([MIN_RANGE_EXPONENT]);
  });

  test.each([NaN, Infinity, -Infinity, 2 ** 61])('%d is refused, wherever it stands', (bad) => {
    for (const values of [
      [bad, 1, 2],
      [1, 2, bad],
    ]) {
      expect(() => rangeExponents(values, [{ offset: 0, size: 3 }])).toThrow(
        expect.objectContaining({ code: 'bad-values' }),
      );
    }
  });
});

describe('quantising one update', () => {
  test('each value lands on one of its two neighbouring levels', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 100, noNaN: true }), (seed, spread) => {
        const { delta, ...rest } = request({ delta: deltaOf(seed, spread) });
        const { values, quantisationError } = quantiseUpdate({ delta, ...rest });
        let largestError = 0;
        slots.forEach(({ offset, size }, tensor) => {
          const step = stepOf(parameters, rest.rangeExponents[tensor]!);
          for (let i = offset; i < offset + size; i++) {
            expect(values[i]).toBeGreaterThanOrEqual(0);
            expect(values[i]).toBeLessThan(parameters.levels);
            const error = Math.abs((values[i]! - (parameters.levels - 1) / 2) * step - delta[i]!);
            expect(error).toBeLessThan(step * (1 + 1e-9));
            largestError = Math.max(largestError, error);
          }
        });
        expect(quantisationError).toBeCloseTo(largestError, 12);
      }),
      { numRuns: 30 },
    );
  });

  test('rounding is unbiased, with the variance of a fraction of a step', () => {
    const step = stepOf(parameters, 0);
    const delta = new Float32Array(400).fill(0.3 * step);
    let [sum, squares] = [0, 0];
    for (let seed = 0; seed < 250; seed++) {
      const { values } = quantiseUpdate(
        request({ delta, rangeExponents: [0, 0], ditherKey: [seed] }),
      );
      for (const value of values) {
        const steps = value - (parameters.levels - 1) / 2;
        sum += steps;
        squares += steps * steps;
      }
    }
    const mean = sum / 100_000;
    expect(mean).toBeCloseTo(0.3, 2); // 7 standard errors of sqrt(0.21 / 100,000)
    expect(squares / 100_000 - mean * mean).toBeCloseTo(0.21, 2); // p(1-p), not 1/12
  });

  test('zero and the ends of the range are exact, under every dither', () => {
    for (const name of ['ckks', 'plaintext'] as const) {
      const own = chooseParameters(name, 400, 5);
      const delta = Float32Array.from({ length: 400 }, (_, i) => [0, 0.5, -0.5][i % 3]!);
      for (let seed = 0; seed < 20; seed++) {
        const made = quantiseUpdate(
          request({ parameters: own, delta, rangeExponents: [-1, -1], ditherKey: [seed] }),
        );
        const last = own.levels - 1;
        expect(Array.from(made.values.subarray(0, 3))).toEqual([last / 2, last, 0]);
        expect(made.residual.every((lost) => lost === 0)).toBe(true);
        expect(made.quantisationError).toBe(0);
      }
    }
  });

  test('the dither depends on its key alone', () => {
    const [a, b, c] = [
      [7, 'x'],
      [7, 'x'],
      [7, 'y'],
    ].map((ditherKey) => quantiseUpdate(request({ ditherKey })).values);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test('what clipping and rounding lose is kept, in units of the delta', () => {
    const delta = deltaOf(3);
    delta[5] = 4; // far outside the announced range
    const made = quantiseUpdate(
      request({ delta, rangeExponents: [-2, -2], numExamples: 5, largestNumExamples: 20 }),
    );
    const step = stepOf(parameters, -2);
    for (let i = 0; i < 400; i++) {
      const sent = ((made.values[i]! - (parameters.levels - 1) / 2) * step * 20) / 5;
      expect(made.residual[i]).toBeCloseTo(delta[i]! - sent, 6);
    }
    expect(made.numClipped).toBe(1);
    expect(made.residual[5]).toBeCloseTo(4 - 0.25 * 4, 6);
    expect(made.rangeExponents[0]).toBe(0); // 4 · 5/20, before clipping
    expect(made.quantisationError).toBeLessThan(step);
  });

  test('with error feedback the sum over rounds follows the sum of deltas', () => {
    const coarse = { ...parameters, levels: 5 };
    const total = new Float64Array(400);
    const sent = new Float64Array(400);
    let residual: Float32Array | null = null;
    for (let round = 0; round < 50; round++) {
      const delta = deltaOf(round);
      // The cohort's largest client changes from round to round.
      const largest = 10 + (round % 3);
      const made = quantiseUpdate(
        request({
          parameters: coarse,
          delta,
          residual,
          rangeExponents: [-2, -2],
          largestNumExamples: largest,
          ditherKey: [round],
        }),
      );
      residual = made.residual;
      const step = stepOf(coarse, -2);
      for (let i = 0; i < 400; i++) {
        total[i]! += delta[i]!;
        sent[i]! += ((made.values[i]! - 2) * step * largest) / 10;
      }
    }
    // Without feedback the error would grow to about sqrt(50)·step/2.
    for (let i = 0; i < 400; i++) expect(sent[i]! + residual![i]!).toBeCloseTo(total[i]!, 4);
    const worst = Math.max(...residual!.map(Math.abs));
    expect(worst).toBeLessThan(3 * stepOf(coarse, -2));
  });

  test('values that are not finite are refused', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const delta = deltaOf(1);
      const ranges = rangeExponents(delta, slots);
      delta[399] = bad;
      expect(() => quantiseUpdate(request({ delta, rangeExponents: ranges }))).toThrow(
        expect.objectContaining({ code: 'bad-values' }),
      );
    }
  });

  test('sizes that do not belong together are refused', () => {
    const short = { delta: new Float32Array(399), rangeExponents: [0, 0] };
    expect(() => quantiseUpdate(request(short))).toThrow(RangeError);
    expect(() => quantiseUpdate(request({ residual: new Float32Array(1) }))).toThrow(RangeError);
    expect(() => quantiseUpdate(request({ rangeExponents: [0] }))).toThrow(RangeError);
    expect(() => quantiseUpdate(request({ slots: slots.slice(0, 1) }))).toThrow(RangeError);
    expect(() => quantiseUpdate(request({ numExamples: 11 }))).toThrow(RangeError);
    expect(() => quantiseUpdate(request({ numExamples: 0 }))).toThrow(RangeError);
  });
});

describe('the mean of a round', () => {
  test('is the weighted mean of the deltas within the stated bound, and the bound is not idle', () => {
    const sizes = [600, 450, 300, 37];
    const totalExamples = sizes.reduce((a, b) => a + b, 0);
    let closest = 0;
    for (let seed = 0; seed < 20; seed++) {
      const deltas = sizes.map((_, k) => deltaOf(100 * seed + k));
      const ranges = slots.map((_, tensor) =>
        Math.max(...deltas.map((delta) => rangeExponents(delta, slots)[tensor]!)),
      );
      const sum = new Float64Array(400);
      deltas.forEach((delta, k) => {
        const { values } = quantiseUpdate(
          request({
            delta,
            numExamples: sizes[k]!,
            largestNumExamples: 600,
            rangeExponents: ranges,
            ditherKey: [seed, k],
          }),
        );
        values.forEach((value, i) => (sum[i]! += value));
      });
      const mean = dequantiseSum(sum, 4, parameters, ranges, slots, 600, totalExamples);
      const bound = quantisationBound(parameters, ranges, 4, 600, totalExamples);
      for (let i = 0; i < 400; i++) {
        const exact = deltas.reduce((a, delta, k) => a + sizes[k]! * delta[i]!, 0) / totalExamples;
        const error = Math.abs(mean[i]! - exact);
        expect(error).toBeLessThan(bound);
        closest = Math.max(closest, error / bound);
      }
    }
    expect(closest).toBeGreaterThan(0.4);
  });
});
