// How much each hyper-parameter matters: shared shape and normalisation of the evaluators.
import type { StudyDirection, Trial } from '../trial.ts';

export interface Importance {
  readonly name: string;
  /** At least 0; normalised ones sum to 1. */
  readonly value: number;
}

/** Sorted by descending value. `normalized` divides by the sum (all equal if that is 0). */
export function rankImportances(
  values: ReadonlyMap<string, number>,
  normalized: boolean,
): readonly Importance[] {
  const total = [...values.values()].reduce((sum, value) => sum + value, 0);
  const scale = (value: number): number => {
    if (!normalized) return value;
    return total === 0 ? 1 / values.size : value / total;
  };
  return [...values]
    .map(([name, value]) => ({ name, value: scale(value) }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
}

/** Complete trials with a finite value, and their losses (smaller is better). */
export function finiteLosses(
  trials: readonly Trial[],
  direction: StudyDirection,
): readonly { readonly trial: Trial; readonly loss: number }[] {
  const sign = direction === 'minimize' ? 1 : -1;
  return trials
    .filter(({ state, value }) => state === 'complete' && Number.isFinite(value))
    .map((trial) => ({ trial, loss: sign * trial.value! }));
}
