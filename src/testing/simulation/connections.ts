// Who is connected with whom in the simulated federation. What is said must fit the protocol's schemas,
// and a commit must be durable before it is announced. The sum and the orders to apply it are lost and
// doubled while there are faults left; everything else arrives once, or its connection is lost.
import * as v from 'valibot';
import { clientMessageSchema, type ClientMessage } from '../../core/protocol/client-messages.ts';
import { serverMessageSchema, type ServerMessage } from '../../core/protocol/server-messages.ts';
import { createSimulatedTransport, type SimulatedTransport } from './transport.ts';
import { count, later, type SimulatedClient, type World } from './world.ts';

const LOST = 0.02;
const DOUBLED = 0.04;

/** A fresh transport for a server that starts; connections are told to its coordinator. */
export function openTransport(world: World): SimulatedTransport {
  const transport = createSimulatedTransport({
    now: () => world.nowMs,
    later: (delayMs, act) => later(world, delayMs, act),
    delayMs: () => 1 + world.random.below(25),
    copies: (message) => copiesOf(world, message as ClientMessage | ServerMessage),
  });
  transport.listener.listen((connection) => {
    const id = `connection-${world.serial++}`;
    world.sessions.set(id, connection);
    return {
      onMessage(data) {
        const message = v.safeParse(clientMessageSchema, data);
        world.tellServer(
          message.success
            ? { type: 'client-said', atMs: world.nowMs, connection: id, message: message.output }
            : { type: 'client-spoke-nonsense', atMs: world.nowMs, connection: id, about: null },
        );
      },
      onGone() {
        world.sessions.delete(id);
        world.tellServer({ type: 'client-gone', atMs: world.nowMs, connection: id });
      },
    };
  });
  return transport;
}

function copiesOf(world: World, { type }: ClientMessage | ServerMessage): number {
  if (world.faultsLeft === 0 || (type !== 'sum' && type !== 'apply')) return 1;
  const chance = world.random.uniform();
  if (chance >= LOST + DOUBLED) return 1;
  count(world, `${chance < LOST ? 'lost' : 'doubled'} ${type}`);
  return chance < LOST ? 0 : 2;
}

/** Waits for a server if there is none. */
export function connect(world: World, client: SimulatedClient): void {
  if (client.connection !== null) return;
  if (world.server === null || world.transport === null) {
    return later(world, 50, () => connect(world, client));
  }
  const way = world.transport.openWay();
  client.way = way;
  client.connection = way.connector.connect({
    onMessage(data) {
      const message = v.parse(serverMessageSchema, data);
      world.tellClient(client, { type: 'server-said', atMs: world.nowMs, message });
    },
    onGone() {
      client.way = null;
      client.connection = null;
      world.tellClient(client, { type: 'disconnected', atMs: world.nowMs });
      later(world, 50 + world.random.below(200), () => connect(world, client));
    },
  });
  world.tellClient(client, { type: 'connected', atMs: world.nowMs });
}

/** The client's end is lost with what it was; `isNoticed`: the server hears of it. */
export function loseConnection(client: SimulatedClient, isNoticed: boolean): void {
  client.way?.die(isNoticed);
  client.way = null;
  client.connection = null;
}

/** Throws when it is a commit that is not durable. */
function checkSaid(world: World, message: ServerMessage): void {
  v.parse(serverMessageSchema, message);
  if (message.type === 'commit') {
    const saved = world.storage.runNow(message.runId);
    if (saved === null || saved.run.committedRound < message.round) {
      throw new Error(`round ${message.round} was announced before it was durable`);
    }
  }
  if (message.type === 'resync' || message.type === 'evaluate' || message.type === 'deposit') {
    count(world, `said ${message.type}`);
  }
}

export function sendToClient(world: World, id: string, message: ServerMessage): void {
  checkSaid(world, message);
  world.sessions.get(id)?.send(message);
}

export function broadcastToClients(
  world: World,
  ids: readonly string[],
  message: ServerMessage,
): void {
  checkSaid(world, message);
  const there = ids.flatMap((id) => world.sessions.get(id) ?? []);
  world.transport!.listener.broadcast(there, message);
}

export function sendToServer(world: World, client: SimulatedClient, message: ClientMessage): void {
  v.parse(clientMessageSchema, message);
  const { connection } = client;
  if (connection === null) return;
  if (world.replayable.length < 400) world.replayable.push(message);
  else world.replayable[world.random.below(400)] = message;
  // A connection on which even `join` is lost was never made; of lost progress nothing can follow.
  if (client.losesNext && message.type !== 'join' && message.type !== 'progress') {
    client.losesNext = false;
    count(world, `lost ${message.type}`);
    return;
  }
  client.recent = [...client.recent.slice(-4), message];
  connection.send(message);
}
