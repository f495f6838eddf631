// Reads an Optuna journal by replaying its lines, with Optuna's tolerance: a broken last line (a crash
// while writing) is ignored, a broken line before it is not; what comes after a trial's end is ignored.
import * as v from 'valibot';
import { parseTimestamp } from './civil-time.ts';
import { areCompatible, toExternal, type Distribution, type ParamValue } from './distribution.ts';
import {
  CONFIG_ATTR,
  directionCode,
  distributionFromText,
  METRIC_NAMES_ATTR,
  operation,
  PRUNER_MEMORY_ATTR,
  stateCode,
} from './journal.ts';
import { parseJson } from './non-finite-json.ts';
import type { PrunerMemory } from './pruners/pruner.ts';
import type { Study } from './study.ts';
import { studyConfigSchema, type StudyConfigInput } from './study-config.ts';
import {
  isFinished,
  type IntermediateValue,
  type JsonValue,
  type StudyDirection,
  type Trial,
  type TrialState,
} from './trial.ts';

/** Everything a journal says about a trial; `value` is the first of `values`. */
export interface JournalTrial extends Trial {
  /** Place of its creation in the file, over all studies. */
  readonly trialId: number;
  readonly values: readonly number[] | null;
}

export interface JournalStudy {
  readonly studyId: number;
  readonly name: string;
  /** One an objective; null: not set. */
  readonly directions: readonly (StudyDirection | null)[];
  readonly userAttrs: Readonly<Record<string, JsonValue>>;
  readonly systemAttrs: Readonly<Record<string, JsonValue>>;
  readonly trials: readonly JournalTrial[];
}

export type JournalReading =
  | { readonly ok: true; readonly studies: readonly JournalStudy[] }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** Reads a whole file. `utcOffsetMinutes` (east of UTC) is for timestamps without a zone. */
export function readJournal(text: string, utcOffsetMinutes: number): JournalReading {
  const lines = text.split('\n');
  lines.pop(); // '' after the last \n, or an unterminated line
  const replay = createReplay(utcOffsetMinutes);
  for (const [index, line] of lines.entries()) {
    let record: JsonValue;
    try {
      record = parseJson(line);
    } catch {
      if (index === lines.length - 1) break;
      return { ok: false, line: index + 1, problem: 'not JSON' };
    }
    try {
      replay.apply(fieldsOf(record));
    } catch (error) {
      if (!(error instanceof JournalProblem)) throw error;
      return { ok: false, line: index + 1, problem: error.message };
    }
  }
  return { ok: true, studies: replay.studies() };
}

/**
 * The study to go on with. Configuration and pruner memory come from this project's attributes if the
 * journal has them; otherwise the space is the parameters' latest distributions, the metric has the name
 * that the journal gives it, and the rest is taken from `defaults`. Null if it has several objectives or no direction, or what a study cannot have.
 */
export function studyFromJournal(
  journal: JournalStudy,
  defaults: Partial<StudyConfigInput> = {},
): Study | null {
  const direction = journal.directions[0] ?? null;
  if (journal.directions.length !== 1 || direction === null) return null;
  const metricNames = journal.systemAttrs[METRIC_NAMES_ATTR];
  const metricName = Array.isArray(metricNames) ? metricNames[0] : undefined;
  const own = v.safeParse(studyConfigSchema, parsedAttr(journal, CONFIG_ATTR));
  const made = v.safeParse(studyConfigSchema, {
    searchSpace: Object.assign({}, ...journal.trials.map((trial) => trial.distributions)),
    numTrials: Math.max(journal.trials.length, 1),
    ...defaults,
    ...(typeof metricName === 'string' && metricName !== '' && { metricName }),
    name: journal.name,
    direction,
  });
  const config = own.success ? own : made;
  if (!config.success) return null;
  return {
    config: config.output,
    trials: journal.trials.map(({ trialId: _trialId, values: _values, ...trial }) => trial),
    userAttrs: journal.userAttrs,
    prunerMemory: (parsedAttr(journal, PRUNER_MEMORY_ATTR) ?? {}) as PrunerMemory,
  };
}

