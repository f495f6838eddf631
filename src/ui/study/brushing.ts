// Brushes on the axes of the parallel coordinates: which trials lie inside all of them.
import type { Trial } from '../../core/tuning/trial.ts';
import { share, valueAt, type AxisScale } from '../charts/path.ts';
import type { Domain } from '../charts/series.ts';

/** Stretches by axis, in the axis' units. */
export type Brushes = Readonly<Record<string, Domain>>;

export interface BrushAxis {
  readonly name: string;
  readonly domain: Domain;
  readonly scale: AxisScale;
  readonly place: (trial: Trial) => number | null;
}

/** Numbers of the trials inside every brush, null without brushes. A missing value lies inside none. */
export function brushedTrials(
  trials: readonly Trial[],
  axes: readonly BrushAxis[],
  brushes: Brushes,
): ReadonlySet<number> | null {
  const brushed = axes.filter(({ name }) => brushes[name] !== undefined);
  if (brushed.length === 0) return null;
  const inside = trials.filter((trial) =>
    brushed.every(({ name, place }) => {
      const at = place(trial);
      const [low, high] = brushes[name]!;
      return at !== null && at >= low && at <= high;
    }),
  );
  return new Set(inside.map(({ number }) => number));
}

/** The stretch between two shares of an axis, null when it is (almost) nothing or the whole axis. */
export function brushBetween(axis: BrushAxis, from: number, to: number): Domain | null {
  const low = Math.max(0, Math.min(from, to));
  const high = Math.min(1, Math.max(from, to));
  if (high - low < 0.005 || (low <= 0 && high >= 1)) return null;
  const at = (fraction: number) => valueAt(fraction, axis.domain, axis.scale);
  return [at(low), at(high)];
}

/** The brush with one end moved by `step` of the axis' length. */
export function nudgedBrush(
  axis: BrushAxis,
  brush: Domain | undefined,
  end: 'low' | 'high',
  step: number,
): Domain | null {
  const [low, high] = (brush ?? axis.domain).map((value) => share(value, axis.domain, axis.scale));
  return end === 'low'
    ? brushBetween(axis, Math.min(low! + step, high! - 0.02), high!)
    : brushBetween(axis, low!, Math.max(high! + step, low! + 0.02));
}
