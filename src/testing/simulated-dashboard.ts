// Somebody at the page of the simulated federation: starts the planned run or study, pauses a run, stops
// a trial, and continues what is paused.
import type { DashboardMessage } from '../core/protocol/dashboard-messages.ts';
import { count, later, type World } from './simulated-world.ts';

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
  const number = study?.study.trials.find(({ state }) => state === 'running')?.number;
  if (study === null || study === undefined || number === undefined) return;
  count(world, 'trial stopped');
  command(world, { type: 'stop-trial', requestId: 3, studyId: study.studyId, number });
}

export function pauseForAWhile(world: World): void {
  const runId = world.server?.run?.runId;
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
  const isDurable = plan.study === undefined ? world.storage.size > 0 : world.storedStudy !== null;
  if (isDurable) return;
  if (server !== null && server.run === null && server.study === null) {
    world.hasStarted = true;
    const { runConfig } = world;
    if (plan.study === undefined) {
      const { withTwin } = plan;
      command(world, { type: 'start-run', requestId: 0, config: runConfig, withTwin });
    } else {
      const setup = { study: plan.study, base: runConfig, parallelTrials: 1 };
      command(world, { type: 'start-study', requestId: 0, setup });
    }
  }
  later(world, 400, () => startWhatIsPlanned(world));
}
