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
import type { CoordinatorConfig, CoordinatorEffect } from '../coordinator-types.ts';
import { isOver, readyMembers, roundNow, type RunState } from '../run/run-state.ts';
import { freeClients, runOf, unfinishedRuns } from '../runs.ts';
import { runningTrials, withStudy, saved } from './study-state.ts';
import { reviewTest } from './best-trial.ts';
import { advanceRun, cleared, seatFreeClients } from '../table.ts';
import { endTrial, openRun, withRunId } from './trial-run.ts';
import type { StudyState, CoordinatorState, Stepped } from '../coordinator-state.ts';

/**
 * Draws conclusions until nothing more follows. Clients that were set free since `before` go to the next
 * trial in the place of theirs, and only then to other runs.
 */
export function reviewStudy(
  config: CoordinatorConfig,
  before: CoordinatorState,
  stepped: Stepped,
  atMs: number,
): Stepped {
  let [state, effects] = stepped;
  let known = freeClients(before);
  const take = ([next, more]: Stepped) => {
    state = next;
    effects = [...effects, ...more];
  };
  for (;;) {
    const next = conclude(config, state, atMs);
    if (next !== null) {
      take(next);
      continue;
    }
    const free = state.study === null ? known : freeClients(state);
    if ([...free].every((clientId) => known.has(clientId))) return [state, effects];
    known = free;
    take(seatFreeClients(config, state, atMs));
  }
}

/** One conclusion, or null. */
function conclude(
  config: CoordinatorConfig,
  state: CoordinatorState,
  atMs: number,
): Stepped | null {
  const { study } = state;
  if (study === null) return null;
  const running = runningTrials(study);
  for (const trial of running) {
    const next = reviewTrial(config, state, study, trial, atMs);
    if (next !== null) return next;
  }
  if (study.stage.phase === 'running' && hasPlace(state, study, running.length)) {
    return startTrial(state, study, atMs);
  }
  const tidy = cleared(state);
  if (tidy !== state) return [tidy, []];
  if (running.length > 0) return null;
  switch (study.stage.phase) {
    case 'running':
      return saved(state, { ...study, stage: { phase: 'testing', then: 'finished' } });
    case 'testing':
      return reviewTest(config, state, study, study.stage.then, atMs);
    case 'paused':
    case 'finished':
    case 'stopped':
      return null;
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
  { study, base, parallelTrials }: StudyState,
  numRunning: number,
): boolean {
  if (numRunning >= parallelTrials || !canAsk(study)) return false;
  if (numRunning === 0) return true;
  const lacksKeys = ({ keys }: RunState) => keys.status !== 'none' && keys.status !== 'present';
  return (
    state.registry.clients.size >= (numRunning + 1) * base.clients &&
    !unfinishedRuns(state).some(lacksKeys)
  );
}

function startTrial(state: CoordinatorState, study: StudyState, atMs: number): Stepped {
  const { study: asked, trial } = ask(study.study, atMs);
  return saved(state, withStudy(study, asked, withRunId({ ...study, study: asked }, trial)));
}

function reviewTrial(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  atMs: number,
): Stepped | null {
  const run = runOf(state, study.runIds[trial.number]!);
  if (run === null) {
    return study.stage.phase === 'paused' ? null : openRun(config, state, study, trial, atMs);
  }
  const { runId } = run;
  const record = run.history.find(({ round }) => round > 0 && reportAt(trial, round) === undefined);
  if (record !== undefined) {
    const { study: next, prune } = reported(study.study, trial, record);
    const after = { ...state, study: withStudy(study, next) };
    return prune && isUnderWay(run, record)
      ? advanceRun(config, after, runId, { type: 'prune-asked' }, atMs)
      : [after, []];
  }
  if (isOver(run)) return endTrial(state, study, trial, run, atMs);
  if (run.stage.phase === 'paused' && study.stage.phase === 'running') {
    return saved(state, { ...study, stage: { phase: 'paused' }, note: run.note });
  }
  const order = steering(study, run);
  if (order !== null) return advanceRun(config, state, runId, { type: order }, atMs);
  if (run.stage.phase === 'committing' && run.stage.then === 'go-on') {
    // Decided before the round is announced, so that no client begins a round in vain.
    const { record: coming } = run.stage;
    const isPruned = coming.round > 0 && reported(study.study, trial, coming).prune;
    return isPruned && isUnderWay(run, coming)
      ? advanceRun(config, state, runId, { type: 'prune-asked' }, atMs)
      : null;
  }
  return reviewStall(config, state, study, run);
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
function reviewStall(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  run: RunState,
): Stepped | null {
  const { runId, attempt } = run;
  const isStalled =
    run.stage.phase === 'gathering' &&
    run.committed.round >= 0 &&
    readyMembers(run).length < run.config.minimumClients;
  if (isStalled === study.stalled.has(runId)) return null;
  const stalled = new Set(study.stalled);
  if (isStalled) stalled.add(runId);
  else stalled.delete(runId);
  const effect: CoordinatorEffect = isStalled
    ? {
        type: 'set-timer',
        timer: 'stall',
        key: { runId, round: roundNow(run), attempt },
        delayMs: config.stallMs,
      }
    : { type: 'clear-timer', timer: 'stall', runId };
  return [{ ...state, study: { ...study, stalled } }, [effect]];
}
