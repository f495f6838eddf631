import { expect, test } from 'vitest';
import { barsPath, linePath, share, valueAt, type Projection } from './path.ts';

const projection: Projection = {
  area: { left: 10, top: 20, width: 100, height: 200 },
  x: [0, 10],
  y: [0, 1],
  xScale: 'linear',
  yScale: 'linear',
};

test('low y is at the bottom', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 1 },
  ];
  expect(linePath(points, projection)).toBe('M10 220L110 20');
});

test('a gap breaks the line, a lone point is a dot, 0 is not missing', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 1, y: 0.5 },
    { x: 2, y: null },
    { x: 3, y: Number.NaN },
    { x: 4, y: 1 },
    { x: 5, y: null },
  ];
  expect(linePath(points, projection)).toBe('M10 220L20 120M50 20h0');
});

test('a step holds its value until the next', () => {
  const points = [
    { x: 0, y: 0.5 },
    { x: 5, y: 1 },
    { x: 10, y: 1 },
  ];
  expect(linePath(points, projection, true)).toBe('M10 120H60V20H110');
});

test('a log axis spaces decades evenly and has no place for 0', () => {
  const log: Projection = { ...projection, y: [0.001, 1], yScale: 'log' };
  const points = [
    { x: 0, y: 0.001 },
    { x: 5, y: 0 },
    { x: 10, y: 0.1 },
  ];
  expect(linePath(points, log)).toBe('M10 220h0M110 86.7h0');
});

test('a share of an axis and back', () => {
  expect(share(100, [1, 10_000], 'log')).toBeCloseTo(0.5, 12);
  expect(valueAt(0.5, [1, 10_000], 'log')).toBeCloseTo(100, 9);
  expect(valueAt(share(7, [-3, 19], 'linear'), [-3, 19], 'linear')).toBeCloseTo(7, 12);
});

test('bars stand on their base; empty ones are left out', () => {
  const bars = [
    { x: 5, base: 0.5, top: 1 },
    { x: 6, base: 1, top: 1 },
  ];
  expect(barsPath(bars, projection, 10)).toBe('M55 120V20h10V120Z');
});
