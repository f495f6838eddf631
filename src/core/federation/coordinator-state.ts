// The whole state of the coordinator: what is at the table and beside it, who is there, the archive
// and the study.
import type { RunSummary, ServerSees, ServerSlice, TrialView } from '../protocol/view.ts';
import type { RunState } from './run/run-state.ts';
import type { PersistentStudy, SealedDrops } from './persistence.ts';
import type { Study } from '../tuning/study.ts';
import type { CoordinatorEffect } from './coordinator-types.ts';
import type { HeldKeys } from './run/key-making.ts';
import type { Registry } from './registry.ts';
import type { Attendance } from './attendance.ts';

export interface StudyState extends Omit<PersistentStudy, 'study'> {
  /** Trials, sampler and pruner (core/tuning); storage calls it `study`. */
  readonly engine: Study;
  /** The best trial's run with its sealed weights, if there is one. */
  readonly bestRun: RunState | null;
  /** Runs of trials that have too few clients, and whose timer that fails them runs. */
  readonly stalled: ReadonlySet<string>;
  /** `engine.trials` as dashboards see them. */
  readonly trialViews: readonly TrialView[];
  /** The newest save, should it fail; null before the first of this server. */
  readonly lastSave: { readonly ticket: number; readonly drops: SealedDrops } | null;
}

export interface CoordinatorState {
  readonly registry: Registry;
  readonly attendance: Attendance;
  /** The run at the table: going on, or the last one. */
  readonly run: RunState | null;
  /** Runs of further trials of the study, side by side with `run` on clients of their own. */
  readonly beside: readonly RunState[];
  /** While `run` is a twin: the run that it repeats. Afterwards: the twin of `run`. */
  readonly pair: RunState | null;
  readonly archive: readonly RunSummary[];
  /** The study at the table: going on, or the last one. */
  readonly study: StudyState | null;
  readonly heldKeys: HeldKeys | null;
  readonly nextTicket: number;
  readonly server: ServerSlice;
  readonly sees: ServerSees;
}

export type Stepped = [CoordinatorState, CoordinatorEffect[]];
