import { expect, test } from 'vitest';
import { groupBars, stack } from './stacked-bars.ts';

test('layers stand on each other; missing and hidden ones take no room', () => {
  const bars = [
    { x: 0, values: [10, null, 5] },
    { x: 1, values: [1, 2, 4] },
  ];
  expect(stack(bars, [true, true, true])).toEqual([
    [
      { x: 0, base: 0, top: 10 },
      { x: 1, base: 0, top: 1 },
    ],
    [{ x: 1, base: 1, top: 3 }],
    [
      { x: 0, base: 10, top: 15 },
      { x: 1, base: 3, top: 7 },
    ],
  ]);
  expect(stack(bars, [false, true, true])[2]).toEqual([
    { x: 0, base: 0, top: 5 },
    { x: 1, base: 2, top: 6 },
  ]);
});

test('too many bars become means of neighbours, over what is there', () => {
  const bars = [4, null, 8, 2, 6].map((value, x) => ({ x, values: [value] }));
  expect(groupBars(bars, 10)).toEqual({ bars, size: 1 });
  expect(groupBars(bars, 3)).toEqual({
    size: 2,
    bars: [
      { x: 0.5, values: [4] },
      { x: 2.5, values: [5] },
      { x: 4, values: [6] },
    ],
  });
});
