// The end of a study: the best trial's model meets the test images, once no trial runs any more.
import { bestTrial } from '../../tuning/study.ts';
import { keysFor } from '../run/key-making.ts';
import { isOver, justStarted, type RunState } from '../run/run-state.ts';
import { bestRunId, saveStudy, withStudy } from './study-state.ts';
import { takeTable } from '../table.ts';
import { placeAfter, trialRun, withRunId } from './trial-run.ts';
import type { CoordinatorStep } from '../coordinator-step.ts';
import type { StudyState } from '../coordinator-state.ts';

/**
 * The best trial's run is taken up again at its last commit: only its test is still to come. Of an imported
 * trial there is no model: it is trained again. Whether something followed; not while the test goes on.
 */
export function reviewTest(
  step: CoordinatorStep,
  study: StudyState,
  then: 'finished' | 'stopped',
): boolean {
  const best = bestTrial(study.engine);
  if (best === null || study.test?.number === best.number) return conclude(step, study, then);
  const runId = bestRunId(study.engine, study.runIds);
  if (runId === null) {
    saveStudy(step, withStudy(study, study.engine, withRunId(study, best)));
    return true;
  }
  const run = [step.state.run, study.bestRun].find((known) => known?.runId === runId) ?? null;
  if (run === null) {
    const again = trialRun(step, study, best, { skipsTest: false });
    if ('problem' in again) return conclude(step, study, then);
    takeTable(step, again.run);
    return true;
  }
  if (run.test !== null) {
    const test = { number: best.number, result: run.test };
    return conclude(step, { ...study, test, bestRun: run }, then);
  }
  if (run.skipsTest && run.stage.phase === 'finished') {
    takeTable(step, reopened(step, run));
    return true;
  }
  return isOver(run) && conclude(step, study, then);
}

/** The finished run once more, for its test. */
function reopened({ state }: CoordinatorStep, run: RunState): RunState {
  const { seats, stage } = { ...run, ...placeAfter(state, run.config) };
  return {
    ...run,
    skipsTest: false,
    endedAtMs: null,
    members: new Map(),
    here: new Set(),
    barred: new Set(),
    keys: keysFor(run.parameters, state.heldKeys, state.server.keyEpoch),
    attempt: run.attempt + 1,
    seats,
    stage: isOver({ ...run, stage }) ? justStarted : stage,
  };
}

/** The study is over. */
function conclude(step: CoordinatorStep, study: StudyState, phase: 'finished' | 'stopped'): true {
  saveStudy(step, { ...study, stage: { phase }, endedAtMs: step.atMs });
  return true;
}
