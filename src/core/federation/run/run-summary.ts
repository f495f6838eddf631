// A run in one line, as the archive lists it: of a run that the coordinator knows, and of one that
// storage holds.
import type { RunSummary } from '../../protocol/view.ts';
import { visiblePhase, type RunState } from './run-state.ts';
import type { PersistentRun } from '../persistence.ts';

export function summaryOf(run: RunState): RunSummary {
  return {
    runId: run.runId,
    config: run.config,
    phase: visiblePhase(run),
    startedAtMs: run.startedAtMs,
    endedAtMs: run.endedAtMs,
    rounds: Math.max(0, run.committed.round),
    validationAccuracy: run.history.at(-1)?.validationAccuracy ?? null,
    testAccuracy: run.test?.accuracy ?? null,
    twinOf: run.twinOf,
    trialOf: run.trialOf,
  };
}

export function summaryOfSaved(run: PersistentRun): RunSummary {
  const { runId, config, startedAtMs, endedAtMs, twinOf, trialOf } = run;
  return {
    runId,
    config,
    // Only the run at the table and those of running trials go on; another that storage calls so was cut off.
    phase: run.status === 'running' || run.status === 'paused' ? 'stopped' : run.status,
    startedAtMs,
    endedAtMs,
    rounds: Math.max(0, run.committedRound),
    validationAccuracy: run.history.at(-1)?.validationAccuracy ?? null,
    testAccuracy: run.test?.accuracy ?? null,
    twinOf,
    trialOf: trialOf ?? null,
  };
}
