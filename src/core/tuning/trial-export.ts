// Trials for other programs: CSV (RFC 4180, columns named as pandas users of Optuna know them) and JSON.
// Times are ISO 8601 in UTC.
import { formatTimestamp } from './civil-time.ts';
import type { ParamValue } from './distribution.ts';
import type { JsonValue, Trial, TrialState } from './trial.ts';

/** A trial in JSON; numbers that JSON lacks are the strings "NaN", "Infinity" and "-Infinity". */
export interface ExportedTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly value: number | string | null;
  readonly intermediateValues: readonly {
    readonly step: number;
    readonly value: number | string;
  }[];
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly failReason: string | null;
}

export function exportTrial(trial: Trial): ExportedTrial {
  const { number, state, params, value, intermediateValues } = trial;
  return {
    number,
    state,
    params,
    value: value === null ? null : finiteOrName(value),
    intermediateValues: intermediateValues.map((each) => ({
      step: each.step,
      value: finiteOrName(each.value),
    })),
    startedAt: utc(trial.startedAtMs),
    completedAt: utc(trial.completedAtMs),
    failReason: failReasonOf(trial),
  };
}

/** Why a trial failed, or null. */
export function failReasonOf(trial: Trial): string | null {
  const reason = trial.userAttrs['failReason'];
  return typeof reason === 'string' ? reason : null;
}

/** One row a trial, one column a parameter and user attribute that any trial has; rows end with \r\n. */
export function trialsToCsv(trials: readonly Trial[]): string {
  const params = namesIn(trials.map((trial) => trial.params));
  const attrs = namesIn(trials.map((trial) => trial.userAttrs));
  const header = [
    'number',
    'state',
    'value',
    'datetime_start',
    'datetime_complete',
    'duration_seconds',
    ...params.map((name) => `params_${name}`),
    ...attrs.map((name) => `user_attrs_${name}`),
  ];
  const rows = trials.map((trial) => [
    trial.number,
    trial.state,
    trial.value,
    utc(trial.startedAtMs),
    utc(trial.completedAtMs),
    durationSeconds(trial),
    ...params.map((name) => trial.params[name]),
    ...attrs.map((name) => trial.userAttrs[name]),
  ]);
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function namesIn(records: readonly object[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}

function durationSeconds({ startedAtMs, completedAtMs }: Trial): number | null {
  return startedAtMs === null || completedAtMs === null
    ? null
    : (completedAtMs - startedAtMs) / 1000;
}

function utc(atMs: number | null): string | null {
  return atMs === null ? null : `${formatTimestamp(atMs, 0)}Z`;
}

function finiteOrName(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
