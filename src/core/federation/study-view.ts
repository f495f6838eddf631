// What dashboards see of the study beside its trials.
import type { StudyView } from '../protocol/view.ts';
import { bestTrial } from '../tuning/study.ts';
import { isFinished, type Trial, type TrialState } from '../tuning/trial.ts';
import { roundNow, type RunState } from './run-state.ts';
import { runningTrial, type StudyState } from './study-state.ts';

/** `run`: the one at the table. */
export function studyView(state: StudyState, run: RunState | null): StudyView {
  const { studyId, base, parallelTrials, study, stage, startedAtMs, endedAtMs } = state;
  const trial = runningTrial(state);
  const ownRun = run?.trialOf?.studyId === studyId ? run : null;
  return {
    studyId,
    setup: { study: study.config, base, parallelTrials },
    phase: stage.phase,
    counts: countStates(study.trials),
    running:
      trial === null || ownRun === null
        ? []
        : [{ number: trial.number, runId: ownRun.runId, round: roundNow(ownRun) }],
    best: bestView(state),
    timeLeftMs: stage.phase === 'running' ? timeLeftMs(state, ownRun) : null,
    note: state.note ?? ownRun?.note ?? null,
    startedAtMs,
    endedAtMs,
  };
}

function countStates(trials: readonly Trial[]): StudyView['counts'] {
  const counts: Record<TrialState, number> = {
    waiting: 0,
    running: 0,
    complete: 0,
    pruned: 0,
    failed: 0,
  };
  for (const { state } of trials) counts[state]++;
  return counts;
}

function bestView({ study, runIds, test }: StudyState): StudyView['best'] {
  const best = bestTrial(study);
  if (best === null) return null;
  const { number, params, value } = best;
  return {
    number,
    params,
    value: value!,
    runId: runIds[number] ?? null,
    test: test?.number === number ? test.result : null,
  };
}

/** Mean duration of the trials that ended, times those still to come; the running one counts in part. */
function timeLeftMs({ study }: StudyState, run: RunState | null): number | null {
  const ended = study.trials.filter(isFinished);
  const durations = ended.flatMap(({ startedAtMs, completedAtMs }) =>
    startedAtMs === null || completedAtMs === null ? [] : [completedAtMs - startedAtMs],
  );
  if (durations.length === 0) return null;
  const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
  const shareDone = run === null ? 0 : Math.max(0, run.committed.round) / run.config.rounds;
  const numLeft = Math.max(study.config.numTrials, study.trials.length) - ended.length;
  return Math.max(0, numLeft - shareDone) * mean;
}
