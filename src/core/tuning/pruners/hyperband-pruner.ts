// Hyperband: Li et al. 2018, JMLR 18 (arXiv 1603.06560). Trials are spread over brackets of successive
// halving that differ in how early they prune; a trial competes within its bracket, which is a hash of
// study and trial number, as in Optuna, so that it needs no coordination and survives a restart.
import { crc32 } from '../../math/crc32.ts';
import { lastReport, type Trial } from '../trial.ts';
import { halvingPruner } from './halving-pruner.ts';
import { KEEP, type Pruner } from './pruner.ts';

interface HyperbandOptions {
  readonly minResource: number;
  /** Steps of a whole trial; 'auto': one more than the last step of the longest complete trial. */
  readonly maxResource: number | 'auto';
  /** eta, a whole number from 2. */
  readonly reductionFactor: number;
  readonly bootstrapCount: number;
}

export function hyperbandPruner(options: HyperbandOptions): Pruner {
  const { minResource, reductionFactor, bootstrapCount } = options;
  return {
    decide(context) {
      const { trials, trial, studyName, memory } = context;
      const maxResource =
        options.maxResource === 'auto'
          ? (memory.maxResource ?? estimateMaxResource(trials))
          : options.maxResource;
      if (maxResource === null) return KEEP;
      const budgets = bracketBudgets(minResource, maxResource, reductionFactor);
      const bracket = bracketOf(studyName, trial.number, budgets);
      const peers = trials.filter(
        (other) => bracketOf(studyName, other.number, budgets) === bracket,
      );
      const halving = halvingPruner({
        minResource,
        reductionFactor,
        minEarlyStoppingRate: bracket,
        bootstrapCount,
      });
      const decision = halving.decide({ ...context, trials: peers });
      return options.maxResource === 'auto'
        ? { ...decision, memory: { ...memory, maxResource } }
        : decision;
    },
  };
}

/**
 * Share of the trials that each bracket gets, bracket 0 (prunes earliest) first. Their number is
 * floor(log_eta(max/min)) + 1 in exact integers; Optuna's floating-point logarithm can fall one short.
 */
export function bracketBudgets(
  minResource: number,
  maxResource: number,
  reductionFactor: number,
): number[] {
  let numBrackets = 1;
  while (minResource * reductionFactor ** numBrackets <= maxResource) numBrackets++;
  return Array.from({ length: numBrackets }, (_, bracket) => {
    const halvings = numBrackets - 1 - bracket;
    return Math.ceil((numBrackets * reductionFactor ** halvings) / (halvings + 1));
  });
}

/** The bracket of a trial, in [0, budgets.length). */
export function bracketOf(
  studyName: string,
  trialNumber: number,
  budgets: readonly number[],
): number {
  const total = budgets.reduce((sum, budget) => sum + budget, 0);
  let rest = crc32(`${studyName}_${trialNumber}`) % total;
  return budgets.findIndex((budget) => (rest -= budget) < 0);
}

/** Null while no complete trial has reported. */
function estimateMaxResource(trials: readonly Trial[]): number | null {
  const lastSteps = trials
    .filter(({ state }) => state === 'complete')
    .map((trial) => lastReport(trial)?.step)
    .filter((step) => step !== undefined);
  return lastSteps.length === 0 ? null : Math.max(...lastSteps) + 1;
}
