// The trial table's columns and order. Missing values are last whichever way a column is sorted.
import type { ParamValue } from '../../../core/tuning/distribution.ts';
import type { TrialView } from '../../../core/protocol/view.ts';
import { durationMs, trialStates } from '../trial-look.ts';

/** `param:<name>` is a parameter. */
export type ColumnKey = 'number' | 'state' | 'value' | 'duration' | 'rounds' | `param:${string}`;

export interface TrialOrder {
  readonly column: ColumnKey;
  readonly descending: boolean;
}

type SortValue = ParamValue | undefined;

/** What a column is sorted by; `nowMs` ends the duration of trials that run. */
function sortValue(trial: TrialView, column: ColumnKey, nowMs: number): SortValue {
  if (column.startsWith('param:')) return trial.params[column.slice('param:'.length)];
  switch (column) {
    case 'state':
      return trialStates.indexOf(trial.state);
    case 'duration':
      return durationMs(trial, nowMs);
    case 'rounds':
      return trial.intermediateValues.length;
    case 'value':
      return trial.value;
    default:
      return trial.number;
  }
}

/** In the wanted order; equal ones by number. Numbers before texts. */
export function sortedTrials(
  trials: readonly TrialView[],
  order: TrialOrder,
  nowMs: number,
): readonly TrialView[] {
  const sign = order.descending ? -1 : 1;
  const keyed = trials.map((trial) => ({ trial, key: sortValue(trial, order.column, nowMs) }));
  keyed.sort((a, b) => {
    const missing = Number(isMissing(a.key)) - Number(isMissing(b.key));
    if (missing !== 0) return missing;
    return sign * compare(a.key, b.key) || a.trial.number - b.trial.number;
  });
  return keyed.map(({ trial }) => trial);
}

function isMissing(key: SortValue): boolean {
  return key === undefined || key === null || Number.isNaN(key);
}

function compare(a: SortValue, b: SortValue): number {
  if (isMissing(a)) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a < b ? -1 : 1;
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}
