// What a confusion matrix says, as plain functions. Matrices are [10 × 10] counts, row = true digit.
import { NUM_CLASSES } from '../../core/model/model-spec.ts';

/** The strongest shade: text on it keeps a contrast of 4.5:1 in both themes. */
const DARKEST = 0.5;
const FAINTEST = 0.06;

/**
 * Opacity of cell `at`, by the logarithm of its count: hits against the largest hit, mistakes
 * against the largest mistake. 0 for an empty cell.
 */
export function shadeOf(confusion: readonly number[], at: number): number {
  const count = confusion[at]!;
  if (count === 0) return 0;
  const isHit = isOnDiagonal(at);
  const largest = confusion.reduce(
    (most, other, place) => (isOnDiagonal(place) === isHit ? Math.max(most, other) : most),
    0,
  );
  return FAINTEST + ((DARKEST - FAINTEST) * Math.log1p(count)) / Math.log1p(largest);
}

/** Share of each true digit that was recognised; null where there was none. */
export function accuracyPerDigit(confusion: readonly number[]): (number | null)[] {
  return Array.from({ length: NUM_CLASSES }, (_, digit) => {
    const row = confusion.slice(digit * NUM_CLASSES, (digit + 1) * NUM_CLASSES);
    const sum = row.reduce((a, b) => a + b, 0);
    return sum === 0 ? null : row[digit]! / sum;
  });
}

/** The commonest mistake, or null when there is none. */
export function largestMistake(
  confusion: readonly number[],
): { readonly label: number; readonly predicted: number; readonly count: number } | null {
  let best = -1;
  confusion.forEach((count, at) => {
    if (!isOnDiagonal(at) && count > 0 && (best < 0 || count > confusion[best]!)) best = at;
  });
  if (best < 0) return null;
  return {
    label: Math.floor(best / NUM_CLASSES),
    predicted: best % NUM_CLASSES,
    count: confusion[best]!,
  };
}

/** Where an axis for these shares begins: a round number at or below the smallest, at most 0.99. */
export function axisStart(shares: readonly (number | null)[]): number {
  const known = shares.filter((share) => share !== null);
  const low = known.reduce((a, b) => Math.min(a, b), 1);
  for (const start of [0.99, 0.98, 0.95, 0.9, 0.8, 0.5]) if (low >= start) return start;
  return 0;
}

function isOnDiagonal(at: number): boolean {
  return Math.floor(at / NUM_CLASSES) === at % NUM_CLASSES;
}
