// Divides a study's trials into the good few ("below") and the rest ("above"), as Optuna: complete trials
// by value, then pruned ones by how far they got; trials in flight are always among the rest.
import { lastReport, type StudyDirection, type Trial } from '../../trial.ts';

const GOOD_SHARE = 0.1; // Bergstra et al. 2011 used 0.15, hyperopt 0.25·√n; Optuna's gamma
const MAX_GOOD = 25; // Optuna's and hyperopt's linear_forgetting

/** How many of `numFinished` complete and pruned trials count as good. */
export function numGood(numFinished: number): number {
  return Math.min(Math.ceil(GOOD_SHARE * numFinished), MAX_GOOD);
}

interface TrialSplit {
  /** Ascending trial numbers, both: the order is the age that kernel weights go by. */
  readonly below: readonly Trial[];
  readonly above: readonly Trial[];
}

/**
 * Splits complete, pruned and running trials (others are ignored; ascending numbers) with `numBelow` places below. Pruned
 * trials get a place only if there are fewer complete ones than places. Equal values: the earlier trial.
 */
export function splitTrials(
  trials: readonly Trial[],
  direction: StudyDirection,
  numBelow: number,
): TrialSplit {
  const loss = (value: number): number => (direction === 'minimize' ? value : -value);
  const complete = trials.filter((trial) => trial.state === 'complete');
  const good = new Set(smallest(complete, (trial) => loss(trial.value!), numBelow));
  if (good.size < numBelow) {
    const pruned = trials
      .filter((trial) => trial.state === 'pruned')
      .map((trial) => ({ trial, key: prunedKey(trial, loss) }))
      .sort((a, b) => compare(a.key[0], b.key[0]) || compare(a.key[1], b.key[1]));
    for (const { trial } of pruned.slice(0, numBelow - good.size)) good.add(trial);
  }
  const isUsed = ({ state }: Trial): boolean =>
    state === 'complete' || state === 'pruned' || state === 'running';
  return {
    below: trials.filter((trial) => good.has(trial)),
    above: trials.filter((trial) => isUsed(trial) && !good.has(trial)),
  };
}

/** The `count` trials of the smallest losses, the earlier of equals, in the order given. */
function smallest(
  trials: readonly Trial[],
  lossOf: (trial: Trial) => number,
  count: number,
): readonly Trial[] {
  if (trials.length <= count) return trials;
  const cutoff = Float64Array.from(trials, lossOf).sort()[count - 1]!;
  const below = trials.filter((trial) => lossOf(trial) < cutoff);
  const ties = trials.filter((trial) => lossOf(trial) === cutoff);
  const taken = new Set([...below, ...ties.slice(0, count - below.length)]);
  return trials.filter((trial) => taken.has(trial));
}

/** (−last step, its value as a loss); trials without a report come last. */
function prunedKey(trial: Trial, loss: (value: number) => number): readonly [number, number] {
  const last = lastReport(trial);
  if (last === null) return [1, 0];
  return [-last.step, Number.isNaN(last.value) ? Infinity : loss(last.value)];
}

/** Unlike a difference, right for equal infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
