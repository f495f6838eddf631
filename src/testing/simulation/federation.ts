// A federation in one process: the real coordinator and real client machines, with shells, transport
// and storage simulated as a discrete-event system under one seeded generator. Messages of a
// connection keep their order; everything else may be late, lost, repeated or forged, clients and
// the server die in any phase and come back, timers fire late. After every commit the invariants of
// a federation are checked against formulas that share nothing with the coordinator.
import { createCoordinator, stepCoordinator } from '../../core/federation/coordinator.ts';
import { visiblePhase, type RunState } from '../../core/federation/run/run-state.ts';
import { runsOf } from '../../core/federation/runs.ts';
import { isActive } from '../../core/federation/study/study-state.ts';
import { tellClient } from './client-shell.ts';
import { continueIfPaused, startWhatIsPlanned } from './dashboard.ts';
import { injectFault } from './faults.ts';
import { startServer, tellServer } from './server-shell.ts';
import { connect } from './connections.ts';
import {
  count,
  createWorld,
  later,
  passOn,
  type Coordinator,
  type Coverage,
  type SimulationPlan,
  type World,
} from './world.ts';
import type { RestoredRun, PersistentStudy } from '../../core/federation/persistence.ts';

const MOST_EVENTS = 60000;

/** What is durable at the end. */
export interface SimulatedEnd {
  readonly runs: ReadonlyMap<string, RestoredRun>;
  readonly study: PersistentStudy | null;
}

/**
 * Runs a plan to the end of its run (and its twin) or study. Throws on a broken invariant or a run that
 * hangs.
 */
export function simulate(
  plan: SimulationPlan,
  coverage: Coverage,
  coordinator: Coordinator = { create: createCoordinator, step: stepCoordinator },
): SimulatedEnd {
  const world = createWorld(plan, coverage, coordinator, tellServer, tellClient);
  const { random } = world;
  startServer(world);
  for (const client of world.clients) later(world, random.below(150), () => connect(world, client));
  later(world, 100, () => startWhatIsPlanned(world));
  later(world, 1500, () => continueIfPaused(world));

  const isOver = plan.study === undefined ? isRunDone : isStudyDone;
  for (let numEvents = 0; !isOver(world); numEvents++) {
    if (numEvents > MOST_EVENTS) throw new Error(`the run hangs: ${describe(world)}`);
    passOn(world);
    if (world.faultsLeft > 0 && world.hasStarted && random.uniform() < plan.faultRate) {
      injectFault(world);
    }
  }
  const { run, pair } = world.server!;
  count(world, `run ${visiblePhase(run!)}`);
  if (pair !== null) count(world, 'finished with twin');
  const { storage } = world;
  const runs = new Map(storage.runsNow().map((stored) => [stored.run.runId, stored]));
  return { runs, study: storage.studyNow() };
}

function isStudyDone({ server, storage }: World): boolean {
  const study = server?.study;
  if (study === null || study === undefined || isActive(study)) return false;
  return storage.studyNow()?.stage.phase === study.stage.phase;
}

function isRunDone({ server, hasStarted, storage }: World): boolean {
  const run = server?.run;
  if (!hasStarted || run === null || run === undefined || run.twinOf !== null) return false;
  const { phase } = run.stage;
  const isOver = phase === 'failed' || (phase === 'finished' && !run.withTwin);
  return isOver && storage.runsNow().length > 0;
}

function describe({ server }: World): string {
  return server === null ? 'no server' : runsOf(server).map(describeRun).join('; ');
}

function describeRun({ runId, stage, committed, members, note }: RunState): string {
  const seated = [...members.values()].map(
    ({ clientId, shown, holds }) => `${clientId} ${shown.standing} ${holds}`,
  );
  return `${runId} ${stage.phase} round ${committed.round} (${seated.join(', ')}) ${JSON.stringify(note)}`;
}
