// Somebody at the page of the simulated federation: starts the planned run or study, pauses a run, stops
// a trial, and continues what is paused.
import { runsOf } from '../../core/federation/runs.ts';
import { runningTrials } from '../../core/federation/study/study-state.ts';
import type { DashboardMessage } from '../../core/protocol/dashboard-messages.ts';
import { count, later, type World } from './world.ts';

function command(world: World, message: DashboardMessage): void {
  const freshRunId = `run-${world.plan.seed}`;
  world.tellServer({
    type: 'dashboard-said',
    atMs: world.nowMs,
    connection: 'page',
    message,
    freshRunId,
  });
}

export function stopTrial(world: World): void {
  const study = world.server?.study;
  if (study === null || study === undefined) return;
  const numbers = runningTrials(study.engine).map(({ number }) => number);
  const number = numbers[world.random.below(numbers.length || 1)];
  if (number === undefined) return;
  count(world, 'trial stopped');
  command(world, { type: 'stop-trial', requestId: 3, studyId: study.studyId, number });
}

export function pauseForAWhile(world: World): void {
  if (world.server === null) return;
  const runs = runsOf(world.server);
  const runId = runs[world.random.below(runs.length || 1)]?.runId;
  if (runId === undefined) return;
  count(world, 'paused');
  command(world, { type: 'pause-run', requestId: 1, runId });
}

/** Somebody looks at the page now and then and continues what is paused. */
export function continueIfPaused(world: World): void {
  const run = world.server?.run;
  if (run?.stage.phase === 'paused') {
    command(world, { type: 'continue-run', requestId: 2, runId: run.runId });
  }
  const study = world.server?.study;
  if (study?.stage.phase === 'paused') {
    const { studyId } = study;
    command(world, { type: 'continue-study', requestId: 4, studyId, numTrials: null });
  }
  later(world, 1500, () => continueIfPaused(world));
}

/** Gives the plan's command, and again when the server died before its first save was durable. */
export function startWhatIsPlanned(world: World): void {
  const { plan, server } = world;
  const isDurable =
    plan.study === undefined
      ? world.storage.runsNow().length > 0
      : world.storage.studyNow() !== null;
  if (isDurable) return;
  if (server !== null && server.run === null && server.study === null) {
    world.hasStarted = true;
    const { runConfig } = world;
    if (plan.study === undefined) {
      const { withTwin } = plan;
      command(world, { type: 'start-run', requestId: 0, config: runConfig, withTwin });
    } else {
      const { study, parallelTrials = 1 } = plan;
      const setup = { study, base: runConfig, parallelTrials };
      command(world, { type: 'start-study', requestId: 0, setup });
    }
  }
  later(world, 400, () => startWhatIsPlanned(world));
}
