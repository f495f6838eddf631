// What follows for the study whenever something has happened to the run at the table: ask for the next
// trial and start its run, report each committed round, stop the run when the pruner says so, tell how
// the trial ended, and at the end have the best model evaluated on the test images.
//
// Everything is concluded from the study and its run as they stand, not from events: a server that was
// restored in between draws the same conclusions again, from the rounds that are durable. Only the
// beginning and the end of a trial are saved; reports follow from the run's history.
//
// One trial runs at a time: the coordinator has one run at the table.
import type { RoundRecord } from '../protocol/view.ts';
import { trialRunConfig } from '../tuning/sweep.ts';
import {
  ask,
  bestTrial,
  canAsk,
  report,
  shouldPrune,
  tell,
  type Outcome,
  type Study,
} from '../tuning/study.ts';
import { reportAt, type Trial } from '../tuning/trial.ts';
import type { CoordinatorConfig, CoordinatorEffect } from './coordinator-types.ts';
import { keysFor } from './key-making.ts';
import type { RunConfig } from './run-config.ts';
import {
  isOver,
  justStarted,
  readyMembers,
  roundNow,
  type RunState,
  type Stage,
} from './run-state.ts';
import {
  bestRunId,
  persistentStudy,
  runningTrial,
  withStudy,
  type StudyStage,
  type StudyState,
} from './study-state.ts';
import { advanceRun, newRun, takeTable, type CoordinatorState, type Stepped } from './table.ts';

