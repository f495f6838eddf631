// A trial and its run: how the run is opened, in the place of the one before it, and what the study is told
// when it is over.
import { trialRunConfig } from '../../experiment/sweep.ts';
import { writeNote, type Note, type StoredNote } from '../../protocol/notes.ts';
import { bestTrial, tell, type Outcome } from '../../tuning/study.ts';
import type { Trial } from '../../tuning/trial.ts';
import type { CoordinatorStep } from '../coordinator-step.ts';
import type { RunConfig } from '../../experiment/run-config.ts';
import { justStarted, type RunState, type Stage } from '../run/run-state.ts';
import { saveStudy, withStudy } from './study-state.ts';
import { newRun, placeToTake, takePlace } from '../table.ts';
import type { CoordinatorState, StudyState } from '../coordinator-state.ts';

/** `runIds` with one for this trial. */
export function withRunId(study: StudyState, trial: Trial): StudyState['runIds'] {
  return study.engine.trials.map(({ number }) =>
    number === trial.number ? trialRunId(study, trial) : (study.runIds[number] ?? null),
  );
}

function trialRunId({ studyId }: StudyState, { number }: Trial): string {
  return `${studyId.slice(0, 50)}-${number}`;
}

/** The run of a trial that was asked for: a new one, or the only one that this trial can have. */
export function openRun(step: CoordinatorStep, study: StudyState, trial: Trial): void {
  const { atMs } = step;
  const isStopped = study.stage.phase === 'testing';
  const opened = isStopped
    ? ({ problem: { code: 'study-stopped' } } as const)
    : trialRun(step, study, trial, { skipsTest: true });
  if ('problem' in opened) {
    const reason = writeNote(opened.problem);
    return tellStudy(step, study, trial, { atMs, state: 'failed', reason }, study.bestRun);
  }
  takePlace(step, opened.run);
}

/** A run with the trial's parameters, in the place of a run before it; or why there is none. */
export function trialRun(
  step: CoordinatorStep,
  { studyId, base, runIds }: StudyState,
  { number, params }: Trial,
  { skipsTest }: { readonly skipsTest: boolean },
): { readonly run: RunState } | { readonly problem: Note } {
  const runConfig = trialRunConfig(base, params);
  if (runConfig === null) return { problem: { code: 'impossible-parameters' } };
  try {
    const run = newRun(step, {
      runId: runIds[number]!,
      config: runConfig,
      withTwin: false,
      twinOf: null,
      trialOf: { studyId, number },
      skipsTest,
    });
    return { run: { ...run, ...placeAfter(step.state, runConfig) } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { problem: { code: 'no-encryption', detail } };
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
  step: CoordinatorStep,
  study: StudyState,
  trial: Trial,
  run: RunState,
): void {
  tellStudy(step, study, trial, outcomeOf(study, run, run.endedAtMs ?? step.atMs), run);
}

function outcomeOf(study: StudyState, run: RunState, atMs: number): Outcome {
  const { phase } = run.stage;
  const value = run.history.at(-1)?.validationAccuracy ?? null;
  if (phase === 'finished' && value !== null) return { atMs, state: 'complete', value };
  if (run.isPruned) return { atMs, state: 'pruned' };
  const note: StoredNote =
    phase === 'failed'
      ? (run.note ?? { code: 'run-failed' })
      : { code: study.stage.phase === 'testing' ? 'study-stopped' : 'trial-stopped' };
  return { atMs, state: 'failed', reason: writeNote(note) };
}

/** `run`: the trial's, if it had one. Of a trial that is not complete nobody needs the weights. */
export function tellStudy(
  step: CoordinatorStep,
  study: StudyState,
  trial: Trial,
  outcome: Outcome,
  run: RunState | null,
): void {
  const next = withStudy(study, tell(study.engine, trial.number, outcome));
  const isBest = bestTrial(next.engine)?.number === trial.number;
  const runId = next.runIds[trial.number]!;
  if (study.stalled.has(runId)) step.effects.push({ type: 'clear-timer', timer: 'stall', runId });
  const stalled = new Set([...study.stalled].filter((other) => other !== runId));
  saveStudy(
    step,
    { ...next, bestRun: isBest ? run : study.bestRun, stalled },
    { keysOf: [runId], weightsOf: outcome.state === 'complete' ? [] : [runId] },
  );
}
