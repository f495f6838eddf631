// The storage of the simulated server, which outlives it: saves become durable late, fail now and then,
// and every commit that becomes durable is checked against the invariants.
import { checkCommit } from './invariants.ts';
import { count, keyText, later, type World } from './world.ts';
import type { PersistentChange, RestoredRun } from '../../core/federation/persistence.ts';

/** Transactions become durable in order; the server may die before it hears of one. */
export function persist(world: World, ticket: number, change: PersistentChange): void {
  world.persistReadyMs = Math.max(world.persistReadyMs, world.nowMs) + world.random.below(15);
  const life = world.restarts;
  const fails = world.faultsLeft > 0 && world.random.uniform() < 0.004;
  later(world, world.persistReadyMs - world.nowMs, () => {
    if (life !== world.restarts) return;
    if (fails) {
      count(world, 'persist failed');
      world.tellServer({ type: 'persist-failed', atMs: world.nowMs, ticket, detail: 'quota' });
      return;
    }
    store(world, change);
    later(world, world.random.below(5), () => {
      if (life !== world.restarts) count(world, 'died between durable and announced');
      else world.tellServer({ type: 'persisted', atMs: world.nowMs, ticket });
    });
  });
}

function store(world: World, change: PersistentChange): void {
  const { storage } = world;
  if (change.type !== 'save-run') return storage.applyNow(change);
  const { runId, committedRound } = change.run;
  const earlier = storage.runNow(runId);
  storage.applyNow(change);
  if (committedRound > (earlier?.run.committedRound ?? -1)) {
    checkDurable(world, earlier, storage.runNow(runId)!);
  }
}

function checkDurable(world: World, earlier: RestoredRun | null, next: RestoredRun): void {
  const { run } = next;
  const record = run.history.at(-1)!;
  const used = world.releasedSerials.get(
    keyText({ runId: run.runId, round: record.round, attempt: record.attempts }),
  );
  checkCommit({
    earlier,
    next,
    sentUpdates: world.sentUpdates,
    serials: used ?? [],
    usedSerials: world.usedSerials,
  });
  count(world, record.round === 0 ? 'committed round 0' : 'aggregated');
  if (record.attempts > 1) count(world, 'committed after abandonment');
  const isPartial = record.numClients > 0 && record.numClients < run.config.clients;
  if (isPartial) count(world, 'partial cohort');
}
