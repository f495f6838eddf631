// Which runs the coordinator knows: the one at the table and, beside it, those of trials that run side by side.
import { isOver, type RunState } from './run/run-state.ts';

/** Runs that clients may belong to. */
export interface Runs {
  /** The run at the table. */
  readonly run: RunState | null;
  /** Those of further trials, beside it. */
  readonly beside: readonly RunState[];
}

/** The one at the table first. */
export function runsOf({ run, beside }: Runs): readonly RunState[] {
  return run === null ? beside : [run, ...beside];
}

/** Those that go on or are paused. */
export function unfinishedRuns(state: Runs): readonly RunState[] {
  return runsOf(state).filter((run) => !isOver(run));
}

export function runOf(state: Runs, runId: string): RunState | null {
  return runsOf(state).find((run) => run.runId === runId) ?? null;
}
