import { describe, expect, test } from 'vitest';
import {
  digitsOf,
  extent,
  integerTicks,
  linearTicks,
  logDomain,
  logTicks,
  niceDomain,
  niceStep,
} from './domain.ts';

test('the extent ignores gaps, and is null without values', () => {
  expect(extent([3, null, Number.NaN, -2, Infinity])).toEqual([-2, 3]);
  expect(extent([null, Number.NaN])).toBeNull();
});

test('steps are 1, 2 or 5 times a power of ten', () => {
  expect(niceStep(1, 5)).toBeCloseTo(0.2, 12);
  expect(niceStep(7, 5)).toBe(1);
  expect(niceStep(0.013, 5)).toBeCloseTo(0.002, 12);
  expect(niceStep(430, 5)).toBe(100);
});

describe('a domain', () => {
  test('starts where the data does, not at 0', () => {
    expect(niceDomain([0.913, 0.9748], [0, 1])).toEqual([0.91, 0.98]);
  });

  test('stays inside its bounds', () => {
    expect(niceDomain([0.5, 0.9999], [0, 1])[1]).toBe(1);
    expect(niceDomain([0.97, 0.97], [0, 1])[1]).toBeLessThanOrEqual(1);
  });

  test('has room around a single value, 0 included', () => {
    for (const value of [0, 5, -3, 1e-9]) {
      const [low, high] = niceDomain([value, value]);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });
});

describe('ticks', () => {
  test('are free of binary noise', () => {
    expect(linearTicks([0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks([0.1, 0.4], 3)).toEqual([0.1, 0.2, 0.3, 0.4]);
  });

  test('of counted things are whole, and 0 has no sign', () => {
    const ticks = integerTicks([-0.5, 3.5]);
    expect(ticks).toEqual([0, 1, 2, 3]);
    expect(Object.is(ticks[0], -0)).toBe(false);
    expect(integerTicks([0, 1000], 10)).toHaveLength(11);
  });

  test('of a log axis are powers of ten, with 2 and 5 where there is room', () => {
    expect(logDomain([3e-5, 0.02])).toEqual([1e-5, 0.1]);
    expect(logTicks([1e-6, 1e6], 5)).toEqual([1e-6, 1e-3, 1, 1e3, 1e6]);
    expect(logTicks([1, 10])).toEqual([1, 2, 5, 10]);
    expect(logDomain([10, 10])).toEqual([10, 100]);
  });
});

test('as many digits as tell ticks apart', () => {
  expect(digitsOf(0.05)).toBe(2);
  expect(digitsOf(0.1)).toBe(1);
  expect(digitsOf(0.92 - 0.91)).toBe(2);
  expect(digitsOf(20)).toBe(0);
});
