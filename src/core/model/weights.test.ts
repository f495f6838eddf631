import { expect, test } from 'vitest';
import { difference, moved } from './weights.ts';

test('a difference is rounded to float32', () => {
  const a = Float32Array.of(1, 0.5, 2 ** 24);
  expect([...difference(a, Float32Array.of(0.25, 0.75, -1))]).toEqual([0.75, -0.25, 2 ** 24]);
});

test('weights are moved in float64 and rounded once', () => {
  // 2^-24 rounded to float32 first, or added twice, would leave 1 or give 1 + 2^-22.
  const by = Float64Array.of(2 ** -24 + 2 ** -40, -1);
  expect([...moved(Float32Array.of(1, 1), by)]).toEqual([1 + 2 ** -23, 0]);
});
