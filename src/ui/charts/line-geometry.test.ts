import { describe, expect, test } from 'vitest';
import {
  movedCursor,
  nearest,
  startNote,
  valueRange,
  wholeRange,
  zoomed,
  type LineAxis,
} from './line-geometry.ts';
import type { Projection } from './path.ts';
import { nearestIndex, type Series } from './series.ts';

const axis: LineAxis = { label: 'round', format: String };
const line = (id: string, ys: readonly (number | null)[]): Series => ({
  id,
  label: id,
  colour: '',
  points: ys.map((y, x) => ({ x, y })),
});
const projection: Projection = {
  area: { left: 0, top: 0, width: 100, height: 100 },
  x: [0, 2],
  y: [0, 1],
  xScale: 'linear',
  yScale: 'linear',
};

describe('ranges', () => {
  test('the x axis reaches as far as it was told, so that rounds to come do not move it', () => {
    expect(wholeRange([line('a', [1, 1, 1])], { ...axis, atLeast: [0, 10] })).toEqual([0, 10]);
    expect(wholeRange([], axis)).toEqual([0, 1]);
  });

  test('the y axis fits what is visible: hidden stretches and gaps do not count', () => {
    const series = [line('a', [0.1, 0.91, 0.97, null])];
    expect(valueRange(series, axis, 'linear', [1, 3])[0]).toBeGreaterThan(0.85);
    expect(valueRange(series, axis, 'linear', [0, 3])[0]).toBeLessThanOrEqual(0.1);
  });

  test('a log axis ignores values it cannot show', () => {
    expect(valueRange([line('a', [0, -1, 0.02])], axis, 'log', [0, 3])).toEqual([0.01, 0.1]);
  });
});

test('an axis that does not start at 0 says so', () => {
  const note = (y: readonly [number, number]) => startNote({ y, yScale: 'linear' }, axis, [0, 1]);
  expect(note([0, 1])).toBe('');
  expect(note([0.9, 1])).toBe(' (axis starts at 0.9)');
});

describe('the cursor', () => {
  const series = [line('low', [0, 0, 0]), line('high', [1, null, 1])];

  test('finds the nearest point, never a gap', () => {
    expect(nearest(series, projection, [2, 5])).toEqual({ seriesId: 'high', x: 0 });
    expect(nearest(series, projection, [51, 10])).toEqual({ seriesId: 'low', x: 1 });
    expect(nearest([], projection, [0, 0])).toBeNull();
  });

  test('moves along a line and between lines with the arrow keys, and stops at the ends', () => {
    const start = { seriesId: 'low', x: 1 };
    expect(movedCursor(start, series, 'ArrowRight')).toEqual({ seriesId: 'low', x: 2 });
    expect(movedCursor({ seriesId: 'low', x: 2 }, series, 'ArrowRight')?.x).toBe(2);
    expect(movedCursor(start, series, 'Home')?.x).toBe(0);
    expect(movedCursor(start, series, 'ArrowDown')).toEqual({ seriesId: 'high', x: 1 });
    expect(movedCursor(start, series, 'a')).toBeNull();
    expect(movedCursor(null, [], 'ArrowRight')).toBeNull();
  });
});

test('zooming out far enough is the whole range again', () => {
  expect(zoomed([0, 10], 5, 0.5, [0, 10])).toEqual([2.5, 7.5]);
  expect(zoomed([2.5, 7.5], null, 2, [0, 10])).toBeNull();
  expect(zoomed([0, 4], 0, 0.5, [0, 10])).toEqual([0, 1]);
});

test('the nearest index, against a plain search', () => {
  const points = [0, 1, 4, 9, 16, 25].map((x) => ({ x, y: 0 }));
  for (let x = -3; x < 30; x += 0.25) {
    const distances = points.map((point) => Math.abs(point.x - x));
    expect(nearestIndex(points, x)).toBe(distances.indexOf(Math.min(...distances)));
  }
  expect(nearestIndex([], 1)).toBe(-1);
});
