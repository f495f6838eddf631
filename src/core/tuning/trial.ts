// One trial: a set of hyper-parameters, what it reported on the way and how it ended. Plain data that a
// structured clone or the JSON of non-finite-json.ts carries whole.
import type { Distribution, ParamValue } from './distribution.ts';

/** `complete`, `pruned` and `failed` are final. */
export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'failed';
export type StudyDirection = 'minimize' | 'maximize';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type Attributes = Readonly<Record<string, JsonValue>>;

export interface IntermediateValue {
  /** A whole number from 0; rounds count from 1. */
  readonly step: number;
  /** May be NaN or infinite. */
  readonly value: number;
}

export interface Trial {
  /** 0-based, in order of creation: its place in the study's list. */
  readonly number: number;
  readonly state: TrialState;
  /** Result; of a pruned trial the last report; null if there is none. May be infinite, never NaN. */
  readonly value: number | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** What each parameter could have been when it was suggested. */
  readonly distributions: Readonly<Record<string, Distribution>>;
  /** Ascending steps, each once. */
  readonly intermediateValues: readonly IntermediateValue[];
  readonly userAttrs: Attributes;
  /** Kept for the machinery under Optuna's names: fixed_params, completed_rung_0, grid_id … */
  readonly systemAttrs: Attributes;
  /** Epoch ms. */
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  /** The sampler's joint draw as internal values, made once a trial; null before. */
  readonly relativeParams: Readonly<Record<string, number>> | null;
}

export function isFinished(trial: Trial): boolean {
  return trial.state === 'complete' || trial.state === 'pruned' || trial.state === 'failed';
}

/** The report with the largest step, not the one that came last; null if there is none. */
export function lastReport(trial: Trial): IntermediateValue | null {
  return trial.intermediateValues.at(-1) ?? null;
}

/** The value reported at `step`, or undefined. */
export function reportAt(trial: Trial, step: number): number | undefined {
  return trial.intermediateValues.find((report) => report.step === step)?.value;
}

/** The parameters that an enqueued trial must take, or none. */
export function fixedParams(trial: Trial): Readonly<Record<string, ParamValue>> {
  return (trial.systemAttrs[FIXED_PARAMS] ?? {}) as Record<string, ParamValue>;
}

/** Optuna's name for the parameters of an enqueued trial. */
export const FIXED_PARAMS = 'fixed_params';
