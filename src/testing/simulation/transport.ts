// A transport in one process, over whatever keeps the time: messages are late and keep the order of
// their connection, broadcasts keep none; sides die with or without a word. How often a message
// arrives is the caller's: never, once or twice.
import type { Connection, Connector, Listener, Receiver } from '../../core/protocol/connection.ts';

export interface TransportClock {
  now(): number;
  later(delayMs: number, act: () => void): void;
  /** How long the next thing takes on its way, ms. */
  delayMs(): number;
  /** How often it arrives; once if left out. */
  copies?(message: object): number;
}

export interface SimulatedConnection extends Connection {
  /** The message arrives only if it may when it does: for forgeries. */
  sendIf(message: object, mayArrive: () => boolean): void;
}

export interface SimulatedWay {
  readonly connector: Omit<Connector, 'connect'> & {
    connect(receiver: Receiver): SimulatedConnection;
  };
  /** Its holder dies; with `isNoticed` false the server never hears of it. */
  die(isNoticed?: boolean): void;
}

export interface SimulatedTransport {
  readonly listener: Listener;
  openWay(): SimulatedWay;
  listenerDies(): void;
}

/** One end of a connection; over: it says and hears nothing more. */
interface Side {
  receiver: Receiver | null;
  isOver: boolean;
}

interface Pair {
  readonly client: Side;
  readonly server: Side;
  /** What is on its way to each side, in order. */
  readonly toClient: (act: () => void) => void;
  readonly toServer: (act: () => void) => void;
}

export function createSimulatedTransport(clock: TransportClock): SimulatedTransport {
  const pairs = new Set<Pair>();
  const places = new Map<Connection, Pair>();
  let accept: Parameters<Listener['listen']>[0] | null = null;
  let backlog: (() => void)[] = [];
  let isListenerOver = false;

  const copiesOf = (message: object) => clock.copies?.(message) ?? 1;

  function inOrder(): (act: () => void) => void {
    let lastMs = 0;
    return (act) => {
      lastMs = Math.max(lastMs, clock.now() + clock.delayMs());
      clock.later(lastMs - clock.now(), act);
    };
  }

  function whenListening(act: () => void): void {
    if (accept === null) backlog.push(act);
    else act();
  }

  function deliver(side: Side, message: object): void {
    if (!side.isOver) side.receiver?.onMessage(message);
  }

  function end(side: Side): void {
    if (side.isOver) return;
    side.isOver = true;
    side.receiver?.onGone();
  }

  /** The side's own end of the connection. */
  function connectionOf(own: Side, other: Side, carry: (act: () => void) => void) {
    const sendIf = (message: object, mayArrive: () => boolean, transfer: ArrayBuffer[] = []) => {
      if (own.isOver) return;
      const sent: object = structuredClone(message, { transfer });
      for (let copy = copiesOf(message); copy > 0; copy--) {
        carry(() => {
          if (mayArrive()) deliver(other, copy > 1 ? structuredClone(sent) : sent);
        });
      }
    };
    return {
      sendIf,
      send: (message: object, handedOver: readonly ArrayBuffer[] = []) =>
        sendIf(message, () => true, [...handedOver]),
      close() {
        if (own.isOver) return;
        own.isOver = true;
        carry(() => end(other));
      },
    } satisfies SimulatedConnection;
  }

  function connect(receiver: Receiver, own: Set<Pair>): SimulatedConnection {
    const pair: Pair = {
      client: { receiver, isOver: false },
      server: { receiver: null, isOver: isListenerOver },
      toClient: inOrder(),
      toServer: inOrder(),
    };
    own.add(pair);
    const carry = (act: () => void) => pair.toServer(() => whenListening(act));
    if (isListenerOver) {
      pair.toClient(() => end(pair.client));
      return connectionOf(pair.client, pair.server, carry);
    }
    pairs.add(pair);
    carry(() => {
      if (pair.server.isOver) return;
      const connection = connectionOf(pair.server, pair.client, pair.toClient);
      places.set(connection, pair);
      pair.server.receiver = accept!(connection);
    });
    return connectionOf(pair.client, pair.server, carry);
  }

  return {
    listener: {
      listen(newAccept) {
        accept = newAccept;
        const waiting = backlog;
        backlog = [];
        for (const act of waiting) act();
      },
      broadcast(connections, message) {
        for (const connection of connections) {
          const pair = places.get(connection);
          if (pair === undefined || pair.server.isOver) continue;
          for (let copy = copiesOf(message); copy > 0; copy--) {
            const sent: object = structuredClone(message);
            clock.later(clock.delayMs(), () => deliver(pair.client, sent));
          }
        }
      },
      close() {
        isListenerOver = true;
        for (const { server, client, toClient } of pairs) {
          server.isOver = true;
          toClient(() => end(client));
        }
      },
    },
    openWay() {
      const own = new Set<Pair>();
      let isClosed = false;
      const dead: Side = { receiver: null, isOver: true };
      return {
        connector: {
          connect: (receiver) =>
            isClosed ? connectionOf(dead, dead, () => {}) : connect(receiver, own),
          close() {
            isClosed = true;
            for (const { client, server, toServer } of own) {
              if (client.isOver) continue;
              client.isOver = true;
              toServer(() => whenListening(() => end(server)));
            }
          },
        },
        die(isNoticed = true) {
          for (const { client, server } of own) {
            client.isOver = true;
            if (!isNoticed) continue;
            clock.later(clock.delayMs(), () => whenListening(() => end(server)));
          }
        },
      };
    },
    listenerDies() {
      isListenerOver = true;
      for (const { server, client } of pairs) {
        server.isOver = true;
        clock.later(clock.delayMs(), () => end(client));
      }
    },
  };
}
