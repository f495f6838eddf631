// Which trials every plot shows: one filter for all of them, by state and by rank of value.
import type { StudyDirection, Trial, TrialState } from '../../core/tuning/trial.ts';
import { isPresent } from '../charts/series.ts';

export interface TrialFilter {
  readonly hiddenStates: ReadonlySet<TrialState>;
  /** Only this share of the finished trials, the best ones, in (0, 1]; trials without a value count as worst. */
  readonly topShare: number;
}

export const showAll: TrialFilter = { hiddenStates: new Set(), topShare: 1 };

/**
 * The trials that pass, in their order. With a `topShare` below 1 only trials with a finite value
 * among the best ceil(topShare · n) of those shown remain, and the running ones, which have no rank yet.
 */
export function visibleTrials<Shown extends Trial>(
  trials: readonly Shown[],
  filter: TrialFilter,
  direction: StudyDirection,
): readonly Shown[] {
  const { hiddenStates, topShare } = filter;
  const shown =
    hiddenStates.size === 0 ? trials : trials.filter(({ state }) => !hiddenStates.has(state));
  if (topShare >= 1) return shown;
  const ranked = rankByValue(shown, direction);
  const best = new Set<Trial>(ranked.slice(0, Math.ceil(topShare * ranked.length)));
  return shown.filter((trial) => best.has(trial) || trial.state === 'running');
}

/** Trials with a finite value, best first; the earlier of equals first. */
export function rankByValue<Ranked extends Trial>(
  trials: readonly Ranked[],
  direction: StudyDirection,
): readonly Ranked[] {
  const sign = direction === 'minimize' ? 1 : -1;
  return trials
    .filter(({ value }) => isPresent(value))
    .sort((a, b) => sign * (a.value! - b.value!) || a.number - b.number);
}

export function countStates(trials: readonly Trial[]): Readonly<Record<TrialState, number>> {
  const counts = { complete: 0, pruned: 0, failed: 0, running: 0, waiting: 0 };
  for (const { state } of trials) counts[state]++;
  return counts;
}
