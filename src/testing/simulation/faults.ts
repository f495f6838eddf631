// What goes wrong: clients and the server die and come back, connections break, answers are lost,
// repeated, spoiled, corrupted or forged, devices hang. Every fault is drawn from the world's generator;
// the coverage counts them where they bite.
import type { RoundKey } from '../../core/protocol/round-key.ts';
import type { ClientMessage } from '../../core/protocol/client-messages.ts';
import { createClient } from '../../core/federation/client/client-machine.ts';
import { visiblePhase } from '../../core/federation/run/run-state.ts';
import { runOf, unfinishedRuns } from '../../core/federation/runs.ts';
import { pauseForAWhile, stopTrial } from './dashboard.ts';
import { startServer } from './server-shell.ts';
import { connect, loseConnection } from './connections.ts';
import { count, later, type SimulatedClient, type World } from './world.ts';

/** One fault, while the plan has some left. */
export function injectFault(world: World): void {
  world.faultsLeft--;
  const client = anyClient(world);
  const kind = world.random.below(100);
  if (kind < 22) killClient(world, client, true);
  else if (kind < 26) killClient(world, client, false);
  else if (kind < 36) {
    count(world, 'reconnected');
    const isNoticed = world.random.uniform() < 0.5;
    loseConnection(client, isNoticed);
    world.tellClient(client, { type: 'disconnected', atMs: world.nowMs });
    later(world, world.random.below(300), () => connect(world, client));
  } else if (kind < 43) killServer(world);
  else if (kind < 49) client.isHung = true;
  else if (kind < 53) client.losesNext = true;
  else if (kind < 60) client.corruptsNext = true;
  else if (kind < 66) client.spoilsNext = true;
  else if (kind < 69) pauseForAWhile(world);
  else if (kind < 70 && world.plan.study !== undefined) stopTrial(world);
  else if (kind < 71) client.connection?.send({ type: 'nonsense' });
  else {
    for (let i = 0; i < 4; i++) forge(world, anyClient(world));
    for (let i = 0; i < 4; i++) repeat(world, anyClient(world));
  }
}

function anyClient({ clients, random }: World): SimulatedClient {
  return clients[random.below(clients.length)]!;
}

function killClient(world: World, client: SimulatedClient, isNoticed: boolean): void {
  count(world, `client died ${workOf(client)}`);
  client.life++;
  client.freeAtMs = world.nowMs;
  client.bench = null;
  client.state = createClient({ clientId: client.clientId, name: '' })[0];
  loseConnection(client, isNoticed);
  later(world, 100 + world.random.below(4000), () => connect(world, client));
}

function workOf({ state }: SimulatedClient): string {
  if (state.place === null) return 'unplaced';
  return state.place.preparing === null ? state.place.work.phase : 'preparing';
}

function killServer(world: World): void {
  if (world.server === null) return;
  const { run } = world.server;
  count(world, `server died ${run === null ? 'idle' : visiblePhase(run)}`);
  if (unfinishedRuns(world.server).length > 1) count(world, 'server died in several runs');
  world.server = null;
  world.restarts++;
  world.sums.clear();
  world.timers.clear();
  world.sessions.clear();
  world.transport?.listenerDies();
  world.transport = null;
  later(world, 50, () => startServer(world));
}

/** The transport delivers a message a second time. */
function repeat(world: World, { connection, recent }: SimulatedClient): void {
  if (connection === null || recent.length === 0) return;
  const message = recent[world.random.below(recent.length)]!;
  count(world, 'repeated message');
  connection.send(message);
}

/** What an adversarial or confused peer says on a client's connection. */
function forge(world: World, client: SimulatedClient): void {
  const sources =
    world.random.uniform() < 0.5 ? world.replayable : world.clients.flatMap(({ recent }) => recent);
  if (client.connection === null || sources.length === 0) return;
  const message = sources[world.random.below(sources.length)]!;
  const kind = world.random.below(5);
  const forged = forgery(world, kind, message);
  if (forged.type === 'join' || forged.type === 'leave' || forged.type === 'failed') return;
  // A replayed answer of its own is the client's own claim; one of another client is a forgery.
  if (forged.type === 'prepared' || forged.type === 'keys' || forged.type === 'deposit') return;
  if (forged.type === 'evaluated' && isPlausibleResult(client, forged)) return;
  count(world, 'forged message');
  client.connection.sendIf(forged, () => kind === 0 || !isLie(world, forged));
}

function forgery(world: World, kind: number, message: ClientMessage): ClientMessage {
  if (!('round' in message)) return message;
  if (kind === 1) return { ...message, round: message.round + 1 + world.random.below(3) };
  if (kind === 2) return { ...message, runId: 'another-run' };
  if (kind === 3 && 'attempt' in message) return { ...message, attempt: message.attempt + 1 };
  if (kind === 4 && message.type === 'update') {
    return { ...message, keyEpoch: message.keyEpoch + 1 };
  }
  return message;
}

/** Nobody can tell an old update under the present number from a new one: a client may lie so. */
function isLie(world: World, forged: ClientMessage): boolean {
  if (forged.type !== 'update' || world.server === null) return false;
  const run = runOf(world.server, forged.runId);
  if (run === null) return false;
  return forged.round === run.committed.round + 1 && forged.attempt === run.attempt;
}

/** A forged result that the client itself could be about to send would be a lie, not a stray. */
function isPlausibleResult(client: SimulatedClient, message: RoundKey): boolean {
  const { place } = client.state;
  return (
    place !== null && message.runId === place.runId && message.round > place.committedRound - 1
  );
}