/** Draws conclusions until nothing more follows. */
export function reviewStudy(config: CoordinatorConfig, stepped: Stepped, atMs: number): Stepped {
  let [state, effects] = stepped;
  for (;;) {
    const next = conclude(config, state, atMs);
    if (next === null) return [state, effects];
    state = next[0];
    effects = [...effects, ...next[1]];
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
  const trial = runningTrial(study);
  if (trial !== null) return reviewTrial(config, state, study, trial, atMs);
  switch (study.stage.phase) {
    case 'running':
      return canAsk(study.study)
        ? startTrial(state, study, atMs)
        : saved(state, { ...study, stage: { phase: 'testing', then: 'finished' } });
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

// A trial

function startTrial(state: CoordinatorState, study: StudyState, atMs: number): Stepped {
  const { study: asked, trial } = ask(study.study, atMs);
  return saved(state, withStudy(study, asked, withRunId({ ...study, study: asked }, trial)));
}

/** `runIds` with one for this trial. */
function withRunId(study: StudyState, trial: Trial): StudyState['runIds'] {
  return study.study.trials.map(({ number }) =>
    number === trial.number ? trialRunId(study, trial) : (study.runIds[number] ?? null),
  );
}

function trialRunId({ studyId }: StudyState, { number }: Trial): string {
  return `${studyId.slice(0, 50)}-${number}`;
}

function reviewTrial(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  atMs: number,
): Stepped | null {
  const { run } = state;
  if (run === null || run.runId !== study.runIds[trial.number]) {
    return study.stage.phase === 'paused' ? null : openRun(config, state, study, trial, atMs);
  }
  const record = run.history.find(({ round }) => round > 0 && reportAt(trial, round) === undefined);
  if (record !== undefined) {
    const { study: next, prune } = reported(study.study, trial, record);
    const after = { ...state, study: withStudy(study, next) };
    return prune && isUnderWay(run, record)
      ? advanceRun(config, after, { type: 'stop-asked' }, atMs)
      : [after, []];
  }
  if (isOver(run)) return endTrial(state, study, trial, run, atMs);
  if (run.stage.phase === 'paused' && study.stage.phase === 'running') {
    return saved(state, { ...study, stage: { phase: 'paused' }, note: run.note });
  }
  if (run.stage.phase === 'committing' && run.stage.then === 'go-on') {
    // Decided before the round is announced, so that no client begins a round in vain.
    const { record: coming } = run.stage;
    const isPruned = coming.round > 0 && reported(study.study, trial, coming).prune;
    return isPruned && isUnderWay(run, coming)
      ? advanceRun(config, state, { type: 'stop-asked' }, atMs)
      : null;
  }
  return reviewStall(config, state, study, run);
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

/** The run of a trial that was asked for: a new one, or the only one that this trial can have. */
function openRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  atMs: number,
): Stepped {
  const isStopped = study.stage.phase === 'testing';
  const opened = isStopped
    ? { problem: 'The study was stopped.' }
    : trialRun(config, state, study, trial, { skipsTest: true, atMs });
  return 'problem' in opened
    ? told(state, study, trial, { atMs, state: 'failed', reason: opened.problem }, study.bestRun)
    : takeTable(config, state, opened.run, atMs);
}

/** A run with the trial's parameters, in the place of the run before it; or why there is none. */
function trialRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  { studyId, base, runIds }: StudyState,
  { number, params }: Trial,
  start: { readonly skipsTest: boolean; readonly atMs: number },
): { readonly run: RunState } | { readonly problem: string } {
  const runConfig = trialRunConfig(base, params);
  if (runConfig === null) return { problem: 'No run can have these parameters.' };
  try {
    const run = newRun(config, state, {
      runId: runIds[number]!,
      config: runConfig,
      withTwin: false,
      twinOf: null,
      trialOf: { studyId, number },
      ...start,
    });
    return { run: { ...run, ...placeAfter(state.run, runConfig) } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return { problem: `No encryption parameters fit this configuration: ${reason}` };
  }
}

/**
 * Trials follow each other with the clients that are there, each in its seat of the trial before: its
 * shard is loaded already. Only the first one waits for clients that are still to come.
 */
function placeAfter(
  before: RunState | null,
  { clients }: RunConfig,
): { readonly seats?: RunState['seats']; readonly stage?: Stage } {
  if (before === null || before.members.size === 0) return {};
  const stage = { ...justStarted, areSeatsReserved: false, waitsForSeats: false };
  return before.seats.length === clients ? { seats: before.seats, stage } : { stage };
}

function endTrial(
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  run: RunState,
  atMs: number,
): Stepped {
  const outcome = outcomeOf(study, trial, run, run.endedAtMs ?? atMs);
  return told(state, study, trial, outcome, run);
}

function outcomeOf(study: StudyState, trial: Trial, run: RunState, atMs: number): Outcome {
  const { phase } = run.stage;
  const value = run.history.at(-1)?.validationAccuracy ?? null;
  if (phase === 'finished' && value !== null) return { atMs, state: 'complete', value };
  if (phase === 'failed') {
    return { atMs, state: 'failed', reason: run.note ?? 'The run failed.' };
  }
  const isPruned =
    trial.intermediateValues.length > 0 && shouldPrune(study.study, trial.number).prune;
  if (isPruned) return { atMs, state: 'pruned' };
  const reason =
    study.stage.phase === 'testing' ? 'The study was stopped.' : 'The trial was stopped.';
  return { atMs, state: 'failed', reason };
}

/** `run`: the trial's, if it had one. Of a trial that is not complete nobody needs the weights. */
function told(
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  outcome: Outcome,
  run: RunState | null,
): Stepped {
  const next = withStudy(study, tell(study.study, trial.number, outcome));
  const isBest = bestTrial(next.study)?.number === trial.number;
  const runId = next.runIds[trial.number]!;
  const clearTimer: CoordinatorEffect[] = study.isStalled
    ? [{ type: 'clear-timer', timer: 'stall', runId }]
    : [];
  const [after, effects] = saved(
    state,
    { ...next, bestRun: isBest ? run : study.bestRun, isStalled: false },
    { keysOf: [runId], weightsOf: outcome.state === 'complete' ? [] : [runId] },
  );
  return [after, [...clearTimer, ...effects]];
}

/** A trial that has begun and lost its clients is not waited for without end. */
function reviewStall(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  run: RunState,
): Stepped | null {
  const isStalled =
    run.stage.phase === 'gathering' &&
    run.committed.round >= 0 &&
    readyMembers(run).length < run.config.minimumClients;
  if (isStalled === study.isStalled) return null;
  const { runId, attempt } = run;
  const effect: CoordinatorEffect = isStalled
    ? {
        type: 'set-timer',
        timer: 'stall',
        key: { runId, round: roundNow(run), attempt },
        delayMs: config.stallMs,
      }
    : { type: 'clear-timer', timer: 'stall', runId };
  return [{ ...state, study: { ...study, isStalled } }, [effect]];
}

// The test

/**
 * The best trial's run is taken up again at its last commit: only its test is still to come. Of an imported
 * trial there is no model: it is trained again.
 */
function reviewTest(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  then: 'finished' | 'stopped',
  atMs: number,
): Stepped | null {
  const best = bestTrial(study.study);
  if (best === null || study.test?.number === best.number) return over(state, study, then, atMs);
  const runId = bestRunId(study);
  if (runId === null) return saved(state, withStudy(study, study.study, withRunId(study, best)));
  const run = [state.run, study.bestRun].find((known) => known?.runId === runId) ?? null;
  if (run === null) {
    const again = trialRun(config, state, study, best, { skipsTest: false, atMs });
    return 'problem' in again
      ? over(state, study, then, atMs)
      : takeTable(config, state, again.run, atMs);
  }
  if (run.test !== null) {
    const test = { number: best.number, result: run.test };
    return over(state, { ...study, test, bestRun: run }, then, atMs);
  }
  if (run.skipsTest && run.stage.phase === 'finished') {
    const { seats, stage } = { ...run, ...placeAfter(state.run, run.config) };
    const reopened: RunState = {
      ...run,
      skipsTest: false,
      endedAtMs: null,
      members: new Map(),
      barred: new Set(),
      keys: keysFor(run.parameters, state.heldKeys, state.server.keyEpoch),
      attempt: run.attempt + 1,
      seats,
      stage: isOver({ ...run, stage }) ? justStarted : stage,
    };
    return takeTable(config, state, reopened, atMs);
  }
  return isOver(run) ? over(state, study, then, atMs) : null;
}

function over(
  state: CoordinatorState,
  study: StudyState,
  phase: 'finished' | 'stopped',
  atMs: number,
): Stepped {
  return saved(state, { ...study, stage: { phase } satisfies StudyStage, endedAtMs: atMs });
}

/** The study as the state's, made durable; sealed bytes that nobody needs any more go. */
export function saved(
  state: CoordinatorState,
  study: StudyState,
  drops: { readonly weightsOf: readonly string[]; readonly keysOf: readonly string[] } = {
    weightsOf: [],
    keysOf: [],
  },
): Stepped {
  const ticket = state.nextTicket;
  const change = { type: 'save-study', study: persistentStudy(study), drops } as const;
  return [{ ...state, study, nextTicket: ticket + 1 }, [{ type: 'persist', ticket, change }]];
}
