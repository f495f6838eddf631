// When a pruner that compares step by step may speak: after the warm-up, and at the first report at or
// after each boundary of the interval.
import type { Trial } from '../trial.ts';

export interface Interval {
  /** The first possible decision is at this step. */
  readonly numWarmupSteps: number;
  readonly intervalSteps: number;
}

/** The trial's last report is due for a decision. */
export function isDue(trial: Trial, { numWarmupSteps, intervalSteps }: Interval): boolean {
  const step = trial.intermediateValues.at(-1)?.step;
  if (step === undefined || step < numWarmupSteps) return false;
  const boundary =
    Math.floor((step - numWarmupSteps) / intervalSteps) * intervalSteps + numWarmupSteps;
  const previousStep = trial.intermediateValues.at(-2)?.step ?? -1;
  return previousStep < boundary;
}
