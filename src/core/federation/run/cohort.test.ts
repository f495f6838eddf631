import { describe, expect, it } from 'vitest';
import { cohortSize, sampleCohort } from './cohort.ts';

describe('cohortSize', () => {
  it.each([
    // fraction, ready, minimum, size by hand
    [1, 5, 2, 5],
    [0.5, 5, 2, 3],
    [0.1, 30, 1, 3], // 0.1 · 30 is not 3 in binary
    [0.07, 100, 1, 7],
    [0, 10, 2, 2],
    [0.5, 3, 10, 3],
    [0.3, 0, 1, 0],
  ])('C = %f of %i ready, at least %i: %i', (fraction, numReady, minimum, size) => {
    expect(cohortSize(fraction, numReady, minimum)).toBe(size);
  });
});

describe('sampleCohort', () => {
  it('draws distinct ready seats, ascending, the same for the same round', () => {
    const ready = [1, 2, 4, 7, 8];
    const cohort = sampleCohort(3, 5, 10, ready, 3);
    expect(new Set(cohort).size).toBe(3);
    expect(cohort).toEqual([...cohort].sort((a, b) => a - b));
    for (const seat of cohort) expect(ready).toContain(seat);
    expect(sampleCohort(3, 5, 10, ready, 3)).toEqual(cohort);
  });

  it('asks every seat equally often over many rounds', () => {
    const times = Array<number>(10).fill(0);
    const numRounds = 4000;
    for (let round = 1; round <= numRounds; round++) {
      for (const seat of sampleCohort(1, round, 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3))
        times[seat]!++;
    }
    // Binomial(4000, 0.3): standard deviation 29; five of them either way.
    for (const count of times) expect(Math.abs(count - 0.3 * numRounds)).toBeLessThan(145);
  });

  it('keeps the others when a client that was not drawn leaves', () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7];
    const cohort = sampleCohort(9, 2, 8, all, 4);
    const notDrawn = all.find((seat) => !cohort.includes(seat))!;
    expect(
      sampleCohort(
        9,
        2,
        8,
        all.filter((seat) => seat !== notDrawn),
        4,
      ),
    ).toEqual(cohort);
  });
});
