// The study: ask for a trial's parameters, report on the way, ask whether to stop, tell the result.
// A study is a value: every operation takes one and returns the next, so that it can be persisted after
// each event (as JSON: study-json.ts) and resumed anywhere. It knows no clock and no randomness: times
// come in, and random streams derive from the configuration's seed and the trial's number. Semantics:
// Optuna's ask-and-tell (Akiba et al. 2019, arXiv 1907.10902). Errors that are thrown are the caller's.
// A library kept whole: `addTrial`, `retryTrial`, `skipIfFinished`, `skipIfExists` and study-json.ts have
// no caller in the product, but the tests that hold the whole of it to Optuna.
import * as v from 'valibot';
import { createRandom } from '../math/random.ts';
import {
  areCompatible,
  contains,
  isSingle,
  singleValue,
  toExternal,
  toInternal,
  type Distribution,
  type ParamValue,
} from './distribution.ts';
import { createPruner } from './pruners/create-pruner.ts';
import type { PrunerMemory } from './pruners/pruner.ts';
import { createSampler } from './samplers/create-sampler.ts';
import type { Sampler, SamplerContext } from './samplers/sampler.ts';
import { studyConfigSchema, type StudyConfig, type StudyConfigInput } from './study-config.ts';
import {
  FIXED_PARAMS,
  fixedParams,
  isFinished,
  lastReport,
  reportAt,
  type Attributes,
  type Trial,
  type TrialState,
} from './trial.ts';

export interface Study {
  readonly config: StudyConfig;
  /** trials[i].number is i. */
  readonly trials: readonly Trial[];
  readonly userAttrs: Attributes;
  readonly prunerMemory: PrunerMemory;
}

export type Params = Readonly<Record<string, ParamValue>>;

/** A study without trials. Throws valibot's error on a configuration that makes no sense. */
export function createStudy(config: StudyConfigInput, userAttrs: Attributes = {}): Study {
  return { config: v.parse(studyConfigSchema, config), trials: [], userAttrs, prunerMemory: {} };
}

/** Another trial may be asked for: one waits, or the number of trials is not reached and the sampler has more. */
export function canAsk(study: Study): boolean {
  if (study.trials.some(({ state }) => state === 'waiting')) return true;
  const exhausted = samplerOf(study).isExhausted?.(samplerView(study)) ?? false;
  return study.trials.length < study.config.numTrials && !exhausted;
}

/**
 * Starts the next trial, the first waiting one or a new one, with values for the whole search space.
 * `atMs`: epoch ms.
 */
export function ask(study: Study, atMs: number): { readonly study: Study; readonly trial: Trial } {
  let { study: next, trial } = beginTrial(study, atMs);
  for (const [name, distribution] of Object.entries(study.config.searchSpace)) {
    ({ study: next } = suggest(next, trial.number, name, distribution));
  }
  return { study: next, trial: next.trials[trial.number]! };
}

/** Starts the next trial without values; `suggest` gives them one by one. */
export function beginTrial(
  study: Study,
  atMs: number,
): { readonly study: Study; readonly trial: Trial } {
  const waiting = study.trials.find(({ state }) => state === 'waiting');
  const started: Trial = {
    ...(waiting ?? emptyTrial(study.trials.length)),
    state: 'running',
    startedAtMs: atMs,
  };
  const next = putTrial(study, started);
  const attrs = samplerOf(study).beforeTrial?.(samplerContext(next, started)) ?? {};
  const trial = { ...started, systemAttrs: { ...started.systemAttrs, ...attrs } };
  return { study: putTrial(next, trial), trial };
}

/**
 * The value of a parameter in a running trial: as before if it was suggested before, else the enqueued
 * value (even out of range), the only possible one, the sampler's joint draw, or an independent one.
 * Throws if the study has the parameter with another kind, scale or other choices.
 */
export function suggest(
  study: Study,
  trialNumber: number,
  name: string,
  distribution: Distribution,
): { readonly study: Study; readonly value: ParamValue } {
  const trial = runningTrial(study, trialNumber);
  const earlier = study.trials.findLast((other) => Object.hasOwn(other.distributions, name));
  if (earlier !== undefined && !areCompatible(earlier.distributions[name]!, distribution)) {
    throw new RangeError(`study: ${name} is another kind of parameter in trial ${earlier.number}`);
  }
  if (Object.hasOwn(trial.params, name)) return { study, value: trial.params[name]! };

  const fixed = fixedParams(trial)[name];
  if (fixed !== undefined) {
    toInternal(distribution, fixed); // throws on a choice that there is not
    return setParam(study, trial, name, distribution, fixed);
  }
  if (isSingle(distribution)) {
    return setParam(study, trial, name, distribution, singleValue(distribution));
  }
  const sampler = samplerOf(study);
  const drawn = trial.relativeParams === null ? drawRelative(study, trial, sampler) : trial;
  const relative = drawn.relativeParams![name];
  if (relative !== undefined) {
    const value = toExternal(distribution, relative);
    if (contains(distribution, value)) return setParam(study, drawn, name, distribution, value);
  }
  const internal = sampler.sampleIndependent(samplerContext(study, drawn), name, distribution);
  return setParam(study, drawn, name, distribution, toExternal(distribution, internal));
}

