// A study, or what changed in it, as lines of an Optuna journal. The order within a trial is create,
// parameters, reports, attributes, state: what follows the final state would be ignored. Arranged so
// that the dashboard's browser-only reader shows it too: reports as lines of their own, the start time
// repeated with the final state, metric names after any other study attribute, no null attributes.
import { formatTimestamp } from './civil-time.ts';
import { toInternal } from './distribution.ts';
import {
  CONFIG_ATTR,
  directionCode,
  distributionToText,
  METRIC_NAMES_ATTR,
  operation,
  PRUNER_MEMORY_ATTR,
  stateCode,
} from './journal.ts';
import { stringifyJson } from './non-finite-json.ts';
import type { Study } from './study.ts';
import { isFinished, type Attributes, type Trial } from './trial.ts';

export interface JournalStyle {
  /** Any text that names the writer. */
  readonly workerId: string;
  /** Minutes east of UTC: journals hold local times. */
  readonly utcOffsetMinutes: number;
}

/**
 * The lines, each ended by \n, that take a journal from `previous` to `next`; from null they are the whole
 * file of one study. `next` must come from `previous` by operations on the study.
 */
export function journalLines(previous: Study | null, next: Study, style: JournalStyle): string {
  const lines: string[] = [];
  const write = (op: number, fields: object): void => {
    lines.push(`${stringifyJson({ op_code: op, worker_id: style.workerId, ...fields })}\n`);
  };
  const time = (atMs: number | null): string | null =>
    atMs === null ? null : formatTimestamp(atMs, style.utcOffsetMinutes);

  writeStudy(previous, next, write);
  for (const trial of next.trials) {
    const before = previous?.trials[trial.number];
    if (before !== trial) writeTrial(before, trial, write, time);
  }
  return lines.join('');
}

type Write = (op: number, fields: object) => void;

function writeStudy(previous: Study | null, next: Study, write: Write): void {
  const { name, direction, metricName } = next.config;
  if (previous === null) {
    const directions = [directionCode[direction]];
    write(operation.createStudy, { study_name: name, directions });
  }
  for (const [key, value] of changes(previous?.userAttrs, next.userAttrs)) {
    write(operation.setStudyUserAttr, { study_id: 0, user_attr: { [key]: value } });
  }
  const own = (study: Study | null): Attributes =>
    study === null
      ? {}
      : {
          [CONFIG_ATTR]: stringifyJson(study.config),
          [PRUNER_MEMORY_ATTR]: stringifyJson(study.prunerMemory),
        };
  const changed = changes(own(previous), own(next));
  for (const [key, value] of changed) {
    write(operation.setStudySystemAttr, { study_id: 0, system_attr: { [key]: value } });
  }
  if (changed.length > 0) {
    const system_attr = { [METRIC_NAMES_ATTR]: [metricName] };
    write(operation.setStudySystemAttr, { study_id: 0, system_attr });
  }
}

function writeTrial(
  before: Trial | undefined,
  trial: Trial,
  write: Write,
  time: (atMs: number | null) => string | null,
): void {
  const trial_id = trial.number; // one study a file
  const datetime_start = time(trial.startedAtMs);
  if (before === undefined && trial.state === 'waiting') {
    write(operation.createTrial, waitingTrial(trial));
    return;
  }
  if (before === undefined) {
    write(operation.createTrial, { study_id: 0, datetime_start });
  } else if (before.state === 'waiting' && trial.state !== 'waiting') {
    const fields = { trial_id, state: stateCode.running, values: null, datetime_start };
    write(operation.setTrialStateValues, fields);
  }
  for (const [param_name, value] of Object.entries(trial.params)) {
    if (before !== undefined && Object.hasOwn(before.params, param_name)) continue;
    const distribution = trial.distributions[param_name]!;
    write(operation.setTrialParam, {
      trial_id,
      param_name,
      param_value_internal: toInternal(distribution, value),
      distribution: distributionToText(distribution),
    });
  }
  const reported = new Set(before?.intermediateValues.map(({ step }) => step));
  for (const { step, value } of trial.intermediateValues) {
    if (reported.has(step)) continue;
    const fields = { trial_id, step, intermediate_value: value };
    write(operation.setTrialIntermediateValue, fields);
  }
  for (const [key, value] of changes(before?.userAttrs, trial.userAttrs)) {
    write(operation.setTrialUserAttr, { trial_id, user_attr: { [key]: value } });
  }
  for (const [key, value] of changes(before?.systemAttrs, trial.systemAttrs)) {
    write(operation.setTrialSystemAttr, { trial_id, system_attr: { [key]: value } });
  }
  if (isFinished(trial)) {
    write(operation.setTrialStateValues, {
      trial_id,
      state: stateCode[trial.state],
      values: trial.value === null ? null : [trial.value],
      datetime_start,
      datetime_complete: time(trial.completedAtMs),
    });
  }
}

function waitingTrial(trial: Trial): object {
  const entries = Object.entries(trial.distributions);
  return {
    study_id: 0,
    datetime_start: null,
    state: stateCode.waiting,
    value: null,
    values: null,
    distributions: Object.fromEntries(
      entries.map(([name, distribution]) => [name, distributionToText(distribution)]),
    ),
    params: Object.fromEntries(
      entries.map(([name, distribution]) => [name, toInternal(distribution, trial.params[name]!)]),
    ),
    user_attrs: trial.userAttrs,
    system_attrs: trial.systemAttrs,
    intermediate_values: {},
  };
}

/** Attributes that are new or different; null ones crash a reader and are left out. */
function changes(before: Attributes | undefined, after: Attributes): [string, unknown][] {
  return Object.entries(after).filter(
    ([key, value]) => value !== null && stringifyJson(before?.[key]) !== stringifyJson(value),
  );
}
