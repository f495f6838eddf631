// What dashboards see of the study beside its trials.
import type { StudyView } from '../../protocol/view.ts';
import { bestTrial } from '../../tuning/study.ts';
import { isFinished, type Trial, type TrialState } from '../../tuning/trial.ts';
import { roundNow, type RunState } from '../run/run-state.ts';
import { runningTrials } from './study-state.ts';
import type { StudyState } from '../coordinator-state.ts';

/** `runs`: those at the table and beside it. */
export function studyView(state: StudyState, runs: readonly RunState[]): StudyView {
  const { studyId, base, parallelTrials, engine, runIds, stage, startedAtMs, endedAtMs } = state;
  const ownRuns = runs.filter(({ trialOf }) => trialOf?.studyId === studyId);
  const inWork = runningTrials(engine).flatMap(({ number }) => {
    const run = ownRuns.find(({ runId }) => runId === runIds[number]);
    return run === undefined ? [] : [run];
  });
  return {
    studyId,
    setup: { study: engine.config, base, parallelTrials },
    phase: stage.phase,
    counts: countStates(engine.trials),
    running: inWork.map((run) => ({
      number: run.trialOf!.number,
      runId: run.runId,
      round: roundNow(run),
    })),
    best: bestView(state),
    timeLeftMs: stage.phase === 'running' ? timeLeftMs(state, inWork) : null,
    note: state.note ?? ownRuns.find(({ note }) => note !== null)?.note ?? null,
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

function bestView({ engine, runIds, test }: StudyState): StudyView['best'] {
  const best = bestTrial(engine);
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

/**
 * Mean duration of the trials that ended, times those still to come, over those that run side by side now;
 * running ones count in part.
 */
function timeLeftMs({ engine }: StudyState, inWork: readonly RunState[]): number | null {
  const ended = engine.trials.filter(isFinished);
  const durations = ended.flatMap(({ startedAtMs, completedAtMs }) =>
    startedAtMs === null || completedAtMs === null ? [] : [completedAtMs - startedAtMs],
  );
  if (durations.length === 0) return null;
  const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
  const shareDone = inWork.reduce(
    (sum, { committed, config }) => sum + Math.max(0, committed.round) / config.rounds,
    0,
  );
  const numLeft = Math.max(engine.config.numTrials, engine.trials.length) - ended.length;
  return (Math.max(0, numLeft - shareDone) * mean) / Math.max(1, inWork.length);
}
