// Prunes a trial whose best report so far is worse than the given percentile of what complete trials
// reported at the same step; the median rule is percentile 50 (Golovin et al. 2017, "Google Vizier",
// section 3.2.2, has its relative with running averages).
import { lastReport, reportAt } from '../trial.ts';
import { isDue, type Interval } from './interval.ts';
import { KEEP, PRUNE, type Pruner } from './pruner.ts';

interface PercentileOptions extends Interval {
  /** The best so many per cent are kept, in [0, 100]. */
  readonly percentile: number;
  /** Fewer complete trials than this: nothing is pruned. */
  readonly numStartupTrials: number;
  /** Fewer complete trials with a report at this step: nothing is pruned. */
  readonly numMinTrials: number;
}

export function percentilePruner(options: PercentileOptions): Pruner {
  return {
    decide({ trials, trial, direction }) {
      const complete = trials.filter(({ state }) => state === 'complete');
      if (complete.length === 0 || complete.length < options.numStartupTrials) return KEEP;
      const last = lastReport(trial);
      if (last === null || !isDue(trial, options)) return KEEP;

      const sign = direction === 'minimize' ? 1 : -1;
      const losses = trial.intermediateValues
        .filter(({ value }) => !Number.isNaN(value))
        .map(({ value }) => sign * value);
      if (losses.length === 0) return PRUNE;
      const best = Math.min(...losses);

      const others = complete
        .map((other) => reportAt(other, last.step))
        .filter((value) => value !== undefined);
      if (others.length < options.numMinTrials) return KEEP;
      const percentile = direction === 'minimize' ? options.percentile : 100 - options.percentile;
      const cutoff = sign * percentileOf(others, percentile);
      return best > cutoff ? PRUNE : KEEP; // false for NaN
    },
  };
}

/** Linear interpolation between order statistics, NaN ignored; NaN if nothing is left. */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const position = ((sorted.length - 1) * percentile) / 100;
  const lower = sorted[Math.floor(position)]!;
  const upper = sorted[Math.ceil(position)]!;
  const share = position - Math.floor(position);
  if (share === 0 || lower === upper) return lower; // also keeps ∞ − ∞ out
  const difference = upper - lower;
  // From the nearer end, as numpy: the result is exact at both ends.
  return share < 0.5 ? lower + difference * share : upper - difference * (1 - share);
}
