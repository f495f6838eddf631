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
import { writeNote, type Refusal } from '../../protocol/notes.ts';
import type { StudySetup } from '../../experiment/study-setup.ts';
import { trialRunConfig } from '../../experiment/sweep.ts';
import type { DashboardMessage, DashboardMessageOf } from '../../protocol/dashboard-messages.ts';
import { grant, refuse, type DashboardSaid } from '../command-answers.ts';
import type { CoordinatorStep } from '../coordinator-step.ts';
import type { RunState } from '../run/run-state.ts';
import { runOf, unfinishedRuns } from '../runs.ts';
import { setupToAttrs } from './study-attrs.ts';
import { journalOf, studyOfJournal } from './study-journal.ts';
import {
  isActive,
  newStudy,
  ownRuns,
  runningTrials,
  saveStudy,
  studyState,
  withStudy,
} from './study-state.ts';
import { advanceRun, advanceRuns } from '../table.ts';
import { tellStudy } from './trial-run.ts';
import type { CoordinatorState, StudyState } from '../coordinator-state.ts';

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
  step: CoordinatorStep,
  event: DashboardSaid,
  message: StudyCommand,
): void {
  if (message.type === 'start-study') return startStudy(step, event, message.setup);
  if (message.type === 'import-study') return importStudy(step, event, message);
  const { study } = step.state;
  if (study === null || study.studyId !== message.studyId) {
    return refuse(step, event, { code: 'study-unknown' });
  }
  switch (message.type) {
    case 'pause-study':
      return pauseStudy(step, event, study);
    case 'continue-study':
      return continueStudy(step, event, study, message.numTrials);
    case 'stop-study':
      return stopStudy(step, event, study);
    case 'enqueue-trial':
      return enqueue(step, event, study, message.params);
    case 'stop-trial':
      return stopTrial(step, event, study, message.number);
    case 'get-journal':
      return grant(step, event, { journal: journalOf(study, message.utcOffsetMinutes) });
    default:
      message satisfies never;
  }
}

/** Commands on a trial's run are commands on its study: none goes on without the others. */
export function onTrialRunCommand(
  step: CoordinatorStep,
  event: DashboardSaid,
  study: StudyState,
  { type, runId }: DashboardMessageOf<'pause-run' | 'continue-run' | 'stop-run'>,
): void {
  if (type === 'pause-run') return pauseStudy(step, event, study);
  if (type === 'continue-run') return continueStudy(step, event, study, null);
  const trial = runningTrials(study.engine).find(({ number }) => study.runIds[number] === runId);
  if (trial === undefined) stopStudy(step, event, study);
  else stopTrial(step, event, study, trial.number);
}

/** Why no study can take the table now, or null. */
function obstacle(state: CoordinatorState): Refusal | null {
  const { study } = state;
  if (study !== null && isActive(study)) {
    return { code: 'study-going-on', wanted: 'study' };
  }
  if (unfinishedRuns(state).length > 0) return { code: 'run-going-on', wanted: 'study' };
  return null;
}

function setupProblem({ base }: Pick<StudySetup, 'base'>): Refusal | null {
  const { minimumClients, clients } = base;
  return minimumClients > clients ? { code: 'minimum-too-high', minimumClients, clients } : null;
}

function startStudy(step: CoordinatorStep, event: DashboardSaid, setup: StudySetup): void {
  const problem = obstacle(step.state) ?? setupProblem(setup);
  if (problem !== null) return refuse(step, event, problem);
  const study = createStudy(setup.study, setupToAttrs(setup));
  const next = newStudy(event.freshRunId, setup, study, step.atMs);
  saveStudy(step, studyState(next, null));
  grant(step, event, { studyId: next.studyId });
}

function pauseStudy(step: CoordinatorStep, event: DashboardSaid, study: StudyState): void {
  const { phase } = study.stage;
  if (phase !== 'running') {
    const code =
      phase === 'testing' ? 'study-testing' : phase === 'paused' ? 'study-paused' : 'study-over';
    return refuse(step, event, { code });
  }
  saveStudy(step, { ...study, stage: { phase: 'paused' }, note: null });
  grant(step, event);
}

