import { describe, expect, it } from 'vitest';
import { nextRanges, rescaleRanges, widestRanges } from './update-ranges.ts';

describe('ranges', () => {
  it('takes the widest of the cohort, tensor by tensor', () => {
    expect(widestRanges([[-3, 1, -60], [-5, 2, -7]])).toEqual([-3, 2, -7]); // prettier-ignore
    expect(widestRanges([])).toEqual([]);
  });

  it('gives a bit of headroom only to a tensor that was clipped', () => {
    expect(nextRanges([-4, -4, -4], [[-4, -3, -6], [-5, -9, -7]])).toEqual([-4, -2, -6]); // prettier-ignore
  });

  it('stays within the exponents of the protocol', () => {
    expect(nextRanges([59], [[60]])).toEqual([60]);
  });

  it('widens the ranges when the largest client is not asked', () => {
    expect(rescaleRanges([-4, 0], 1000, 1000)).toEqual([-4, 0]);
    expect(rescaleRanges([-4, 0], 1000, 300)).toEqual([-2, 2]); // 1000 / 300 is between 2 and 4
    expect(rescaleRanges([-4, 0], 300, 1000)).toEqual([-4, 0]);
  });
});
