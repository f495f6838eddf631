// A study as the coordinator knows it: the engine's study (tuning/study.ts), the run that its trials vary,
// which run was which trial, and what the study is doing.
import { readNote } from '../../protocol/notes.ts';
import type { TrialView } from '../../protocol/view.ts';
import { bestTrial, type Study } from '../../tuning/study.ts';
import type { StudySetup } from '../../experiment/study-setup.ts';
import { failReasonOf } from '../../tuning/trial-export.ts';
import type { Trial } from '../../tuning/trial.ts';
import type { RunState } from '../run/run-state.ts';
import { unfinishedRuns, type Runs } from '../runs.ts';
import type { PersistentStudy, SealedDrops } from '../persistence.ts';
import { change, persist, type CoordinatorStep } from '../coordinator-step.ts';
import type { StudyState } from '../coordinator-state.ts';

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
  const { study: engine, ...others } = saved;
  const trialViews = engine.trials.map((trial, number) =>
    trialView(trial, saved.runIds[number] ?? null),
  );
  return { ...others, engine, bestRun, stalled: new Set(), trialViews, lastSave: null };
}

function persistentStudy(state: StudyState): PersistentStudy {
  const {
    engine,
    bestRun: _bestRun,
    stalled: _stalled,
    trialViews: _trialViews,
    lastSave: _lastSave,
    ...saved
  } = state;
  return { ...saved, study: engine };
}

/** With the engine's next study; the views of unchanged trials keep their identity. */
export function withStudy(
  state: StudyState,
  engine: Study,
  runIds: StudyState['runIds'] = state.runIds,
): StudyState {
  if (engine === state.engine && runIds === state.runIds) return state;
  const trialViews = engine.trials.map((trial, number) => {
    const runId = runIds[number] ?? null;
    const earlier = state.trialViews[number];
    const isSame = state.engine.trials[number] === trial && earlier?.runId === runId;
    return isSame ? earlier : trialView(trial, runId);
  });
  return { ...state, engine, runIds, trialViews };
}

function trialView(trial: Trial, runId: string | null): TrialView {
  const reason = failReasonOf(trial);
  return { ...trial, runId, failReason: reason === null ? null : readNote(reason) };
}

/** Goes on, or could go on at once: no other run may take the table. */
export function isActive({ stage }: StudyState): boolean {
  return stage.phase !== 'finished' && stage.phase !== 'stopped';
}

export function runningTrials({ trials }: Study): readonly Trial[] {
  return trials.filter(({ state }) => state === 'running');
}

/** The study's runs that go on or are paused. */
export function ownRuns(state: Runs, { studyId }: StudyState): readonly RunState[] {
  return unfinishedRuns(state).filter(({ trialOf }) => trialOf?.studyId === studyId);
}

/** The run of the best trial so far, or null. */
export function bestRunId(engine: Study, runIds: StudyState['runIds']): string | null {
  const best = bestTrial(engine);
  return best === null ? null : (runIds[best.number] ?? null);
}

/** The study has changed, in what is known of it while the server lives. */
export function changeStudy(step: CoordinatorStep, study: StudyState): void {
  change(step, { study });
}

/** The study has changed and is made durable; `drops`: runs whose sealed bytes nobody needs any more. */
export function saveStudy(
  step: CoordinatorStep,
  study: StudyState,
  drops: SealedDrops = {
    weightsOf: [],
    keysOf: [],
  },
): void {
  const ticket = persist(step, { type: 'save-study', study: persistentStudy(study), drops });
  changeStudy(step, { ...study, lastSave: { ticket, drops } });
}

/** ms */
const SAVE_AGAIN_MS = 5000;

/** The newest save is tried again after a while: nothing else may ever happen to a study that is over. */
export function onSaveFailed(step: CoordinatorStep, ticket: number): void {
  const { study } = step.state;
  if (study === null || study.lastSave?.ticket !== ticket) return;
  const key = { runId: study.studyId, round: 0, attempt: 0 };
  step.effects.push({ type: 'set-timer', timer: 'save', key, delayMs: SAVE_AGAIN_MS });
}

export function onSaveTimer(step: CoordinatorStep, studyId: string): void {
  const { study } = step.state;
  if (study?.studyId === studyId && study.lastSave !== null)
    saveStudy(step, study, study.lastSave.drops);
}
