// Connections over endpoints of one browser: the connecting side (a page, a client's worker) has one
// endpoint with a channel a connection, the listening side (the server) has many endpoints.
// A side that dies takes all its channels with it; a closed channel takes no other.
import type { Connection, Connector, Listener, Receiver } from '../core/protocol/connection.ts';
import { openLine, type Endpoint, type Line } from './line.ts';
import { holdPresence, type Presence } from './presence.ts';

/** `presence` is this side's sign of life on this endpoint; it is released with the endpoint. */
export function createConnector(
  endpoint: Endpoint,
  presence: Presence = holdPresence(),
): Connector {
  const receivers = new Map<number, Receiver>();
  let nextChannel = 0;
  let state: 'open' | 'closed' | 'lost' = 'open';

  function lose(channel: number): void {
    const receiver = receivers.get(channel);
    receivers.delete(channel);
    receiver?.onGone();
  }

  const line = openLine(endpoint, presence, {
    onFrame(frame) {
      if (frame.frame === 'close') return lose(frame.channel);
      if (frame.frame !== 'to') return;
      for (const channel of frame.channels) receivers.get(channel)?.onMessage(frame.message);
    },
    onEnd() {
      state = 'lost';
      presence.release();
      for (const channel of [...receivers.keys()]) lose(channel);
    },
  });

  return {
    connect(receiver) {
      const channel = nextChannel++;
      if (state !== 'closed') receivers.set(channel, receiver);
      if (state === 'lost') queueMicrotask(() => lose(channel));
      line.post({ frame: 'open', channel });
      return {
        send(message, handedOver) {
          if (!receivers.has(channel)) return;
          line.post({ frame: 'to', channels: [channel], message }, handedOver);
        },
        close() {
          if (receivers.delete(channel)) line.post({ frame: 'close', channel });
        },
      };
    },
    close() {
      if (state !== 'open') return;
      state = 'closed';
      receivers.clear();
      line.close();
      presence.release();
    },
  };
}

export interface EndpointListener extends Listener {
  /** Another endpoint whose other end is in somebody's hands. */
  take(endpoint: Endpoint): void;
}

/** `presence` is this side's sign of life on all its endpoints. */
export function createEndpointListener(presence: Presence = holdPresence()): EndpointListener {
  type Accept = Parameters<Listener['listen']>[0];
  let accept: Accept | null = null;
  /** What happened before `listen`. */
  let backlog: (() => void)[] = [];
  let isClosed = false;
  const lines = new Set<Line>();
  /** Where the open connections are. */
  const places = new Map<Connection, { readonly line: Line; readonly channel: number }>();

  function whenListening(act: () => void): void {
    if (accept === null) backlog.push(act);
    else act();
  }

  function open(line: Line, channel: number, channels: Map<number, [Connection, Receiver]>): void {
    if (channels.has(channel)) return;
    const connection: Connection = {
      send(message, handedOver) {
        if (!places.has(connection)) return;
        line.post({ frame: 'to', channels: [channel], message }, handedOver);
      },
      close() {
        if (!places.delete(connection)) return;
        channels.delete(channel);
        line.post({ frame: 'close', channel });
      },
    };
    places.set(connection, { line, channel });
    const receiver = accept!(connection);
    if (places.has(connection)) channels.set(channel, [connection, receiver]);
  }

  function lose(channel: number, channels: Map<number, [Connection, Receiver]>): void {
    const [connection, receiver] = channels.get(channel) ?? [];
    if (connection === undefined) return;
    channels.delete(channel);
    places.delete(connection);
    receiver?.onGone();
  }

  return {
    listen(newAccept) {
      accept = newAccept;
      const waiting = backlog;
      backlog = [];
      for (const act of waiting) act();
    },
    take(endpoint) {
      const channels = new Map<number, [Connection, Receiver]>();
      const line = openLine(endpoint, presence, {
        onFrame: (frame) =>
          whenListening(() => {
            if (isClosed) return;
            if (frame.frame === 'open') return open(line, frame.channel, channels);
            if (frame.frame === 'close') return lose(frame.channel, channels);
            for (const channel of frame.channels) {
              channels.get(channel)?.[1].onMessage(frame.message);
            }
          }),
        onEnd: () =>
          whenListening(() => {
            lines.delete(line);
            for (const channel of [...channels.keys()]) lose(channel, channels);
          }),
      });
      if (isClosed) line.close();
      else lines.add(line);
    },
    broadcast(connections, message) {
      const channelsOf = new Map<Line, number[]>();
      for (const connection of connections) {
        const place = places.get(connection);
        if (place === undefined) continue;
        const channels = channelsOf.get(place.line);
        if (channels === undefined) channelsOf.set(place.line, [place.channel]);
        else channels.push(place.channel);
      }
      for (const [line, channels] of channelsOf) line.post({ frame: 'to', channels, message });
    },
    close() {
      isClosed = true;
      places.clear();
      for (const line of lines) line.close();
      lines.clear();
      presence.release();
    },
  };
}