/** Adds an intermediate value of a running trial. The first report of a step stands. */
export function report(study: Study, trialNumber: number, value: number, step: number): Study {
  if (!Number.isInteger(step) || step < 0) throw new RangeError(`study: step ${step}`);
  const trial = runningTrial(study, trialNumber);
  if (reportAt(trial, step) !== undefined) return study;
  const intermediateValues = [...trial.intermediateValues, { step, value }].sort(
    (a, b) => a.step - b.step,
  );
  return putTrial(study, { ...trial, intermediateValues });
}

/** The pruner's advice on a running trial after its last report. What the pruner remembers is kept. */
export function shouldPrune(
  study: Study,
  trialNumber: number,
): { readonly study: Study; readonly prune: boolean } {
  const trial = runningTrial(study, trialNumber);
  const { prune, attrs, memory } = createPruner(study.config.pruner).decide({
    studyName: study.config.name,
    direction: study.config.direction,
    trials: study.trials,
    trial,
    memory: study.prunerMemory,
  });
  const remembered =
    attrs === undefined || Object.keys(attrs).length === 0
      ? study
      : putTrial(study, { ...trial, systemAttrs: { ...trial.systemAttrs, ...attrs } });
  return { study: { ...remembered, prunerMemory: memory ?? study.prunerMemory }, prune };
}

/**
 * How a trial ended. Without `state` a usable value means complete and any other failed. `complete`
 * needs a value that is not NaN; the others take none: a pruned trial's value is its last report.
 */
export interface Outcome {
  readonly atMs: number;
  readonly state?: 'complete' | 'pruned' | 'failed';
  readonly value?: number | null;
  /** Why it failed, for people; kept as the user attribute `failReason`. */
  readonly reason?: string;
}

/** Ends a running trial. Throws if it is not running, unless it is over and `skipIfFinished`. */
export function tell(
  study: Study,
  trialNumber: number,
  outcome: Outcome,
  options: { readonly skipIfFinished?: boolean } = {},
): Study {
  const existing = study.trials[trialNumber];
  if (existing !== undefined && isFinished(existing) && options.skipIfFinished === true)
    return study;
  const trial = runningTrial(study, trialNumber);
  const given = outcome.value ?? null;
  const usable = given !== null && !Number.isNaN(given);
  const state: TrialState = outcome.state ?? (usable ? 'complete' : 'failed');
  if (state === 'complete' && !usable) throw new RangeError('study: complete needs a value');
  if (outcome.state !== undefined && state !== 'complete' && given !== null) {
    throw new RangeError(`study: ${state} takes no value`);
  }
  const last = lastReport(trial)?.value ?? NaN;
  const prunedValue = Number.isNaN(last) ? null : last;
  const reason =
    outcome.reason ??
    (state === 'failed' && outcome.state === undefined ? 'no usable value' : null);
  return putTrial(study, {
    ...trial,
    state,
    value: state === 'complete' ? given : state === 'pruned' ? prunedValue : null,
    completedAtMs: outcome.atMs,
    userAttrs: reason === null ? trial.userAttrs : { ...trial.userAttrs, failReason: reason },
  });
}

/**
 * Adds a waiting trial with these parameters; the others will be sampled. Throws a RangeError on a
 * choice that the search space does not have. With `skipIfExists` nothing happens if a trial has the same.
 */
export function enqueueTrial(
  study: Study,
  params: Params,
  options: { readonly userAttrs?: Attributes; readonly skipIfExists?: boolean } = {},
): Study {
  for (const [name, value] of Object.entries(params)) {
    const distribution = study.config.searchSpace[name];
    if (distribution !== undefined) toInternal(distribution, value);
  }
  if (options.skipIfExists === true && study.trials.some((trial) => hasParams(trial, params))) {
    return study;
  }
  return putTrial(study, {
    ...emptyTrial(study.trials.length),
    userAttrs: options.userAttrs ?? {},
    systemAttrs: { [FIXED_PARAMS]: params },
  });
}

/** Inserts a ready trial under the next number: an imported history. Throws if it cannot be one. */
export function addTrial(study: Study, trial: Omit<Trial, 'number'>): Study {
  const added: Trial = { ...trial, number: study.trials.length };
  const problem = problemOf(added);
  if (problem !== null) throw new RangeError(`study: cannot add trial ${added.number}: ${problem}`);
  return putTrial(study, added);
}

