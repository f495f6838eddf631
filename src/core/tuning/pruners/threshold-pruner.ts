// Prunes a trial whose last report is NaN or outside fixed bounds: a loss that explodes, an accuracy that
// never leaves chance.
import { lastReport } from '../trial.ts';
import { isDue, type Interval } from './interval.ts';
import { KEEP, PRUNE, type Pruner } from './pruner.ts';

interface ThresholdOptions extends Interval {
  /** null: no bound. */
  readonly lower: number | null;
  readonly upper: number | null;
}

export function thresholdPruner(options: ThresholdOptions): Pruner {
  const { lower, upper } = options;
  return {
    decide({ trial }) {
      const last = lastReport(trial);
      if (last === null || !isDue(trial, options)) return KEEP;
      const tooLow = lower !== null && last.value < lower;
      const tooHigh = upper !== null && last.value > upper;
      return Number.isNaN(last.value) || tooLow || tooHigh ? PRUNE : KEEP;
    },
  };
}
