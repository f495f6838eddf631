// A trial and its run: how the run is opened, in the place of the one before it, and what the study is told
// when it is over.
import { trialRunConfig } from '../../experiment/sweep.ts';
import { bestTrial, tell, type Outcome } from '../../tuning/study.ts';
import type { Trial } from '../../tuning/trial.ts';
import type { CoordinatorConfig, CoordinatorEffect } from '../coordinator-types.ts';
import type { RunConfig } from '../../experiment/run-config.ts';
import { justStarted, type RunState, type Stage } from '../run/run-state.ts';
import { withStudy, saved } from './study-state.ts';
import { newRun, placeToTake, takePlace } from '../table.ts';
import type { StudyState, CoordinatorState, Stepped } from '../coordinator-state.ts';

/** `runIds` with one for this trial. */
export function withRunId(study: StudyState, trial: Trial): StudyState['runIds'] {
  return study.study.trials.map(({ number }) =>
    number === trial.number ? trialRunId(study, trial) : (study.runIds[number] ?? null),
  );
}

function trialRunId({ studyId }: StudyState, { number }: Trial): string {
  return `${studyId.slice(0, 50)}-${number}`;
}

/** The run of a trial that was asked for: a new one, or the only one that this trial can have. */
export function openRun(
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
    : takePlace(config, state, opened.run, atMs);
}

/** A run with the trial's parameters, in the place of a run before it; or why there is none. */
export function trialRun(
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
    return { run: { ...run, ...placeAfter(state, runConfig) } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return { problem: `No encryption parameters fit this configuration: ${reason}` };
  }
}

/**
 * Trials follow each other with the clients that are there, each in its seat of the trial before: its
 * shard is loaded already. Only the first one waits for clients that are still to come.
 */
export function placeAfter(
  state: CoordinatorState,
  { clients }: RunConfig,
): { readonly seats?: RunState['seats']; readonly stage?: Stage } {
  const before = placeToTake(state);
  if (before === null || before.members.size === 0) return {};
  const stage = { ...justStarted, areSeatsReserved: false, waitsForSeats: false };
  return before.seats.length === clients ? { seats: before.seats, stage } : { stage };
}

export function endTrial(
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  run: RunState,
  atMs: number,
): Stepped {
  const outcome = outcomeOf(study, run, run.endedAtMs ?? atMs);
  return told(state, study, trial, outcome, run);
}

function outcomeOf(study: StudyState, run: RunState, atMs: number): Outcome {
  const { phase } = run.stage;
  const value = run.history.at(-1)?.validationAccuracy ?? null;
  if (phase === 'finished' && value !== null) return { atMs, state: 'complete', value };
  if (phase === 'failed') {
    return { atMs, state: 'failed', reason: run.note ?? 'The run failed.' };
  }
  if (run.isPruned) return { atMs, state: 'pruned' };
  const reason =
    study.stage.phase === 'testing' ? 'The study was stopped.' : 'The trial was stopped.';
  return { atMs, state: 'failed', reason };
}

/** `run`: the trial's, if it had one. Of a trial that is not complete nobody needs the weights. */
export function told(
  state: CoordinatorState,
  study: StudyState,
  trial: Trial,
  outcome: Outcome,
  run: RunState | null,
): Stepped {
  const next = withStudy(study, tell(study.study, trial.number, outcome));
  const isBest = bestTrial(next.study)?.number === trial.number;
  const runId = next.runIds[trial.number]!;
  const clearTimer: CoordinatorEffect[] = study.stalled.has(runId)
    ? [{ type: 'clear-timer', timer: 'stall', runId }]
    : [];
  const stalled = new Set([...study.stalled].filter((other) => other !== runId));
  const [after, effects] = saved(
    state,
    { ...next, bestRun: isBest ? run : study.bestRun, stalled },
    { keysOf: [runId], weightsOf: outcome.state === 'complete' ? [] : [runId] },
  );
  return [after, [...clearTimer, ...effects]];
}
