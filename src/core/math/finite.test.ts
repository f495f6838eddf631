import { expect, it } from 'vitest';
import { allFinite } from './finite.ts';

it.each([NaN, Infinity, -Infinity])('finds one %d among finite values', (value) => {
  const values = Float32Array.from({ length: 100 }, (_, i) => (i - 50) * 3e36);
  expect(allFinite(values)).toBe(true);
  values[50] = value;
  expect(allFinite(values)).toBe(false);
});
