// A study as the coordinator knows it: the engine's study (tuning/study.ts), the run that its trials vary,
// which run was which trial, and what the study is doing.
import type { TestResult, TrialView } from '../protocol/view.ts';
import { bestTrial, type Study } from '../tuning/study.ts';
import type { StudySetup } from '../tuning/study-setup.ts';
import { failReasonOf } from '../tuning/trial-export.ts';
import type { Trial } from '../tuning/trial.ts';
import type { RunConfig } from './run-config.ts';
import type { RunState } from './run-state.ts';
import { unfinishedRuns } from './runs.ts';
import type { CoordinatorState } from './table.ts';

/** `testing`: trials that still run are brought to their end, then the best model is tested. */
export type StudyStage =
  | { readonly phase: 'running' | 'paused' | 'finished' | 'stopped' }
  | { readonly phase: 'testing'; readonly then: 'finished' | 'stopped' };

/** What survives the server. */
export interface PersistentStudy {
  readonly studyId: string;
  readonly base: RunConfig;
  readonly parallelTrials: number;
  readonly study: Study;
  /** By trial: the run that it is or was; null while waiting and for imported trials. */
  readonly runIds: readonly (string | null)[];
  readonly stage: StudyStage;
  readonly test: { readonly number: number; readonly result: TestResult } | null;
  /** Why it paused, in a plain sentence, or null. */
  readonly note: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface StudyState extends PersistentStudy {
  /** The best trial's run with its sealed weights, if there is one. */
  readonly bestRun: RunState | null;
  /** Runs of trials that have too few clients, and whose timer that fails them runs. */
  readonly stalled: ReadonlySet<string>;
  /** `study.trials` as dashboards see them. */
  readonly trialViews: readonly TrialView[];
}

/** A study of which no trial has begun. */
export function newStudy(
  studyId: string,
  { base, parallelTrials }: Omit<StudySetup, 'study'>,
  study: Study,
  startedAtMs: number,
): PersistentStudy {
  return {
    studyId,
    base,
    parallelTrials,
    study,
    runIds: [],
    stage: { phase: 'running' },
    test: null,
    note: null,
    startedAtMs,
    endedAtMs: null,
  };
}

export function studyState(saved: PersistentStudy, bestRun: RunState | null): StudyState {
  const { trials } = saved.study;
  const trialViews = trials.map((trial) => trialView(trial, saved.runIds[trial.number] ?? null));
  return { ...saved, bestRun, stalled: new Set(), trialViews };
}

export function persistentStudy(state: StudyState): PersistentStudy {
  const { bestRun: _bestRun, stalled: _stalled, trialViews: _trialViews, ...saved } = state;
  return saved;
}

/** With the engine's next study; the views of unchanged trials keep their identity. */
export function withStudy(
  state: StudyState,
  study: Study,
  runIds: StudyState['runIds'] = state.runIds,
): StudyState {
  if (study === state.study && runIds === state.runIds) return state;
  const trialViews = study.trials.map((trial, number) => {
    const runId = runIds[number] ?? null;
    const earlier = state.trialViews[number];
    const isSame = state.study.trials[number] === trial && earlier?.runId === runId;
    return isSame ? earlier : trialView(trial, runId);
  });
  return { ...state, study, runIds, trialViews };
}

function trialView(trial: Trial, runId: string | null): TrialView {
  return { ...trial, runId, failReason: failReasonOf(trial) };
}

/** Goes on, or could go on at once: no other run may take the table. */
export function isActive({ stage }: StudyState): boolean {
  return stage.phase !== 'finished' && stage.phase !== 'stopped';
}

export function runningTrials({ study }: Pick<PersistentStudy, 'study'>): readonly Trial[] {
  return study.trials.filter(({ state }) => state === 'running');
}

/** The study's runs that go on or are paused. */
export function ownRuns(
  state: Pick<CoordinatorState, 'run' | 'beside'>,
  { studyId }: PersistentStudy,
): readonly RunState[] {
  return unfinishedRuns(state).filter(({ trialOf }) => trialOf?.studyId === studyId);
}

/** The run of the best trial so far, or null. */
export function bestRunId({ study, runIds }: PersistentStudy): string | null {
  const best = bestTrial(study);
  return best === null ? null : (runIds[best.number] ?? null);
}
