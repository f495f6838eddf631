// Parallel coordinates without drawing: where each trial crosses each axis, its path, and which trial
// lies under the pointer.
import type { Trial } from '../../../core/tuning/trial.ts';
import { share } from '../../charts/path.ts';
import type { BrushAxis } from '../brushing.ts';

export interface ParallelFrame {
  /** px of each axis. */
  readonly xs: readonly number[];
  readonly top: number;
  readonly height: number;
}

/** y in px on each axis, null where the trial has no value. */
export function crossings(
  trial: Trial,
  axes: readonly BrushAxis[],
  { top, height }: ParallelFrame,
): readonly (number | null)[] {
  return axes.map(({ place, domain, scale }) => {
    const at = place(trial);
    if (at === null) return null;
    const y = top + (1 - share(at, domain, scale)) * height;
    return Number.isFinite(y) ? Math.round(y * 10) / 10 : null;
  });
}

/** A line from axis to axis; broken where a value is missing, a short dash where it stands alone. */
export function crossingPath(ys: readonly (number | null)[], xs: readonly number[]): string {
  let path = '';
  ys.forEach((y, index) => {
    if (y === null) return;
    const hasBefore = index > 0 && ys[index - 1] !== null;
    const hasAfter = index + 1 < ys.length && ys[index + 1] !== null;
    if (hasBefore) path += `L${xs[index]} ${y}`;
    else if (hasAfter) path += `M${xs[index]} ${y}`;
    else path += `M${xs[index]! - 4} ${y}h8`;
  });
  return path;
}

/** The index of the line that passes nearest to the pointer, null when none is within `reach` px. */
export function nearestLine(
  lines: readonly (readonly (number | null)[])[],
  xs: readonly number[],
  [left, top]: readonly [number, number],
  reach: number,
): number | null {
  let after = xs.findIndex((x) => x >= left);
  if (after < 0) after = xs.length - 1;
  const before = Math.max(0, after - 1);
  const span = xs[after]! - xs[before]!;
  const fraction = span > 0 ? Math.min(1, Math.max(0, (left - xs[before]!) / span)) : 0;
  let best: number | null = null;
  let bestDistance = reach;
  lines.forEach((ys, index) => {
    const a = ys[before] ?? null;
    const b = ys[after] ?? null;
    if (a === null || b === null) return;
    const distance = Math.abs(a + fraction * (b - a) - top);
    if (distance < bestDistance) [best, bestDistance] = [index, distance];
  });
  return best;
}