function parsedAttr(journal: JournalStudy, name: string): JsonValue | undefined {
  const text = journal.systemAttrs[name];
  if (typeof text !== 'string') return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

class JournalProblem extends Error {}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenTrial = Mutable<JournalTrial> & { studyId: number };
interface OpenStudy {
  readonly studyId: number;
  readonly name: string;
  readonly directions: readonly (StudyDirection | null)[];
  userAttrs: Record<string, JsonValue>;
  systemAttrs: Record<string, JsonValue>;
  readonly trials: OpenTrial[];
  /** First distribution seen of each parameter. */
  readonly spaces: Map<string, Distribution>;
}

function createReplay(utcOffsetMinutes: number) {
  const studies = new Map<number, OpenStudy>();
  const trials: OpenTrial[] = [];
  let numStudies = 0;

  const time = (value: JsonValue | undefined): number | null => {
    if (value === undefined || value === null) return null;
    const ms = typeof value === 'string' ? parseTimestamp(value, utcOffsetMinutes) : null;
    if (ms === null) throw new JournalProblem('a time that cannot be read');
    return ms;
  };
  const openTrial = (fields: Fields): OpenTrial | undefined => {
    const trial = trials[fields.number('trial_id')];
    return trial === undefined || isFinished(trial) ? undefined : trial;
  };
  const setParam = (
    trial: OpenTrial,
    name: string,
    internal: number,
    distributionText: JsonValue | undefined,
  ): void => {
    const read =
      typeof distributionText === 'string' ? distributionFromText(distributionText) : null;
    if (read === null) throw new JournalProblem(`a distribution of ${name} that cannot be read`);
    const { spaces } = studies.get(trial.studyId)!;
    const known = spaces.get(name);
    if (known !== undefined && !areCompatible(known, read)) return;
    if (known === undefined) spaces.set(name, read);
    trial.params = { ...trial.params, [name]: paramOf(read, internal) };
    trial.distributions = { ...trial.distributions, [name]: read };
  };

  function createTrial(fields: Fields): void {
    const study = studies.get(fields.number('study_id'));
    const startedAtMs = time(fields.need('datetime_start'));
    if (study === undefined) return;
    const single = fields.has('value') ? fields.numberOrNull('value') : null;
    const several = fields.has('values') ? fields.numbersOrNull('values') : null;
    if (single !== null && several !== null) throw new JournalProblem('both value and values');
    const given = single !== null ? [single] : several;
    const trial: OpenTrial = {
      studyId: study.studyId,
      trialId: trials.length,
      number: study.trials.length,
      state: fields.has('state') ? stateFrom(fields.number('state')) : 'running',
      value: given?.[0] ?? null,
      values: given,
      params: {},
      distributions: {},
      intermediateValues: [],
      userAttrs: fields.object('user_attrs'),
      systemAttrs: fields.object('system_attrs'),
      startedAtMs,
      completedAtMs: time(fields.all['datetime_complete']),
      relativeParams: null,
    };
    const distributions = fields.object('distributions');
    for (const [name, internal] of Object.entries(fields.object('params'))) {
      setParam(trial, name, numberFrom(internal), distributions[name]);
    }
    trial.intermediateValues = Object.entries(fields.object('intermediate_values'))
      .map(([step, each]) => ({ step: Number(step), value: reportFrom(each) }))
      .sort(byStep);
    trials.push(trial);
    study.trials.push(trial);
  }

  function setState(fields: Fields): void {
    const trial = openTrial(fields);
    const state = stateFrom(fields.number('state'));
    const values = fields.numbersOrNull('values');
    if (trial === undefined || (state === 'running' && trial.state !== 'waiting')) return;
    trial.state = state;
    if (state === 'running') trial.startedAtMs = time(fields.need('datetime_start'));
    if (isFinished(trial)) trial.completedAtMs = time(fields.need('datetime_complete'));
    if (values !== null) {
      trial.values = values;
      trial.value = values[0] ?? null;
    }
  }

  function apply(fields: Fields): void {
    const op = fields.number('op_code');
    fields.need('worker_id');
    switch (op) {
      case operation.createStudy: {
        const name = fields.text('study_name');
        const codes = fields.numbersOrNull('directions') ?? [];
        if ([...studies.values()].some((study) => study.name === name)) return;
        const studyId = numStudies++;
        studies.set(studyId, {
          studyId,
          name,
          directions: codes.map(directionFrom),
          userAttrs: {},
          systemAttrs: {},
          trials: [],
          spaces: new Map(),
        });
        return;
      }
      case operation.deleteStudy:
        studies.delete(fields.number('study_id'));
        return;
      case operation.setStudyUserAttr: {
        const attr = fields.oneAttr('user_attr');
        const study = studies.get(fields.number('study_id'));
        if (study !== undefined) study.userAttrs = { ...study.userAttrs, ...attr };
        return;
      }
      case operation.setStudySystemAttr: {
        const attr = fields.oneAttr('system_attr');
        const study = studies.get(fields.number('study_id'));
        if (study !== undefined) study.systemAttrs = { ...study.systemAttrs, ...attr };
        return;
      }
      case operation.createTrial:
        createTrial(fields);
        return;
      case operation.setTrialParam: {
        const trial = openTrial(fields);
        const name = fields.text('param_name');
        const internal = fields.number('param_value_internal');
        if (trial !== undefined) setParam(trial, name, internal, fields.need('distribution'));
        return;
      }
      case operation.setTrialStateValues:
        setState(fields);
        return;
      case operation.setTrialIntermediateValue: {
        const trial = openTrial(fields);
        const step = fields.number('step');
        const value = reportFrom(fields.need('intermediate_value'));
        if (trial === undefined) return;
        const others = trial.intermediateValues.filter((each) => each.step !== step);
        trial.intermediateValues = [...others, { step, value }].sort(byStep);
        return;
      }
      case operation.setTrialUserAttr: {
        const trial = openTrial(fields);
        const attr = fields.oneAttr('user_attr');
        if (trial !== undefined) trial.userAttrs = { ...trial.userAttrs, ...attr };
        return;
      }
      case operation.setTrialSystemAttr: {
        const trial = openTrial(fields);
        const attr = fields.oneAttr('system_attr');
        if (trial !== undefined) trial.systemAttrs = { ...trial.systemAttrs, ...attr };
        return;
      }
      case operation.discardTrials:
        return;
      default:
        throw new JournalProblem(`unknown operation ${op}`);
    }
  }

  return {
    apply,
    studies: (): JournalStudy[] =>
      [...studies.values()].map(({ spaces: _spaces, trials: own, ...study }) => ({
        ...study,
        trials: own.map(({ studyId: _studyId, ...trial }) => trial),
      })),
  };
}

interface Fields {
  readonly all: Readonly<Record<string, JsonValue>>;
  has(key: string): boolean;
  need(key: string): JsonValue;
  number(key: string): number;
  numberOrNull(key: string): number | null;
  numbersOrNull(key: string): readonly number[] | null;
  text(key: string): string;
  /** An object of one key. */
  oneAttr(key: string): Record<string, JsonValue>;
  /** An object, empty if the key is missing. */
  object(key: string): Record<string, JsonValue>;
}

function fieldsOf(record: JsonValue): Fields {
  if (!isRecord(record)) throw new JournalProblem('not an object');
  const all = record;
  const has = (key: string): boolean => Object.hasOwn(all, key);
  const need = (key: string): JsonValue => {
    if (!has(key)) throw new JournalProblem(`${key} is missing`);
    return all[key]!;
  };
  const typed = <T extends JsonValue>(key: string, is: (value: JsonValue) => value is T): T => {
    const value = need(key);
    if (!is(value)) throw new JournalProblem(`${key} is of another type`);
    return value;
  };
  return {
    all,
    has,
    need,
    number: (key) => numberFrom(need(key)),
    numberOrNull: (key) => (need(key) === null ? null : numberFrom(all[key]!)),
    numbersOrNull(key) {
      if (need(key) === null) return null;
      return typed(key, (value): value is JsonValue[] => Array.isArray(value)).map(numberFrom);
    },
    text: (key) => typed(key, (value): value is string => typeof value === 'string'),
    oneAttr(key) {
      const value = typed(key, isRecord);
      if (Object.keys(value).length !== 1) throw new JournalProblem(`${key} needs one key`);
      return value;
    },
    object: (key) => (has(key) ? typed(key, isRecord) : {}),
  };
}

function isRecord(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberFrom(value: JsonValue): number {
  if (typeof value !== 'number') throw new JournalProblem('not a number where one is needed');
  return value;
}

/** A report; null is what a writer without NaN makes of NaN. */
function reportFrom(value: JsonValue): number {
  return value === null ? NaN : numberFrom(value);
}

function paramOf(distribution: Distribution, internal: number): ParamValue {
  if (distribution.kind === 'categorical' && !(internal in distribution.choices)) {
    throw new JournalProblem(`choice ${internal} of ${distribution.choices.length}`);
  }
  // An enqueued value may lie out of range and stays as it is.
  return distribution.kind === 'categorical' ? toExternal(distribution, internal) : internal;
}

function stateFrom(code: number): TrialState {
  const found = Object.entries(stateCode).find(([, each]) => each === code);
  if (found === undefined) throw new JournalProblem(`unknown state ${code}`);
  return found[0] as TrialState;
}

function directionFrom(code: number): StudyDirection | null {
  const found = Object.entries(directionCode).find(([, each]) => each === code);
  return found === undefined ? null : (found[0] as StudyDirection);
}

function byStep(a: IntermediateValue, b: IntermediateValue): number {
  return a.step - b.step;
}
