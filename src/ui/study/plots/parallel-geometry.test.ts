import { expect, test } from 'vitest';
import { crossingPath, nearestLine } from './parallel-geometry.ts';

const xs = [0, 100, 200, 300];

test('a missing value breaks the line; a value alone is a short dash, never a 0', () => {
  expect(crossingPath([10, 20, 30, 40], xs)).toBe('M0 10L100 20L200 30L300 40');
  expect(crossingPath([10, null, 30, 40], xs)).toBe('M-4 10h8M200 30L300 40');
  expect(crossingPath([null, null, null, null], xs)).toBe('');
});

test('the nearest line is measured where the pointer is, between the axes', () => {
  const lines = [
    [0, 100, 0, 0],
    [100, 0, 100, 0],
    [0, null, 50, 0],
  ];
  expect(nearestLine(lines, xs, [25, 28], 10)).toBe(0);
  expect(nearestLine(lines, xs, [25, 73], 10)).toBe(1);
  expect(nearestLine(lines, xs, [25, 50], 10)).toBeNull();
  expect(nearestLine(lines, xs, [400, 1], 10)).toBe(0);
});
