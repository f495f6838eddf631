// What dashboards ask of a study: to start, pause, continue and stop it, to try certain parameters, to
// give a trial up, to take a journal in and to give one out. A refusal says what stands in the way.
import { journalLines } from '../tuning/journal-writer.ts';
import { readJournal, studyFromJournal } from '../tuning/journal-reader.ts';
import { canAsk, createStudy, enqueueTrial, type Params, type Study } from '../tuning/study.ts';
import type { StudySetup } from '../tuning/study-setup.ts';
import { trialRunConfig } from '../tuning/sweep.ts';
import type { Trial } from '../tuning/trial.ts';
import type { DashboardMessage, DashboardMessageOf } from '../protocol/dashboard-messages.ts';
import { answered, refusal, type DashboardSaid } from './answers.ts';
import type { CoordinatorConfig } from './coordinator-types.ts';
import { isOver, type RunState } from './run-state.ts';
import { saved } from './study-review.ts';
import {
  isActive,
  runningTrial,
  studyState,
  withStudy,
  type PersistentStudy,
  type StudyState,
} from './study-state.ts';
import { setupFromAttrs, setupToAttrs } from './study-attrs.ts';
import { advanceRun, type CoordinatorState, type Stepped } from './table.ts';

export type StudyCommand = Extract<
  DashboardMessage,
  {
    type:
      | 'start-study'
      | 'pause-study'
      | 'continue-study'
      | 'stop-study'
      | 'enqueue-trial'
      | 'stop-trial'
      | 'import-study'
      | 'get-journal';
  }
>;

export function onStudyCommand(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  message: StudyCommand,
): Stepped {
  if (message.type === 'start-study') return onStart(state, event, message.setup);
  if (message.type === 'import-study') return onImport(state, event, message);
  const { study } = state;
  if (study === null || study.studyId !== message.studyId) {
    return answered(event, [state, []], refusal('not-now', 'That study is not at the table.'));
  }
  switch (message.type) {
    case 'pause-study':
      return pauseStudy(config, state, event, study);
    case 'continue-study':
      return continueStudy(config, state, event, study, message.numTrials);
    case 'stop-study':
      return stopStudy(config, state, event, study);
    case 'enqueue-trial':
      return onEnqueue(state, event, study, message.params);
    case 'stop-trial':
      return stopTrial(config, state, event, study, message.number);
    case 'get-journal':
      return onGetJournal(state, event, study, message.utcOffsetMinutes);
    default:
      return message satisfies never;
  }
}

/** Commands on a trial's run are commands on its study: neither goes on without the other. */
export function onTrialRunCommand(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  command: 'pause-run' | 'continue-run' | 'stop-run',
): Stepped {
  if (command === 'pause-run') return pauseStudy(config, state, event, study);
  if (command === 'continue-run') return continueStudy(config, state, event, study, null);
  const trial = runningTrial(study);
  return trial === null
    ? stopStudy(config, state, event, study)
    : stopTrial(config, state, event, study, trial.number);
}

const done = { ok: true, result: null } as const;

function refuse(state: CoordinatorState, event: DashboardSaid, text: string): Stepped {
  return answered(event, [state, []], refusal('not-now', text));
}

/** Why no study can take the table now, or null. */
function obstacle({ run, study }: CoordinatorState): string | null {
  if (study !== null && isActive(study)) {
    return 'A study is going on. Stop it before you start another.';
  }
  if (run !== null && !isOver(run)) return 'A run is going on. Stop it before you start a study.';
  return null;
}

function setupProblem({ base, parallelTrials }: StudySetup): string | null {
  if (parallelTrials > 1) {
    return 'Trials run one at a time here: set the number of parallel trials to 1.';
  }
  if (base.minimumClients > base.clients) {
    return `The minimum of ${base.minimumClients} clients is more than the ${base.clients} seats. Lower the minimum or add seats.`;
  }
  return null;
}

function onStart(state: CoordinatorState, event: DashboardSaid, setup: StudySetup): Stepped {
  const problem = obstacle(state) ?? setupProblem(setup);
  if (problem !== null) return refuse(state, event, problem);
  const study = createStudy(setup.study, setupToAttrs(setup));
  const next = newStudy(event, setup, study, [], 'running');
  const stepped = saved(state, studyState(next, null));
  return answered(event, stepped, { ok: true, result: { studyId: next.studyId } });
}

function newStudy(
  event: DashboardSaid,
  { base, parallelTrials }: Omit<StudySetup, 'study'>,
  study: Study,
  runIds: readonly null[],
  phase: 'running' | 'stopped',
): PersistentStudy {
  return {
    studyId: event.freshRunId,
    base,
    parallelTrials,
    study,
    runIds,
    stage: { phase },
    test: null,
    note: null,
    startedAtMs: event.atMs,
    endedAtMs: phase === 'running' ? null : event.atMs,
  };
}

function pauseStudy(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
): Stepped {
  const { phase } = study.stage;
  if (phase !== 'running') {
    const text =
      phase === 'testing'
        ? 'The trials are over, the best model is being tested.'
        : phase === 'paused'
          ? 'The study is paused already.'
          : 'The study is over.';
    return refuse(state, event, text);
  }
  const [paused, effects] = saved(state, { ...study, stage: { phase: 'paused' }, note: null });
  const run = ownRun(paused, study);
  if (run === null || run.stage.phase === 'concluding') {
    return answered(event, [paused, effects], done);
  }
  const [next, more] = advanceRun(config, paused, { type: 'pause-asked' }, event.atMs);
  return answered(event, [next, [...effects, ...more]], done);
}

