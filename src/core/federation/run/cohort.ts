// Which clients a round asks: a fraction C of those that are ready, at least the minimum, sampled
// without replacement (McMahan et al. 2017, arXiv 1602.05629, Algorithm 1: m = max(C·K, 1)).
// Sampling permutes the seats, not the ready clients, so that a client that comes or goes does not
// reshuffle the others.
import { createRandom } from '../../math/random.ts';

/** max(⌈C · numReady⌉, minimum), at most `numReady`. `fraction` is C in [0, 1]. */
export function cohortSize(fraction: number, numReady: number, minimumClients: number): number {
  const asked = Math.ceil(fraction * numReady - 1e-9); // 0.1 · 30 is a little more than 3 in binary
  return Math.min(numReady, Math.max(asked, minimumClients));
}

/** `size` of the ready seats, ascending: the first of them in the round's permutation of all seats. */
export function sampleCohort(
  seed: number,
  round: number,
  numSeats: number,
  readySeats: readonly number[],
  size: number,
): number[] {
  const ready = new Set(readySeats);
  return [...createRandom(seed, 'cohort', round).permutation(numSeats)]
    .filter((seat) => ready.has(seat))
    .slice(0, size)
    .sort((a, b) => a - b);
}
