import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { nextRanges, quantisationBound, rescaleRanges, widestRanges } from './ranges.ts';

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

describe('quantisationBound', () => {
  it('bounds the error of a weighted mean of stochastically rounded deltas, and is not loose', () => {
    const levels = 255;
    const exponents = [-3, 0];
    const sizes = [100, 400, 250];
    const [largest, total] = [400, 750];
    const random = createRandom(5, 'ranges-test');
    const bound = quantisationBound({ levels }, exponents, sizes.length, largest, total);
    let worst = 0;
    for (let trial = 0; trial < 20000; trial++) {
      const step = 2 / (levels - 1); // the wider tensor's clip is 2^0
      const deltas = sizes.map(() => 2 * random.uniform() - 1);
      const exact = deltas.reduce((sum, delta, k) => sum + delta * sizes[k]!, 0) / total;
      const sent = deltas.map((delta, k) => {
        return Math.floor((delta * sizes[k]!) / largest / step + random.uniform()) * step;
      });
      const mean = (sent.reduce((sum, value) => sum + value, 0) * largest) / total;
      worst = Math.max(worst, Math.abs(mean - exact));
    }
    expect(worst).toBeLessThanOrEqual(bound);
    expect(worst).toBeGreaterThan(bound / 2);
  });

  it('is 0 where nothing was averaged', () => {
    expect(quantisationBound({ levels: 255 }, [], 0, 0, 0)).toBe(0);
  });
});