function continueStudy(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  numTrials: number | null,
): Stepped {
  const run = ownRun(state, study);
  const isPaused = run?.stage.phase === 'paused';
  const { phase } = study.stage;
  if (phase === 'running' || (phase === 'testing' && !isPaused)) {
    return refuse(state, event, 'The study is going on already.');
  }
  const engine =
    numTrials === null
      ? study.study
      : { ...study.study, config: { ...study.study.config, numTrials } };
  if (!isActive(study)) {
    const problem = obstacle(state) ?? setupProblem(setupOf(study));
    if (problem !== null) return refuse(state, event, problem);
    if (!canAsk(engine)) {
      return refuse(
        state,
        event,
        'No trials are left to run. Raise the number of trials, or enqueue one.',
      );
    }
  }
  const stage = phase === 'testing' ? study.stage : ({ phase: 'running' } as const);
  const next = { ...withStudy(study, engine), stage, note: null, endedAtMs: null };
  const [continued, effects] = saved(state, next);
  const [after, more] = isPaused
    ? advanceRun(config, continued, { type: 'continue-asked' }, event.atMs)
    : ([continued, []] as Stepped);
  return answered(event, [after, [...effects, ...more]], done);
}

function stopStudy(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
): Stepped {
  const { phase } = study.stage;
  if (!isActive(study)) return refuse(state, event, 'The study is over.');
  const isTesting = phase === 'testing' && runningTrial(study) === null;
  const stage = isTesting
    ? ({ phase: 'stopped' } as const)
    : ({ phase: 'testing', then: 'stopped' } as const);
  const endedAtMs = isTesting ? event.atMs : null;
  const [stopped, effects] = saved(state, { ...study, stage, endedAtMs, note: null });
  const [next, more] = stopOwnRun(config, stopped, study, event.atMs);
  return answered(event, [next, [...effects, ...more]], done);
}

function stopTrial(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  number: number,
): Stepped {
  if (runningTrial(study)?.number !== number) {
    return refuse(state, event, `Trial ${number} is not running.`);
  }
  return answered(event, stopOwnRun(config, state, study, event.atMs), done);
}

/** A run that is just finishing finishes. */
function stopOwnRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  atMs: number,
): Stepped {
  const run = ownRun(state, study);
  return run === null || run.stage.phase === 'concluding'
    ? [state, []]
    : advanceRun(config, state, { type: 'stop-asked' }, atMs);
}

/** The study's run at the table, if it is going on or paused. */
function ownRun({ run }: CoordinatorState, { studyId }: StudyState): RunState | null {
  return run === null || run.trialOf?.studyId !== studyId || isOver(run) ? null : run;
}

function onEnqueue(
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  params: Params,
): Stepped {
  const unknown = Object.keys(params).find((name) => !(name in study.study.config.searchSpace));
  if (unknown !== undefined) return refuse(state, event, `The study does not vary ${unknown}.`);
  if (trialRunConfig(study.base, params) === null) {
    return refuse(state, event, 'No run can have these parameters: one is out of its range.');
  }
  let next: Study;
  try {
    next = enqueueTrial(study.study, params);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(state, event, 'The search space does not have these parameters.');
  }
  const runIds = [...study.runIds, null];
  const stepped = saved(state, withStudy(study, next, runIds));
  return answered(event, stepped, { ok: true, result: { number: next.trials.length - 1 } });
}

function onGetJournal(
  state: CoordinatorState,
  event: DashboardSaid,
  { study, studyId }: StudyState,
  utcOffsetMinutes: number,
): Stepped {
  const journal = journalLines(null, study, { workerId: studyId, utcOffsetMinutes });
  return answered(event, [state, []], { ok: true, result: { journal } });
}

function onImport(
  state: CoordinatorState,
  event: DashboardSaid,
  { journal, utcOffsetMinutes, setup }: DashboardMessageOf<'import-study'>,
): Stepped {
  const problem = obstacle(state);
  if (problem !== null) return refuse(state, event, problem);
  const reading = readJournal(journal, utcOffsetMinutes);
  if (!reading.ok) {
    return refuse(
      state,
      event,
      `This is no Optuna journal: line ${reading.line} (${reading.problem}).`,
    );
  }
  const last = reading.studies.at(-1);
  if (last === undefined) return refuse(state, event, 'The journal holds no study.');
  const { name: _name, direction: _direction, ...defaults } = setup.study;
  const read = studyFromJournal(last, {
    sampler: defaults.sampler,
    pruner: defaults.pruner,
    seed: defaults.seed,
    metricName: defaults.metricName,
  });
  if (read === null) {
    return refuse(state, event, 'The journal holds a study that has several objectives or none.');
  }
  const study = { ...read, trials: read.trials.map(restarted) };
  const own = setupFromAttrs(study.userAttrs) ?? setup;
  const runIds = study.trials.map(() => null);
  const next = newStudy(event, own, study, runIds, 'stopped');
  const startedAtMs = Math.min(
    event.atMs,
    ...study.trials.flatMap(({ startedAtMs }) => (startedAtMs === null ? [] : [startedAtMs])),
  );
  const stepped = saved(state, studyState({ ...next, startedAtMs }, null));
  return answered(event, stepped, { ok: true, result: { studyId: next.studyId } });
}

/** A trial that was running when the journal was written begins anew, with its parameters. */
function restarted(trial: Trial): Trial {
  return trial.state === 'running'
    ? { ...trial, state: 'waiting', startedAtMs: null, intermediateValues: [] }
    : trial;
}

function setupOf({ base, parallelTrials, study }: PersistentStudy): StudySetup {
  return { study: study.config, base, parallelTrials };
}
