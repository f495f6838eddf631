// Ranges, grids and internal values; grid ends are checked against decimal arithmetic done by hand.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  areCompatible,
  areEqual,
  categoricalDistribution,
  contains,
  floatDistribution,
  intDistribution,
  isSingle,
  singleValue,
  toExternal,
  toInternal,
} from './distribution.ts';
import { distributionSchema } from './study-config.ts';

describe('the end of a grid', () => {
  it.each([
    [0, 0.9, 0.1, 0.9],
    [0, 1, 0.3, 0.9],
    [0.1, 1, 0.2, 0.9],
    [1e-7, 1e-6, 2e-7, 9e-7],
    [-0.5, 0.5, 0.3, 0.4],
    [0, 1e21, 1e20, 1e21],
    [0, 0.05, 0.1, 0],
  ])('from %d to %d by %d is %d', (low, high, step, end) => {
    expect(floatDistribution(low, high, { step }).high).toBe(end);
  });

  it('is lowered for whole numbers', () => {
    expect(intDistribution(3, 20, { step: 5 }).high).toBe(18);
    expect(intDistribution(-7, 7, { step: 4 }).high).toBe(5);
  });
});

describe('impossible ranges', () => {
  it.each([
    ['int', 5, 4, {}],
    ['int', 0.5, 4, {}],
    ['int', 0, 4, { log: true }],
    ['int', 1, 9, { log: true, step: 2 }],
    ['int', 1, 9, { step: 0 }],
    ['float', 1, 0, {}],
    ['float', 0, 1, { log: true }],
    ['float', 1, 2, { log: true, step: 0.1 }],
    ['float', 0, Infinity, {}],
    ['float', 0, 1, { step: 0 }],
  ] as const)('%s from %d to %d with %j', (kind, low, high, options) => {
    const create = kind === 'int' ? intDistribution : floatDistribution;
    expect(() => create(low, high, options)).toThrow(RangeError);
    const data = { kind, low, high, log: false, step: kind === 'int' ? 1 : null, ...options };
    expect(v.safeParse(distributionSchema, data).success).toBe(false);
  });

  it('and no choices, or twice the same', () => {
    expect(() => categoricalDistribution([])).toThrow(RangeError);
    expect(() => categoricalDistribution([NaN, NaN])).toThrow(RangeError);
  });
});

it('a distribution that arrives gets its grid end', () => {
  const arrived = { kind: 'float', low: 0, high: 1, step: 0.3, log: false };
  expect(v.parse(distributionSchema, arrived)).toEqual(floatDistribution(0, 0.9, { step: 0.3 }));
});

it('only one value', () => {
  const singles = [
    [intDistribution(3, 3), 3],
    [intDistribution(3, 7, { step: 5 }), 3],
    [floatDistribution(0.5, 0.5), 0.5],
    [categoricalDistribution([null]), null],
  ] as const;
  for (const [distribution, value] of singles) {
    expect(isSingle(distribution)).toBe(true);
    expect(singleValue(distribution)).toBe(value);
  }
  expect(isSingle(intDistribution(3, 8, { step: 5 }))).toBe(false);
  expect(isSingle(categoricalDistribution([1, 2]))).toBe(false);
});

it('what is inside', () => {
  const grid = floatDistribution(0, 0.9, { step: 0.1 });
  expect(contains(grid, 0.1 + 0.2)).toBe(true); // 0.30000000000000004
  expect(contains(grid, 0.31)).toBe(false);
  expect(contains(grid, 1)).toBe(false);
  expect(contains(intDistribution(16, 128, { step: 16 }), 48)).toBe(true);
  expect(contains(intDistribution(16, 128, { step: 16 }), 50)).toBe(false);
  expect(contains(intDistribution(0, 5), 2.5)).toBe(false);
  expect(contains(intDistribution(0, 5), '2')).toBe(false);
  expect(contains(floatDistribution(0, 1), NaN)).toBe(false);
  expect(contains(categoricalDistribution([NaN, 'a']), NaN)).toBe(true);
  expect(contains(categoricalDistribution([true]), 1)).toBe(false);
});

it('internal values and back', () => {
  const choices = categoricalDistribution(['a', NaN, null, 0]);
  expect([NaN, null, -0].map((value) => toInternal(choices, value))).toEqual([1, 2, 3]);
  expect(toExternal(choices, 2)).toBeNull();
  expect(() => toInternal(choices, 'b')).toThrow(RangeError);
  expect(() => toInternal(floatDistribution(0, 1), NaN)).toThrow(RangeError);
  const rate = floatDistribution(1e-5, 0.3, { log: true });
  expect(toExternal(rate, Math.exp(Math.log(0.3)) + 1e-16)).toBe(0.3);
});

it('compatible and equal', () => {
  expect(areCompatible(intDistribution(1, 5), intDistribution(2, 50, { step: 3 }))).toBe(true);
  expect(areEqual(intDistribution(1, 5), intDistribution(1, 6))).toBe(false);
  expect(areEqual(intDistribution(1, 5), intDistribution(1, 5))).toBe(true);
  expect(areCompatible(intDistribution(1, 5), floatDistribution(1, 5))).toBe(false);
  const ab = categoricalDistribution(['a', 'b']);
  expect(areCompatible(ab, categoricalDistribution(['a', 'b']))).toBe(true);
  expect(areCompatible(ab, categoricalDistribution(['b', 'a']))).toBe(false);
  expect(areCompatible(ab, categoricalDistribution(['a', 'b', 'c']))).toBe(false);
});