function continueStudy(
  step: CoordinatorStep,
  event: DashboardSaid,
  study: StudyState,
  numTrials: number | null,
): void {
  const runs = ownRuns(step.state, study);
  const isPaused = runs.some(({ stage: { phase } }) => phase === 'paused');
  const { phase } = study.stage;
  if (phase === 'running' || (phase === 'testing' && !isPaused)) {
    return refuse(step, event, { code: 'study-not-paused' });
  }
  const engine =
    numTrials === null
      ? study.engine
      : { ...study.engine, config: { ...study.engine.config, numTrials } };
  if (!isActive(study)) {
    const problem = obstacle(step.state) ?? setupProblem(study);
    if (problem !== null) return refuse(step, event, problem);
    if (!canAsk(engine)) return refuse(step, event, { code: 'no-trials-left' });
  }
  const stage = phase === 'testing' ? study.stage : ({ phase: 'running' } as const);
  saveStudy(step, { ...withStudy(study, engine), stage, note: null, endedAtMs: null });
  advanceRuns(step, runs, { type: 'continue-asked' });
  grant(step, event);
}

function stopStudy(step: CoordinatorStep, event: DashboardSaid, study: StudyState): void {
  if (!isActive(study)) return refuse(step, event, { code: 'study-over' });
  const isTesting = study.stage.phase === 'testing' && runningTrials(study.engine).length === 0;
  const stage = isTesting
    ? ({ phase: 'stopped' } as const)
    : ({ phase: 'testing', then: 'stopped' } as const);
  const endedAtMs = isTesting ? step.atMs : null;
  const tests = isTesting ? ownRuns(step.state, study).filter(isStoppable) : [];
  saveStudy(step, { ...study, stage, endedAtMs, note: null });
  advanceRuns(step, tests, { type: 'stop-asked' });
  grant(step, event);
}

/** A run that is just finishing finishes. */
function isStoppable({ stage }: RunState): boolean {
  return stage.phase !== 'concluding';
}

/** A running trial's run is stopped; a waiting one is withdrawn. */
function stopTrial(
  step: CoordinatorStep,
  event: DashboardSaid,
  study: StudyState,
  number: number,
): void {
  const { atMs } = step;
  const trial = study.engine.trials[number];
  if (trial?.state === 'waiting') {
    const reason = writeNote({ code: 'trial-withdrawn' });
    saveStudy(step, withStudy(study, withdrawTrial(study.engine, number, { atMs, reason })));
    return grant(step, event);
  }
  if (trial?.state !== 'running') return refuse(step, event, { code: 'trial-not-running', number });
  const run = runOf(step.state, study.runIds[number]!);
  if (run === null) {
    const reason = writeNote({ code: 'trial-stopped' });
    tellStudy(step, study, trial, { atMs, state: 'failed', reason }, null);
  } else if (isStoppable(run)) advanceRun(step, run.runId, { type: 'stop-asked' });
  grant(step, event);
}

function enqueue(
  step: CoordinatorStep,
  event: DashboardSaid,
  study: StudyState,
  params: Params,
): void {
  const name = Object.keys(params).find((each) => !(each in study.engine.config.searchSpace));
  if (name !== undefined) return refuse(step, event, { code: 'parameter-not-varied', name });
  if (trialRunConfig(study.base, params) === null) {
    return refuse(step, event, { code: 'impossible-parameters' });
  }
  let next: Study;
  try {
    next = enqueueTrial(study.engine, params);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(step, event, { code: 'outside-search-space' });
  }
  saveStudy(step, withStudy(study, next, [...study.runIds, null]));
  grant(step, event, { number: next.trials.length - 1 });
}

function importStudy(
  step: CoordinatorStep,
  event: DashboardSaid,
  message: DashboardMessageOf<'import-study'>,
): void {
  const problem = obstacle(step.state);
  if (problem !== null) return refuse(step, event, problem);
  const read = studyOfJournal(message, event.freshRunId, step.atMs);
  if ('problem' in read) return refuse(step, event, read.problem);
  saveStudy(step, studyState(read.study, null));
  grant(step, event, { studyId: read.study.studyId });
}
