// Halton points with independent random permutations of every digit: A. Owen 2017, "A randomized Halton
// algorithm in R" (arXiv 1706.02808). Sobol' points lose because their direction numbers are a table of
// constants to carry, for the same use in few dimensions.
import { createRandom } from '../../math/random.ts';

const RESOLUTION = 2 ** -53; // digits below this change no double in [0, 1)

/** Point `index` of the sequence of `seed`: `numDimensions` coordinates in [0, 1). */
export function scrambledHalton(seed: number, index: number, numDimensions: number): number[] {
  return primes(numDimensions).map((base, dimension) => {
    let rest = index;
    let coordinate = 0;
    for (let scale = 1 / base, digit = 0; scale > RESOLUTION; scale /= base, digit++) {
      const permutation = createRandom(seed, 'halton', dimension, digit).permutation(base);
      coordinate += permutation[rest % base]! * scale;
      rest = Math.floor(rest / base);
    }
    return Math.min(coordinate, 1 - RESOLUTION);
  });
}

/** The first `n` primes. */
function primes(n: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < n; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
