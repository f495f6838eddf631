// The shell of the simulated server: runs the coordinator's effects. Sums are kept in the clear, so that an
// update added twice or to another attempt is found at once; timers fire late, and one that is just
// firing may escape being cleared.
import type {
  CoordinatorEffect,
  CoordinatorEvent,
} from '../../core/federation/coordinator-types.ts';
import { runOf, runsOf, unfinishedRuns } from '../../core/federation/runs.ts';
import { DIMENSIONS, packWeights, unpackUpdate } from './workbench.ts';
import { simulatedConfig } from './config.ts';
import { checkSeats } from './invariants.ts';
import { persist } from './storage.ts';
import { broadcastToClients, openTransport, sendToClient } from './connections.ts';
import { count, keyText, serverTask, type World } from './world.ts';
import type { CoordinatorState } from '../../core/federation/coordinator-state.ts';
import type { RoundKey } from '../../core/protocol/round-key.ts';

/** A server begins with what is durable, if anything is. */
export function startServer(world: World): void {
  world.serverConfig = simulatedConfig(world.restarts, world.nowMs);
  world.transport = openTransport(world);
  const restored = world.storage.restoreNow();
  const [state, effects] = world.coordinator.create(world.serverConfig, restored);
  world.server = state;
  if (restored.current?.run.status === 'running') count(world, 'restored in a run');
  if (unfinishedRuns(state).length > 1) count(world, 'restored in several runs');
  carryOut(world, effects);
}

export function tellServer(world: World, event: CoordinatorEvent): void {
  if (world.server === null) return;
  const before = world.server.server.rejections;
  const [next, effects] = world.coordinator.step(world.serverConfig, world.server, event);
  checkSeats(next);
  countChanges(world, world.server, next);
  world.server = next;
  for (const [code, total] of Object.entries(next.server.rejections)) {
    const earlier = before[code as keyof typeof before] ?? 0;
    for (let i = earlier; i < total; i++) count(world, `rejected ${code}`);
  }
  carryOut(world, effects);
}

function countChanges(world: World, before: CoordinatorState, after: CoordinatorState): void {
  for (const run of runsOf(after)) {
    const earlier = runOf(before, run.runId);
    if (earlier === null) continue;
    if (run.abandonedRounds > earlier.abandonedRounds) count(world, 'abandoned');
    const isCommit = run.committed.round > Math.max(0, earlier.committed.round);
    const others = unfinishedRuns(after).filter(({ runId }) => runId !== run.runId);
    if (isCommit && others.some(({ stage }) => stage.phase === 'open')) {
      count(world, 'committed while another trains');
    }
  }
}

function carryOut(world: World, effects: readonly CoordinatorEffect[]): void {
  for (const effect of effects) carryOutOne(world, effect);
}

function carryOutOne(world: World, effect: CoordinatorEffect): void {
  switch (effect.type) {
    case 'send':
      return sendToClient(world, effect.connection, effect.message);
    case 'broadcast':
      return broadcastToClients(world, effect.connections, effect.message);
    case 'answer':
    case 'answer-from-storage':
      return;
    case 'disconnect':
      world.sessions.get(effect.connection)?.close();
      world.sessions.delete(effect.connection);
      return;
    case 'open-sum':
      world.sums.set(effect.key.runId, {
        key: effect.key,
        levels: Array<number>(DIMENSIONS).fill(0),
        serials: [],
        seats: [],
      });
      return;
    case 'add-update':
      return addUpdate(world, effect);
    case 'release-sum': {
      const sum = world.sums.get(effect.key.runId)!;
      if (!sameKey(sum.key, effect.key)) throw new Error('a sum of another attempt is released');
      world.releasedSerials.set(keyText(effect.key), sum.serials);
      const bytes = packWeights(sum.levels);
      serverTask(world, world.random.below(5), () => {
        tellServer(world, {
          type: 'sum-released',
          atMs: world.nowMs,
          key: effect.key,
          sum: bytes,
          sumMs: 1,
        });
      });
      return;
    }
    case 'drop-sum':
      world.sums.delete(effect.runId);
      return;
    case 'set-timer':
      return setTimer(world, effect);
    case 'clear-timer': {
      const name = timerName(effect.timer, effect.runId, effect.clientId);
      // A timer that is just firing cannot be called back.
      if (world.random.uniform() < 0.95) world.timers.delete(name);
      return;
    }
    case 'persist':
      return persist(world, effect.ticket, effect.change);
    default:
      effect satisfies never;
  }
}

function addUpdate(world: World, effect: Extract<CoordinatorEffect, { type: 'add-update' }>): void {
  const { key, clientId, seat, payload } = effect;
  const { isValid, serial: id, levels } = unpackUpdate(payload);
  const sum = world.sums.get(key.runId);
  if (sum === undefined || !sameKey(sum.key, key)) throw new Error('added to no open sum');
  if (isValid) {
    if (sum.serials.includes(id)) throw new Error('an update was added twice');
    if (sum.seats.includes(seat)) throw new Error('two updates of one seat were added');
    sum.seats.push(seat);
    sum.serials.push(id);
    sum.levels = sum.levels.map((level, dimension) => level + levels[dimension]!);
  }
  serverTask(world, world.random.below(20), () => {
    tellServer(world, {
      type: 'update-added',
      atMs: world.nowMs,
      key,
      clientId,
      addMs: 1,
      accepted: isValid,
    });
  });
}

function setTimer(world: World, effect: Extract<CoordinatorEffect, { type: 'set-timer' }>): void {
  const { timer, key, clientId, delayMs } = effect;
  const name = timerName(timer, key.runId, clientId);
  const token = world.serial++;
  world.timers.set(name, token);
  serverTask(world, delayMs + world.random.below(20), () => {
    if (world.timers.get(name) !== token) return;
    world.timers.delete(name);
    count(world, `timer ${timer}`);
    const owner = clientId === undefined ? {} : { clientId };
    tellServer(world, { type: 'timer-fired', atMs: world.nowMs, timer, key, ...owner });
  });
}

function timerName(timer: string, runId: string, clientId?: string): string {
  return `${timer}/${runId}/${clientId ?? ''}`;
}

function sameKey(a: RoundKey, b: RoundKey): boolean {
  return keyText(a) === keyText(b);
}
