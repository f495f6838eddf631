// From a number in [0, 1) to a value of a distribution: what random and quasi-random sampling share.
// Grid points get intervals of equal length (half a step beyond the bounds), as in Optuna.
import { roundHalfEven } from '../../math/rounding.ts';
import type { Distribution } from '../distribution.ts';

/** The internal value at the `u`-quantile of the uniform distribution over `distribution`. */
export function atQuantile(distribution: Distribution, u: number): number {
  if (distribution.kind === 'categorical') {
    return Math.min(Math.floor(u * distribution.choices.length), distribution.choices.length - 1);
  }
  const { low, high, step, log } = distribution;
  const margin = step === null ? 0 : step / 2;
  const from = log ? Math.log(low - margin) : low - margin;
  const to = log ? Math.log(high + margin) : high + margin;
  const position = from + u * (to - from);
  return ontoGrid(distribution, log ? Math.exp(position) : position);
}

/** The nearest value of the distribution's grid (or range, if it has no step). */
export function ontoGrid(
  { low, high, step }: { low: number; high: number; step: number | null },
  x: number,
): number {
  const onGrid = step === null ? x : low + roundHalfEven((x - low) / step) * step;
  return Math.min(Math.max(onGrid, low), high);
}
