// Oracle: Python's round(), typed in.
import { expect, it } from 'vitest';
import { roundHalfEven } from './rounding.ts';

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [3.5, 4],
  [-0.5, 0],
  [-1.5, -2],
  [-2.5, -2],
  [2.4999999999999996, 2],
  [0.49999999999999994, 0],
  [7.2, 7],
  [-7.8, -8],
])('%d rounds to %d', (x, expected) => {
  expect(roundHalfEven(x) === expected).toBe(true);
});
