// Reads the recorded vectors for tests that run in Node, and turns recorded trials into the project's.
import { readFileSync } from 'node:fs';
import type { Distribution, ParamValue, SearchSpace } from '../../../core/tuning/distribution.ts';
import type { Trial, TrialState } from '../../../core/tuning/trial.ts';

/** A number, or the name of one that JSON lacks. */
export type RecordedNumber = number | 'NaN' | 'Infinity' | '-Infinity';
export type RecordedState = 'COMPLETE' | 'PRUNED' | 'RUNNING' | 'FAIL' | 'WAITING';

export interface RecordedTrial {
  readonly number: number;
  readonly state: RecordedState;
  readonly value: RecordedNumber | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly intermediate_values: Readonly<Record<string, RecordedNumber>>;
}

/** The text of a file beside this one. */
export function readVectorText(fileName: string): string {
  return readFileSync(new URL(fileName, import.meta.url), 'utf8');
}

/** The JSON of a file beside this one; the README tells its shape, which the caller states. */
export function readVector(fileName: string): unknown {
  return JSON.parse(readVectorText(fileName));
}

export const stateOf: Readonly<Record<RecordedState, TrialState>> = {
  COMPLETE: 'complete',
  PRUNED: 'pruned',
  RUNNING: 'running',
  FAIL: 'failed',
  WAITING: 'waiting',
};

/** The recorded trials as a study holds them. */
export function trialsOf(recorded: readonly RecordedTrial[], space: SearchSpace): Trial[] {
  return recorded.map((each) => ({
    number: each.number,
    state: stateOf[each.state],
    value: each.value === null ? null : Number(each.value),
    params: each.params,
    distributions: Object.fromEntries(
      Object.keys(each.params).map((name): [string, Distribution] => [name, space[name]!]),
    ),
    intermediateValues: Object.entries(each.intermediate_values)
      .map(([step, value]) => ({ step: Number(step), value: Number(value) }))
      .sort((a, b) => a.step - b.step),
    userAttrs: {},
    systemAttrs: {},
    startedAtMs: 0,
    completedAtMs: each.state === 'RUNNING' ? null : 1,
    relativeParams: null,
  }));
}
