// Asynchronous successive halving (ASHA): Li et al. 2018, "A system for massively parallel hyperparameter
// tuning" (arXiv 1810.05934). At each rung a trial goes on only if it is among the best 1/eta of those
// that have reached the rung so far; the first to arrive always goes on.
import { lastReport, type Trial } from '../trial.ts';
import { KEEP, type Pruner, type PrunerMemory } from './pruner.ts';

interface HalvingOptions {
  /** Steps of the first rung; 'auto': a hundredth of the longest complete trial, at least 1. */
  readonly minResource: number | 'auto';
  /** eta, a whole number from 2. */
  readonly reductionFactor: number;
  /** The first rung is eta^this times later. */
  readonly minEarlyStoppingRate: number;
  /** So many trials are stopped at a rung before any is promoted. */
  readonly bootstrapCount: number;
}

export function halvingPruner(options: HalvingOptions): Pruner {
  const { reductionFactor, minEarlyStoppingRate, bootstrapCount } = options;
  return {
    decide({ trials, trial, direction, memory }) {
      const last = lastReport(trial);
      if (last === null) return KEEP;
      const minResource =
        options.minResource === 'auto'
          ? (memory.minResource ?? estimateMinResource(trials))
          : options.minResource;
      if (minResource === null) return KEEP;
      const kept: PrunerMemory =
        options.minResource === 'auto' ? { ...memory, minResource } : memory;

      const attrs: Record<string, number> = {};
      for (let rung = numCompletedRungs(trial); ; rung++) {
        if (last.step < minResource * reductionFactor ** (minEarlyStoppingRate + rung)) {
          return { prune: false, attrs, memory: kept };
        }
        if (Number.isNaN(last.value)) return { prune: true, attrs, memory: kept };
        const competing = trials
          .filter((other) => other.number !== trial.number)
          .map((other) => other.systemAttrs[rungName(rung)])
          .filter((value) => typeof value === 'number');
        competing.push(last.value);
        attrs[rungName(rung)] = last.value;
        const promoted =
          competing.length > bootstrapCount &&
          isAmongBest(last.value, competing, reductionFactor, direction === 'minimize' ? 1 : -1);
        if (!promoted) return { prune: true, attrs, memory: kept };
      }
    },
  };
}

/** Among the best 1/eta (at least the best one); ties are. */
function isAmongBest(value: number, competing: number[], eta: number, sign: 1 | -1): boolean {
  const losses = competing.map((each) => sign * each).sort((a, b) => a - b);
  const lastPromoted = Math.max(Math.floor(losses.length / eta) - 1, 0);
  return sign * value <= losses[lastPromoted]!;
}

function numCompletedRungs(trial: Trial): number {
  let rung = 0;
  while (rungName(rung) in trial.systemAttrs) rung++;
  return rung;
}

function rungName(rung: number): string {
  return `completed_rung_${rung}`;
}

/** Null while no complete trial has reported. */
function estimateMinResource(trials: readonly Trial[]): number | null {
  const lastSteps = trials
    .filter(({ state }) => state === 'complete')
    .map((trial) => lastReport(trial)?.step)
    .filter((step) => step !== undefined);
  return lastSteps.length === 0 ? null : Math.max(Math.floor(Math.max(...lastSteps) / 100), 1);
}