/** Fails a waiting trial, which then never starts. Throws if it is not waiting. */
export function withdrawTrial(
  study: Study,
  trialNumber: number,
  { atMs, reason }: { readonly atMs: number; readonly reason: string },
): Study {
  const trial = study.trials[trialNumber];
  if (trial?.state !== 'waiting') {
    throw new RangeError(`study: trial ${trialNumber} is not waiting`);
  }
  return putTrial(study, {
    ...trial,
    state: 'failed',
    completedAtMs: atMs,
    userAttrs: { ...trial.userAttrs, failReason: reason },
  });
}

/**
 * Adds a waiting copy of a failed trial (same parameters), unless its line of ancestors has been retried
 * `maxRetries` times. Reports are not copied: the copy starts anew.
 */
export function retryTrial(study: Study, trialNumber: number, maxRetries: number): Study {
  const failed = study.trials[trialNumber];
  if (failed?.state !== 'failed')
    throw new RangeError(`study: trial ${trialNumber} has not failed`);
  const history = (failed.systemAttrs['retry_history'] ?? []) as readonly number[];
  if (history.length >= maxRetries) return study;
  const { failReason: _, ...userAttrs } = failed.userAttrs;
  return putTrial(study, {
    ...emptyTrial(study.trials.length),
    params: failed.params,
    distributions: failed.distributions,
    userAttrs,
    systemAttrs: {
      ...failed.systemAttrs,
      failed_trial: failed.systemAttrs['failed_trial'] ?? failed.number,
      retry_history: [...history, failed.number],
    },
  });
}

/** The complete trial with the best value, the earliest of equals; null if none is complete. */
export function bestTrial(study: Study): Trial | null {
  const sign = study.config.direction === 'minimize' ? 1 : -1;
  let best: Trial | null = null;
  for (const trial of study.trials) {
    if (trial.state !== 'complete') continue;
    if (best === null || sign * trial.value! < sign * best.value!) best = trial;
  }
  return best;
}

function drawRelative(study: Study, trial: Trial, sampler: Sampler): Trial {
  const { params, attrs } = sampler.sampleRelative(samplerContext(study, trial));
  return { ...trial, relativeParams: params, systemAttrs: { ...trial.systemAttrs, ...attrs } };
}

function setParam(
  study: Study,
  trial: Trial,
  name: string,
  distribution: Distribution,
  value: ParamValue,
): { readonly study: Study; readonly value: ParamValue } {
  const next = {
    ...trial,
    params: { ...trial.params, [name]: value },
    distributions: { ...trial.distributions, [name]: distribution },
  };
  return { study: putTrial(study, next), value };
}

function putTrial(study: Study, trial: Trial): Study {
  const trials = [...study.trials];
  trials[trial.number] = trial;
  return { ...study, trials };
}

function runningTrial(study: Study, trialNumber: number): Trial {
  const trial = study.trials[trialNumber];
  if (trial?.state !== 'running') {
    throw new RangeError(
      `study: trial ${trialNumber} is ${trial?.state ?? 'unknown'}, not running`,
    );
  }
  return trial;
}

function emptyTrial(number: number): Trial {
  return {
    number,
    state: 'waiting',
    value: null,
    params: {},
    distributions: {},
    intermediateValues: [],
    userAttrs: {},
    systemAttrs: {},
    startedAtMs: null,
    completedAtMs: null,
    relativeParams: null,
  };
}

function hasParams(trial: Trial, params: Params): boolean {
  const own: Params = FIXED_PARAMS in trial.systemAttrs ? fixedParams(trial) : trial.params;
  const names = Object.keys(params);
  return (
    names.length === Object.keys(own).length &&
    names.every((name) => Object.hasOwn(own, name) && isClose(own[name]!, params[name]!))
  );
}

function isClose(a: ParamValue, b: ParamValue): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= 1e-5 * Math.abs(b); // numpy's isclose with atol 0
}

function problemOf(trial: Trial): string | null {
  if (isFinished(trial) && trial.completedAtMs === null) return 'it is over but has no time of end';
  const hasValue = trial.value !== null && !Number.isNaN(trial.value);
  if (trial.state === 'complete' && !hasValue) return 'it is complete but has no value';
  for (const [name, value] of Object.entries(trial.params)) {
    const distribution = trial.distributions[name];
    if (distribution === undefined) return `${name} has no distribution`;
    if (!contains(distribution, value)) return `${name} is out of range`;
  }
  return null;
}

function samplerOf({ config }: Study): Sampler {
  return createSampler(config.sampler, config.seed);
}

function samplerView({ config, trials }: Study): Omit<SamplerContext, 'trial' | 'random'> {
  return { direction: config.direction, trials, searchSpace: config.searchSpace };
}

function samplerContext(study: Study, trial: Trial): SamplerContext {
  return {
    ...samplerView(study),
    trial,
    random: (...words) => createRandom(study.config.seed, 'sampler', trial.number, ...words),
  };
}
