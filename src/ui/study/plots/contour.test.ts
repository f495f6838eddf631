import { expect, test } from 'vitest';
import { band, interpolate, type FieldPoint } from './contour.ts';

const points: FieldPoint[] = [
  { u: 0.25, v: 0.25, value: 1 },
  { u: 0.5, v: 0.75, value: 3 },
  { u: 0.75, v: 0.25, value: 2 },
];

test('the field lies between the trials’ values and comes close to each where it is', () => {
  const { size, values } = interpolate(points, 20);
  const present = [...values].filter(Number.isFinite);
  expect(Math.min(...present)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...present)).toBeLessThanOrEqual(3);
  for (const { u, v, value } of points) {
    const at = values[Math.round(v * size) * (size + 1) + Math.round(u * size)]!;
    expect(Math.abs(at - value)).toBeLessThan(0.02);
  }
});

test('far from every trial nothing is said', () => {
  const { values } = interpolate([{ u: 0, v: 0, value: 5 }], 10);
  expect(values[0]).toBeCloseTo(5, 12);
  expect(values.at(-1)).toBeNaN();
});

test('the bands cover what has values, once: their areas add up to the cells’', () => {
  const field = interpolate(points, 24);
  const levels = [-Infinity, 1.4, 1.8, 2.2, 2.6, Infinity];
  let covered = 0;
  for (let index = 0; index + 1 < levels.length; index++) {
    for (const polygon of band(field, levels[index]!, levels[index + 1]!)) covered += area(polygon);
  }
  const { size, values } = field;
  let cells = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const corners = [0, 1, size + 1, size + 2].map(
        (offset) => values[row * (size + 1) + column + offset]!,
      );
      if (corners.every(Number.isFinite)) cells += 1 / size ** 2;
    }
  }
  expect(cells).toBeGreaterThan(0.3);
  expect(covered).toBeCloseTo(cells, 9);
});

/** The shoelace formula. */
function area(polygon: readonly (readonly [number, number, number])[]): number {
  let twice = 0;
  polygon.forEach(([x, y], index) => {
    const [nextX, nextY] = polygon[(index + 1) % polygon.length]!;
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}
