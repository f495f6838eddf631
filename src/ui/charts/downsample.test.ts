import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { downsample, MAX_DRAWN_POINTS } from './downsample.ts';
import type { Point } from './series.ts';

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN) },
);
const long = fc
  .array(value, { minLength: 50, maxLength: 400 })
  .map((values): Point[] => values.map((y, x) => ({ x, y })));

const present = (points: readonly Point[]) =>
  points.map(({ y }) => y).filter((y): y is number => y !== null && !Number.isNaN(y));

test('keeps extremes, ends and order within the budget', () => {
  let numShortened = 0;
  fc.assert(
    fc.property(long, fc.integer({ min: 8, max: 300 }), (points, budget) => {
      const kept = downsample(points, budget);
      expect(kept.length).toBeLessThanOrEqual(budget);
      if (kept.length < points.length) numShortened++;
      expect(kept.every((point) => points[point.x] === point)).toBe(true);
      expect(kept.every((point, i) => i === 0 || kept[i - 1]!.x < point.x)).toBe(true);
      expect(kept[0]).toBe(points[0]);
      expect(kept.at(-1)).toBe(points.at(-1));
      const all = present(points);
      if (all.length > 0) {
        expect(Math.max(...present(kept))).toBe(Math.max(...all));
        expect(Math.min(...present(kept))).toBe(Math.min(...all));
      }
      if (all.length < points.length) expect(present(kept).length).toBeLessThan(kept.length);
    }),
  );
  expect(numShortened).toBeGreaterThan(20);
});

test('leaves short input alone, the very same array', () => {
  const points = Array.from({ length: MAX_DRAWN_POINTS }, (_, x) => ({ x, y: x }));
  expect(downsample(points)).toBe(points);
});

test('a lone spike among many thousands of points stays', () => {
  const points = Array.from({ length: 50_000 }, (_, x) => ({ x, y: x === 31_415 ? 9 : 1 }));
  const kept = downsample(points);
  expect(kept.length).toBeLessThanOrEqual(1000);
  expect(kept.filter(({ y }) => y === 9)).toEqual([{ x: 31_415, y: 9 }]);
});
