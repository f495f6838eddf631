import { describe, expect, it, test } from 'vitest';
import { clockTicks, workingTime } from './working-time.ts';

describe('time with the pauses cut short', () => {
  it('is the plain time without long pauses', () => {
    const { place, cuts } = workingTime([
      [1100, 1200],
      [1000, 1098],
    ]);
    expect([1000, 1050, 1150, 1200].map(place)).toEqual([0, 50, 150, 200]);
    expect(cuts).toEqual([]);
  });

  it('keeps a twentieth of the working time of each long pause', () => {
    // 100 + 300 ms of work, 20 ms of the pause of 10,000 ms are kept.
    const { place, cuts } = workingTime([
      [0, 100],
      [10_100, 10_400],
    ]);
    expect([0, 100, 110, 120, 5000, 10_100, 10_400].map(place)).toEqual([
      0, 100, 110, 120, 120, 120, 420,
    ]);
    expect(cuts).toEqual([{ at: 110, leftOutMs: 9980 }]);
  });

  it('sees no pause while another trial runs', () => {
    const { cuts } = workingTime([
      [0, 1000],
      [10, 20],
      [900, 1100],
    ]);
    expect(cuts).toEqual([]);
  });

  it('has an axis without trials', () => {
    expect(workingTime([]).place(5)).toBe(5);
  });
});

test.each([
  [5400, 6, [0, 1000, 2000, 3000, 4000, 5000]],
  [90 * 60_000, 8, [0, 15, 30, 45, 60, 75, 90].map((minutes) => minutes * 60_000)],
  [100, 5, [0, 20, 40, 60, 80, 100]],
])('ticks of a clock up to %i ms, at most %i steps', (endMs, count, ticks) => {
  expect(clockTicks(endMs, count)).toEqual(ticks);
});
