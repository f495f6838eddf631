// What dashboards ask of a study: to start, pause, continue and stop it, to try certain parameters and to
// give a trial up. A refusal says what stands in the way. What pausing and stopping mean for the study's
// runs follows in study-review.ts.
import {
  canAsk,
  createStudy,
  enqueueTrial,
  withdrawTrial,
  type Params,
  type Study,
} from '../../tuning/study.ts';
import type { StudySetup } from '../../experiment/study-setup.ts';
import { trialRunConfig } from '../../experiment/sweep.ts';
import type { DashboardMessage, DashboardMessageOf } from '../../protocol/dashboard-messages.ts';
import { answered, refusal, type DashboardSaid } from '../command-answers.ts';
import type { CoordinatorConfig } from '../coordinator-types.ts';
import type { RunState } from '../run/run-state.ts';
import { runOf, unfinishedRuns } from '../runs.ts';
import { setupToAttrs } from './study-attrs.ts';
import { journalOf, studyOfJournal } from './study-journal.ts';
import {
  isActive,
  newStudy,
  ownRuns,
  runningTrials,
  studyState,
  withStudy,
  saved,
} from './study-state.ts';
import { advanceRun, advanceRuns } from '../table.ts';
import { told } from './trial-run.ts';
import type { StudyState, CoordinatorState, Stepped } from '../coordinator-state.ts';

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
      return pauseStudy(state, event, study);
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

/** Commands on a trial's run are commands on its study: none goes on without the others. */
export function onTrialRunCommand(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  { type, runId }: DashboardMessageOf<'pause-run' | 'continue-run' | 'stop-run'>,
): Stepped {
  if (type === 'pause-run') return pauseStudy(state, event, study);
  if (type === 'continue-run') return continueStudy(config, state, event, study, null);
  const trial = runningTrials(study).find(({ number }) => study.runIds[number] === runId);
  return trial === undefined
    ? stopStudy(config, state, event, study)
    : stopTrial(config, state, event, study, trial.number);
}

const done = { ok: true, result: null } as const;

function refuse(state: CoordinatorState, event: DashboardSaid, text: string): Stepped {
  return answered(event, [state, []], refusal('not-now', text));
}

/** Why no study can take the table now, or null. */
function obstacle(state: CoordinatorState): string | null {
  const { study } = state;
  if (study !== null && isActive(study)) {
    return 'A study is going on. Stop it before you start another.';
  }
  if (unfinishedRuns(state).length > 0)
    return 'A run is going on. Stop it before you start a study.';
  return null;
}

function setupProblem({ base }: Pick<StudySetup, 'base'>): string | null {
  if (base.minimumClients > base.clients) {
    return `The minimum of ${base.minimumClients} clients is more than the ${base.clients} seats. Lower the minimum or add seats.`;
  }
  return null;
}

function onStart(state: CoordinatorState, event: DashboardSaid, setup: StudySetup): Stepped {
  const problem = obstacle(state) ?? setupProblem(setup);
  if (problem !== null) return refuse(state, event, problem);
  const study = createStudy(setup.study, setupToAttrs(setup));
  const next = newStudy(event.freshRunId, setup, study, event.atMs);
  const stepped = saved(state, studyState(next, null));
  return answered(event, stepped, { ok: true, result: { studyId: next.studyId } });
}

function pauseStudy(state: CoordinatorState, event: DashboardSaid, study: StudyState): Stepped {
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
  const paused = { ...study, stage: { phase: 'paused' } as const, note: null };
  return answered(event, saved(state, paused), done);
}

function continueStudy(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  numTrials: number | null,
): Stepped {
  const runs = ownRuns(state, study);
  const isPaused = runs.some(({ stage: { phase } }) => phase === 'paused');
  const { phase } = study.stage;
  if (phase === 'running' || (phase === 'testing' && !isPaused)) {
    return refuse(state, event, 'The study is going on already.');
  }
  const engine =
    numTrials === null
      ? study.study
      : { ...study.study, config: { ...study.study.config, numTrials } };
  if (!isActive(study)) {
    const problem = obstacle(state) ?? setupProblem(study);
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
  const continued = saved(state, next);
  const proceed = { type: 'continue-asked' } as const;
  return answered(event, advanceRuns(config, continued, runs, proceed, event.atMs), done);
}

function stopStudy(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
): Stepped {
  const { phase } = study.stage;
  if (!isActive(study)) return refuse(state, event, 'The study is over.');
  const isTesting = phase === 'testing' && runningTrials(study).length === 0;
  const stage = isTesting
    ? ({ phase: 'stopped' } as const)
    : ({ phase: 'testing', then: 'stopped' } as const);
  const endedAtMs = isTesting ? event.atMs : null;
  const stopped = saved(state, { ...study, stage, endedAtMs, note: null });
  const tests = isTesting ? ownRuns(state, study).filter(isStoppable) : [];
  const stop = { type: 'stop-asked' } as const;
  return answered(event, advanceRuns(config, stopped, tests, stop, event.atMs), done);
}

/** A run that is just finishing finishes. */
function isStoppable({ stage }: RunState): boolean {
  return stage.phase !== 'concluding';
}

/** A running trial's run is stopped; a waiting one is withdrawn. */
function stopTrial(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  study: StudyState,
  number: number,
): Stepped {
  const { atMs } = event;
  const trial = study.study.trials[number];
  if (trial?.state === 'waiting') {
    const reason = 'The trial was withdrawn.';
    const next = withdrawTrial(study.study, number, { atMs, reason });
    return answered(event, saved(state, withStudy(study, next)), done);
  }
  if (trial?.state !== 'running') return refuse(state, event, `Trial ${number} is not running.`);
  const run = runOf(state, study.runIds[number]!);
  if (run === null) {
    const outcome = { atMs, state: 'failed', reason: 'The trial was stopped.' } as const;
    return answered(event, told(state, study, trial, outcome, null), done);
  }
  const stopped: Stepped = isStoppable(run)
    ? advanceRun(config, state, run.runId, { type: 'stop-asked' }, atMs)
    : [state, []];
  return answered(event, stopped, done);
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
  study: StudyState,
  utcOffsetMinutes: number,
): Stepped {
  const result = { journal: journalOf(study, utcOffsetMinutes) };
  return answered(event, [state, []], { ok: true, result });
}

function onImport(
  state: CoordinatorState,
  event: DashboardSaid,
  message: DashboardMessageOf<'import-study'>,
): Stepped {
  const problem = obstacle(state);
  if (problem !== null) return refuse(state, event, problem);
  const read = studyOfJournal(message, event.freshRunId, event.atMs);
  if ('problem' in read) return refuse(state, event, read.problem);
  const stepped = saved(state, studyState(read.study, null));
  return answered(event, stepped, { ok: true, result: { studyId: read.study.studyId } });
}
