// Merging against the plain twin: a set of positions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergedRanges, requireWithin, type ExampleRange } from './example-ranges.ts';

const position = fc.integer({ min: 0, max: 30 });
const range = fc
  .tuple(position, position)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const positionsOf = (ranges: readonly ExampleRange[]) =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));

describe('mergedRanges', () => {
  it('holds each example once, in order, in as few ranges as there are gaps', () => {
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const merged = mergedRanges(ranges);
        const positions = positionsOf(merged);
        expect(positions).toEqual([...new Set(positionsOf(ranges))].sort((a, b) => a - b));
        const numGaps = positions.filter((at, i) => i > 0 && at !== positions[i - 1]! + 1).length;
        expect(merged).toHaveLength(positions.length === 0 ? 0 : numGaps + 1);
      }),
    );
  });
});

describe('requireWithin', () => {
  it.each([
    [{ from: -1, to: 2 }],
    [{ from: 3, to: 2 }],
    [{ from: 0, to: 11 }],
    [{ from: NaN, to: 2 }],
  ])('refuses %j of 10 examples', (bad) => {
    expect(() => requireWithin([{ from: 0, to: 10 }, bad], 10)).toThrow(RangeError);
  });
});
