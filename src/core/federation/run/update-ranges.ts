// Ranges of the quantised updates, one binary exponent a tensor: values are clipped to ±2^e and
// rounded to L levels. The exponents of a round are fixed when it opens, equal for the whole cohort.

const LOWEST_EXPONENT = -60; // as the protocol's schema
const HIGHEST_EXPONENT = 60;

/** Elementwise maximum of lists of equal length; [] of no lists. */
export function widestRanges(ranges: readonly (readonly number[])[]): number[] {
  const first = ranges[0];
  if (first === undefined) return [];
  return first.map((_, tensor) => Math.max(...ranges.map((exponents) => exponents[tensor]!)));
}

/**
 * Exponents of the next round: the widest of this round's updates as they were before clipping. A
 * tensor that was clipped gets one bit of headroom, because what was cut off comes back as error
 * feedback on top of the next update.
 */
export function nextRanges(
  announced: readonly number[],
  reported: readonly (readonly number[])[],
): number[] {
  return widestRanges(reported).map((exponent, tensor) => {
    const wasClipped = exponent > announced[tensor]!;
    const next = wasClipped ? exponent + 1 : exponent;
    return Math.min(HIGHEST_EXPONENT, Math.max(LOWEST_EXPONENT, next));
  });
}

/**
 * The same ranges for a cohort with another largest number of examples. Deltas are scaled by own /
 * largest, so a smaller largest makes them larger, by at most from / to.
 */
export function rescaleRanges(exponents: readonly number[], from: number, to: number): number[] {
  const bits = Math.max(0, Math.ceil(Math.log2(from / to)));
  return exponents.map((exponent) => Math.min(HIGHEST_EXPONENT, exponent + bits));
}
