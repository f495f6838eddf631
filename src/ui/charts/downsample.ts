// At most so many points a line, chosen so that the picture stays honest: every bucket keeps its
// smallest and its largest value, where they are, and a gap stays a gap. Rejected: largest triangle
// three buckets (Steinarsson 2013), which looks smoother and may drop an extreme.
import { isPresent, type Point } from './series.ts';

export const MAX_DRAWN_POINTS = 1000;

/** A bucket keeps its minimum, its maximum and one gap. */
const POINTS_PER_BUCKET = 3;

/**
 * Points of `points` in their order, at most `maxPoints` (>= 8). First and last point, overall
 * minimum and maximum are always among them; short input is returned as it is.
 */
export function downsample(
  points: readonly Point[],
  maxPoints: number = MAX_DRAWN_POINTS,
): readonly Point[] {
  if (points.length <= maxPoints) return points;
  const inner = points.length - 2;
  const numBuckets = Math.floor((maxPoints - 2) / POINTS_PER_BUCKET);
  const kept: Point[] = [points[0]!];
  for (let bucket = 0; bucket < numBuckets; bucket++) {
    const from = 1 + Math.floor((bucket * inner) / numBuckets);
    const to = 1 + Math.floor(((bucket + 1) * inner) / numBuckets);
    for (const index of notableIndices(points, from, to)) kept.push(points[index]!);
  }
  kept.push(points[points.length - 1]!);
  return kept;
}

/** Indices in [from, to) of the minimum, the maximum and the first gap, ascending. */
function notableIndices(points: readonly Point[], from: number, to: number): number[] {
  let lowest = -1;
  let highest = -1;
  let gap = -1;
  for (let index = from; index < to; index++) {
    const { y } = points[index]!;
    if (!isPresent(y)) {
      if (gap < 0) gap = index;
      continue;
    }
    if (lowest < 0 || y < points[lowest]!.y!) lowest = index;
    if (highest < 0 || y > points[highest]!.y!) highest = index;
  }
  const found = new Set([lowest, highest, gap].filter((index) => index >= 0));
  return [...found].sort((a, b) => a - b);
}
