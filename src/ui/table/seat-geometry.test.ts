import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, layoutTable, MOST_MARKS, type TableLayout } from './seat-geometry.ts';

/** Least room that the marks of each detail need on screen, px: their ring with its stroke. */
const ringBox = ({ ringRadius }: TableLayout) => 2 * ringRadius + 4;

const pictures = fc.record({
  seats: fc.integer({ min: 1, max: 100 }),
  width: fc.integer({ min: 320, max: 1600 }),
  height: fc.integer({ min: 400, max: 720 }),
});

describe('the round table', () => {
  it('gives every seat exactly one mark, in order', () => {
    fc.assert(
      fc.property(pictures, ({ seats, width, height }) => {
        const { marks } = layoutTable(seats, width, height);
        expect(marks.length).toBeLessThanOrEqual(MOST_MARKS);
        const covered = marks.flatMap(({ seat, size }) =>
          Array.from({ length: size }, (_, index) => seat + index),
        );
        expect(covered).toEqual(Array.from({ length: seats }, (_, index) => index));
      }),
    );
  });

  it('keeps every ring inside the picture and off its neighbours', () => {
    fc.assert(
      fc.property(pictures, ({ seats, width, height }) => {
        const layout = layoutTable(seats, width, height);
        const room = ringBox(layout);
        for (const mark of layout.marks) {
          expect(mark.x - room / 2).toBeGreaterThanOrEqual(0);
          expect(mark.x + room / 2).toBeLessThanOrEqual(width);
          expect(mark.y - room / 2).toBeGreaterThanOrEqual(0);
          expect(mark.y + room / 2).toBeLessThanOrEqual(height);
          for (const other of layout.marks) {
            if (other === mark) continue;
            expect(Math.hypot(mark.x - other.x, mark.y - other.y)).toBeGreaterThan(room);
          }
        }
      }),
    );
  });

  it('puts updates down between their seat and the server', () => {
    fc.assert(
      fc.property(pictures, ({ seats, width, height }) => {
        const { marks, centre, hubRadius } = layoutTable(seats, width, height);
        for (const { x, y, edge, rim } of marks) {
          const distance = (point: { x: number; y: number }) =>
            Math.hypot(point.x - centre.x, point.y - centre.y);
          expect(distance(rim)).toBeCloseTo(hubRadius, 6);
          expect(distance(edge)).toBeGreaterThan(hubRadius);
          expect(distance(edge)).toBeLessThan(distance({ x, y }));
        }
      }),
    );
  });

  it('is a regular polygon where the picture is square', () => {
    // Eight seats on a circle: neighbours are 2 r sin(π/8) apart.
    const { marks, centre } = layoutTable(8, 700, 700);
    const [first, second] = [marks[0]!, marks[1]!];
    const radius = centre.y - first.y;
    expect(first.x).toBeCloseTo(centre.x, 6);
    expect(Math.hypot(first.x - second.x, first.y - second.y) / radius).toBeCloseTo(
      2 * Math.sin(Math.PI / 8),
      1,
    );
  });

  it('leaves the server in the middle for one seat', () => {
    expect(layoutTable(1, 900, 600).centre).toEqual({ x: 450, y: 300 });
  });

  it('shows as much as there is room for', () => {
    expect(layoutTable(5, 908, 578).detail).toBe('full');
    expect(layoutTable(10, 908, 578).detail).toBe('full');
    expect(layoutTable(30, 908, 578).detail).toBe('compact');
    expect(layoutTable(30, 326, 460).detail).toBe('dot');
  });

  it('groups neighbours beyond thirty seats', () => {
    expect(layoutTable(31, 900, 600).marks.map(({ size }) => size)).toEqual([
      ...Array<number>(15).fill(2),
      1,
    ]);
  });
});

it('finds points on a path', () => {
  expect(between({ x: 10, y: 20 }, { x: 30, y: 0 }, 0.25)).toEqual({ x: 15, y: 15 });
});
