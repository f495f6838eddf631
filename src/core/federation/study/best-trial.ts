// The end of a study: the best trial's model meets the test images, once no trial runs any more.
import { bestTrial } from '../../tuning/study.ts';
import type { CoordinatorConfig } from '../coordinator-types.ts';
import { keysFor } from '../run/key-making.ts';
import { isOver, justStarted, type RunState } from '../run/run-state.ts';
import { bestRunId, withStudy, saved } from './study-state.ts';
import { takeTable } from '../table.ts';
import { placeAfter, trialRun, withRunId } from './trial-run.ts';
import type { StudyStage } from '../persistence.ts';
import type { StudyState, CoordinatorState, Stepped } from '../coordinator-state.ts';

/**
 * The best trial's run is taken up again at its last commit: only its test is still to come. Of an imported
 * trial there is no model: it is trained again.
 */
export function reviewTest(
  config: CoordinatorConfig,
  state: CoordinatorState,
  study: StudyState,
  then: 'finished' | 'stopped',
  atMs: number,
): Stepped | null {
  const best = bestTrial(study.study);
  if (best === null || study.test?.number === best.number) return over(state, study, then, atMs);
  const runId = bestRunId(study);
  if (runId === null) return saved(state, withStudy(study, study.study, withRunId(study, best)));
  const run = [state.run, study.bestRun].find((known) => known?.runId === runId) ?? null;
  if (run === null) {
    const again = trialRun(config, state, study, best, { skipsTest: false, atMs });
    return 'problem' in again
      ? over(state, study, then, atMs)
      : takeTable(config, state, again.run, atMs);
  }
  if (run.test !== null) {
    const test = { number: best.number, result: run.test };
    return over(state, { ...study, test, bestRun: run }, then, atMs);
  }
  if (run.skipsTest && run.stage.phase === 'finished') {
    const { seats, stage } = { ...run, ...placeAfter(state, run.config) };
    const reopened: RunState = {
      ...run,
      skipsTest: false,
      endedAtMs: null,
      members: new Map(),
      barred: new Set(),
      keys: keysFor(run.parameters, state.heldKeys, state.server.keyEpoch),
      attempt: run.attempt + 1,
      seats,
      stage: isOver({ ...run, stage }) ? justStarted : stage,
    };
    return takeTable(config, state, reopened, atMs);
  }
  return isOver(run) ? over(state, study, then, atMs) : null;
}

function over(
  state: CoordinatorState,
  study: StudyState,
  phase: 'finished' | 'stopped',
  atMs: number,
): Stepped {
  return saved(state, { ...study, stage: { phase } satisfies StudyStage, endedAtMs: atMs });
}
