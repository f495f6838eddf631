// The transport between simulated clients and server: messages of a connection keep their order and are
// late; those of one that is gone are lost. What is said must fit the protocol's schemas, and a commit
// must be durable before it is announced.
import * as v from 'valibot';
import { clientMessageSchema, type ClientMessage } from '../../core/protocol/client-messages.ts';
import { serverMessageSchema, type ServerMessage } from '../../core/protocol/server-messages.ts';
import { count, later, serverTask, type SimulatedClient, type World } from './world.ts';

export function connect(world: World, client: SimulatedClient): void {
  if (world.server === null || client.connection !== null) return;
  const connection = `connection-${world.serial++}`;
  client.connection = connection;
  world.connections.set(connection, client);
  world.tellClient(client, { type: 'connected', atMs: world.nowMs });
}

export function loseConnection(world: World, client: SimulatedClient, isNoticed: boolean): void {
  const { connection } = client;
  if (connection === null) return;
  client.connection = null;
  if (isNoticed) {
    serverTask(world, world.random.below(60), () => {
      world.tellServer({ type: 'client-gone', atMs: world.nowMs, connection });
    });
  }
}

export function sendToClient(world: World, connection: string, message: ServerMessage): void {
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
  inOrder(world, `to ${connection}`, () => {
    const client = world.connections.get(connection);
    if (client === undefined || client.connection !== connection) return;
    world.tellClient(client, { type: 'server-said', atMs: world.nowMs, message });
  });
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
  deliverToServer(world, connection, message);
}

export function deliverToServer(
  world: World,
  connection: string,
  message: ClientMessage,
  isFair = () => true,
): void {
  const life = world.restarts;
  inOrder(world, `from ${connection}`, () => {
    if (life === world.restarts && world.connections.has(connection) && isFair()) {
      world.tellServer({ type: 'client-said', atMs: world.nowMs, connection, message });
    }
  });
}

function inOrder(world: World, channel: string, act: () => void): void {
  const atMs = Math.max(
    world.lastDeliveryMs.get(channel) ?? 0,
    world.nowMs + 1 + world.random.below(25),
  );
  world.lastDeliveryMs.set(channel, atMs);
  later(world, atMs - world.nowMs, act);
}
