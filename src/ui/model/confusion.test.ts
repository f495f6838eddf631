import { describe, expect, it } from 'vitest';
import { accuracyPerDigit, axisStart, largestMistake, shadeOf } from './confusion.ts';

function matrix(cells: Readonly<Record<string, number>>): number[] {
  const counts = Array<number>(100).fill(0);
  for (const [cell, count] of Object.entries(cells)) counts[Number(cell)] = count;
  return counts;
}

describe('confusion', () => {
  it('divides each digit’s hits by its row, and leaves absent digits out', () => {
    const shares = accuracyPerDigit(matrix({ 0: 3, 7: 1, 70: 4, 11: 5 }));
    expect(shares).toEqual([0.75, 1, null, null, null, null, null, 0, null, null]);
  });

  it('finds the commonest mistake off the diagonal', () => {
    const counts = matrix({ 0: 900, 11: 800, 49: 12, 94: 11 });
    expect(largestMistake(counts)).toEqual({ label: 4, predicted: 9, count: 12 });
    expect(largestMistake(matrix({ 0: 5 }))).toBeNull();
  });

  it('shades hits and mistakes on scales of their own, in order of their counts', () => {
    const counts = matrix({ 0: 1000, 11: 500, 1: 2, 2: 20 });
    expect(shadeOf(counts, 0)).toBe(shadeOf(counts, 2)); // the largest of each kind
    expect(shadeOf(counts, 11)).toBeLessThan(shadeOf(counts, 0));
    expect(shadeOf(counts, 1)).toBeLessThan(shadeOf(counts, 2));
    expect(shadeOf(counts, 1)).toBeGreaterThan(0);
    expect(shadeOf(counts, 3)).toBe(0);
  });

  it('begins an axis below all that is known', () => {
    expect(axisStart([0.993, null, 0.96])).toBe(0.95);
    expect(axisStart([0.1])).toBe(0);
    expect(axisStart([0.5])).toBe(0.5);
    expect(axisStart([1])).toBe(0.99);
  });
});
