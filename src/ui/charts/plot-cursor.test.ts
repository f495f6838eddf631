import { expect, test } from 'vitest';
import { cursorHandlers } from './plot-cursor.ts';
import type { Projection } from './path.ts';
import type { Domain } from './series.ts';

const wanted: Projection = {
  area: { left: 0, top: 0, width: 100, height: 100 },
  x: [0, 8],
  y: [0, 1],
  xScale: 'linear',
  yScale: 'linear',
};

/** A plot of the places 0 to 8 that writes down what is done to it. */
function plot(place: number | null, zoom: Domain | null = null, zoomsByKey = true) {
  const done: unknown[] = [];
  const handlers = cursorHandlers<number>({
    axes: {
      zoom,
      changeZoom: (range) => done.push(['zoom', range]),
      hold: (axes) => done.push(['hold', axes === wanted]),
      release: () => done.push(['release']),
    },
    wanted,
    place,
    moveTo: (next) => done.push(['move', next]),
    placeAt: ([left]) => Math.round((8 * left) / 100),
    placeAfter: (key) => (key === 'ArrowRight' ? (place ?? 0) + 1 : null),
    ...(zoomsByKey && { keyZoom: { shown: zoom ?? [0, 8], around: place, whole: [0, 8] } }),
  });
  return { ...handlers, done };
}

test('the axes are held while the pointer is in the plot and released when it leaves', () => {
  const { onCursor, done } = plot(null);
  onCursor([50, 10]);
  onCursor(null);
  expect(done).toEqual([['hold', true], ['move', 4], ['release'], ['move', null]]);
});

test('an arrow key moves the cursor and holds the axes; a foreign key is left to the page', () => {
  const { onKey, done } = plot(4);
  expect(onKey('ArrowRight')).toBe(true);
  expect(done).toEqual([
    ['hold', true],
    ['move', 5],
  ]);
  expect(onKey('Tab')).toBe(false);
  expect(done).toHaveLength(2);
});

test('Escape lets go of the cursor, then of the zoom, then of nothing', () => {
  const both = plot(4, [2, 6]);
  expect(both.onKey('Escape')).toBe(true);
  expect(both.done).toEqual([['release'], ['move', null]]);
  const zoomed = plot(null, [2, 6]);
  expect(zoomed.onKey('Escape')).toBe(true);
  expect(zoomed.done).toEqual([['zoom', null]]);
  const neither = plot(null);
  expect(neither.onKey('Escape')).toBe(false);
  expect(neither.done).toEqual([]);
});

test('plus halves the range around the cursor, minus doubles it back to the whole', () => {
  const near = plot(4);
  expect(near.onKey('+')).toBe(true);
  expect(near.done).toEqual([['zoom', [2, 6]]]);
  const far = plot(4, [2, 6]);
  expect(far.onKey('-')).toBe(true);
  expect(far.done).toEqual([['zoom', null]]);
  expect(plot(4, null, false).onKey('+')).toBe(false);
});
