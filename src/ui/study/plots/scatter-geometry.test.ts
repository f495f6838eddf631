import { expect, test } from 'vitest';
import type { Projection } from '../../charts/path.ts';
import { markGroups, nearestMark, steppedMark, type Mark } from './scatter-geometry.ts';

const projection: Projection = {
  area: { left: 0, top: 0, width: 100, height: 100 },
  x: [0, 10],
  y: [0, 1],
  xScale: 'linear',
  yScale: 'linear',
};

function mark(id: string, x: number, y: number | null, fields: Partial<Mark> = {}): Mark {
  return { id, x, y, colour: 'a', shape: 'dot', ...fields };
}

test('one path a colour and shape; what is missing or outside the axes is not drawn', () => {
  const groups = markGroups(
    [
      mark('0', 1, 0.5),
      mark('1', 2, null),
      mark('2', 3, 0.25),
      mark('3', 20, 0.5),
      mark('4', 4, 0.5, { shape: 'cross' }),
    ],
    projection,
  );
  expect(groups.map(({ key }) => key)).toEqual(['dot a', 'cross a']);
  expect(groups[0]!.path).toBe('M10 50h0M30 75h0');
});

test('the nearest mark is measured in pixels, and marks outside do not count', () => {
  const marks = [mark('near', 5, 0.5), mark('far', 9, 0.5), mark('outside', 5, 7)];
  expect(nearestMark(marks, projection, [55, 45])!.id).toBe('near');
  expect(nearestMark(marks.slice(2), projection, [50, 50])).toBeNull();
});

test('arrows go through the marks in order of x and stay at the ends', () => {
  const marks = [mark('c', 8, 0.1), mark('a', 1, 0.9), mark('b', 4, 0.5), mark('gap', 5, null)];
  const walk = (from: string | null, key: string) => steppedMark(marks, projection, from, key)?.id;
  expect(walk(null, 'ArrowRight')).toBe('a');
  expect(walk('a', 'ArrowRight')).toBe('b');
  expect(walk('b', 'ArrowRight')).toBe('c');
  expect(walk('c', 'ArrowRight')).toBe('c');
  expect(walk('b', 'Home')).toBe('a');
  expect(walk('b', 'x')).toBeUndefined();
});
