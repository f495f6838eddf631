// What follows for the study whenever something has happened to its runs: ask for the next trial and start
// its run, report each committed round, stop the run when the pruner says so, tell how the trial ended, and
// at the end have the best model evaluated on the test images (best-trial.ts).
//
// Everything is concluded from the study and its runs as they stand, not from events: a server that was
// restored in between draws the same conclusions again, from the rounds that are durable. Only the
// beginning and the end of a trial are saved; reports follow from the run's history.
//
// Trials run side by side when there are clients for each of them: every run has clients of its own.
import { ask, canAsk, report, shouldPrune, type Study } from '../../tuning/study.ts';
import { reportAt, type Trial } from '../../tuning/trial.ts';
import type { RoundRecord } from '../../protocol/view.ts';
import { attend, type CoordinatorStep } from '../coordinator-step.ts';
import { isOver, readyMembers, roundNow, type RunState } from '../run/run-state.ts';
import { runOf, unfinishedRuns } from '../runs.ts';
import { changeStudy, runningTrials, saveStudy, withStudy } from './study-state.ts';
import { reviewTest } from './best-trial.ts';
import { advanceRun, clearTable, seatFreeClients } from '../table.ts';
import { endTrial, openRun, withRunId } from './trial-run.ts';
import type { CoordinatorState, StudyState } from '../coordinator-state.ts';

/**
 * Draws conclusions until nothing more follows. Clients that belong to no run and are not among `known`
 * were set free meanwhile: they go to the next trial in the place of theirs, and only then to other runs.
 */
export function reviewStudy(step: CoordinatorStep, known: ReadonlySet<string>): void {
  if (step.state.study === null) return;
  for (;;) {
    while (conclude(step)) continue;
    const { free } = attend(step);
    if (free === known || [...free].every((clientId) => known.has(clientId))) return;
    known = free;
    seatFreeClients(step);
  }
}

/** One conclusion; whether there was one. */
function conclude(step: CoordinatorStep): boolean {
  const { study } = step.state;
  if (study === null) return false;
  const running = runningTrials(study.engine);
  if (running.some((trial) => reviewTrial(step, study, trial))) return true;
  if (study.stage.phase === 'running' && hasPlace(step.state, study, running.length)) {
    startTrial(step, study);
    return true;
  }
  if (clearTable(step)) return true;
  if (running.length > 0) return false;
  switch (study.stage.phase) {
    case 'running':
      saveStudy(step, { ...study, stage: { phase: 'testing', then: 'finished' } });
      return true;
    case 'testing':
      return reviewTest(step, study, study.stage.then);
    case 'paused':
    case 'finished':
    case 'stopped':
      return false;
    default:
      return study.stage satisfies never;
  }
}

/**
 * Whether a trial can start beside these. The first one waits for its clients itself; a further one needs
 * as many as a trial has seats beyond those of the others, and no run that is still making keys: it is to
 * have the same.
 */
function hasPlace(
  state: CoordinatorState,
  { engine, base, parallelTrials }: StudyState,
  numRunning: number,
): boolean {
  if (numRunning >= parallelTrials || !canAsk(engine)) return false;
  if (numRunning === 0) return true;
  const lacksKeys = ({ keys }: RunState) => keys.status !== 'none' && keys.status !== 'present';
  return (
    state.registry.clients.size >= (numRunning + 1) * base.clients &&
    !unfinishedRuns(state).some(lacksKeys)
  );
}

function startTrial(step: CoordinatorStep, study: StudyState): void {
  const { study: asked, trial } = ask(study.engine, step.atMs);
  saveStudy(step, withStudy(study, asked, withRunId({ ...study, engine: asked }, trial)));
}

/** Whether something followed for this trial. */
function reviewTrial(step: CoordinatorStep, study: StudyState, trial: Trial): boolean {
  const run = runOf(step.state, study.runIds[trial.number]!);
  if (run === null) {
    if (study.stage.phase === 'paused') return false;
    openRun(step, study, trial);
    return true;
  }
  const { runId } = run;
  const record = run.history.find(({ round }) => round > 0 && reportAt(trial, round) === undefined);
  if (record !== undefined) {
    const { study: next, prune } = reported(study.engine, trial, record);
    changeStudy(step, withStudy(study, next));
    if (prune && isUnderWay(run, record)) advanceRun(step, runId, { type: 'prune-asked' });
    return true;
  }
  if (isOver(run)) {
    endTrial(step, study, trial, run);
    return true;
  }
  if (run.stage.phase === 'paused' && study.stage.phase === 'running') {
    saveStudy(step, { ...study, stage: { phase: 'paused' }, note: run.note });
    return true;
  }
  const order = steering(study, run);
  if (order !== null) {
    advanceRun(step, runId, { type: order });
    return true;
  }
  if (run.stage.phase === 'committing' && run.stage.then === 'go-on') {
    // Decided before the round is announced, so that no client begins a round in vain.
    const { record: coming } = run.stage;
    const isPruned = coming.round > 0 && reported(study.engine, trial, coming).prune;
    if (!isPruned || !isUnderWay(run, coming)) return false;
    advanceRun(step, runId, { type: 'prune-asked' });
    return true;
  }
  return reviewStall(step, study, run);
}

/** What a trial's run must do because its study pauses or stops; one that is just finishing finishes. */
function steering({ stage }: StudyState, run: RunState): 'pause-asked' | 'stop-asked' | null {
  const then = run.stage.phase === 'committing' ? run.stage.then : 'go-on';
  if (run.stage.phase === 'concluding' || then === 'stop' || then === 'prune') return null;
  if (stage.phase === 'testing') return 'stop-asked';
  const isPausing = run.stage.phase === 'paused' || then === 'pause';
  return stage.phase === 'paused' && !isPausing ? 'pause-asked' : null;
}

/** After the last round there is nothing left to save: the trial is complete. */
function isUnderWay(run: RunState, { round }: RoundRecord): boolean {
  return !isOver(run) && round < run.config.rounds;
}

function reported(
  study: Study,
  { number }: Trial,
  { round, validationAccuracy }: RoundRecord,
): { readonly study: Study; readonly prune: boolean } {
  return shouldPrune(report(study, number, validationAccuracy, round), number);
}

/** A trial that has begun and lost its clients is not waited for without end. */
function reviewStall(step: CoordinatorStep, study: StudyState, run: RunState): boolean {
  const { runId, attempt } = run;
  const isStalled =
    run.stage.phase === 'gathering' &&
    run.committed.round >= 0 &&
    readyMembers(run).length < run.config.minimumClients;
  if (isStalled === study.stalled.has(runId)) return false;
  const stalled = new Set(study.stalled);
  if (isStalled) {
    stalled.add(runId);
    const key = { runId, round: roundNow(run), attempt };
    const delayMs = step.config.stallMs;
    step.effects.push({ type: 'set-timer', timer: 'stall', key, delayMs });
  } else {
    stalled.delete(runId);
    step.effects.push({ type: 'clear-timer', timer: 'stall', runId });
  }
  changeStudy(step, { ...study, stalled });
  return true;
}
