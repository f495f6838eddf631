// The server's conversations: reads what comes on every connection, tells the coordinator, and says what
// the coordinator wants said; dashboards that watch get views. It knows connections and the coordinator,
// so it is the same whatever carries them (a SharedWorker's ports, a broker).
import * as v from 'valibot';
import type { ConnectionId } from '../core/federation/coordinator-types.ts';
import { clientMessageSchema } from '../core/protocol/client-messages.ts';
import type { Connection, Listener } from '../core/protocol/connection.ts';
import { dashboardMessageSchema } from '../core/protocol/dashboard-messages.ts';
import { PROTOCOL_VERSION } from '../core/protocol/schema.ts';
import type { CoordinatorHost, Outlets } from './run-effects.ts';
import { createViewPublisher, type ViewPublisher } from './view-publisher.ts';

export interface SessionsEnvironment {
  readonly listener: Listener;
  readonly startCoordinator: (outlets: Outlets) => Promise<CoordinatorHost>;
  /** A name that nothing else has: for connections, and for runs that a command starts. */
  readonly freshId: () => string;
}

/** Resolves when the coordinator runs; connections that come before wait in the listener. */
export async function openSessions(environment: SessionsEnvironment): Promise<void> {
  const { listener, freshId } = environment;
  const connections = new Map<ConnectionId, Connection>();
  let publisher: ViewPublisher | null = null;

  const host = await environment.startCoordinator({
    send: (id, message, handedOver) => connections.get(id)?.send(message, handedOver),
    broadcast(ids, message) {
      const there = ids.flatMap((id) => connections.get(id) ?? []);
      listener.broadcast(there, message);
    },
    disconnect(id) {
      connections.get(id)?.close();
      forget(id);
    },
    onChange: () => publisher?.changed(),
  });
  const views = createViewPublisher(host.view);
  publisher = views;

  listener.listen((connection) => {
    const id = freshId();
    connections.set(id, connection);
    return {
      onMessage: (data) => read(id, data),
      onGone() {
        forget(id);
        host.dispatch({ type: 'client-gone', connection: id });
      },
    };
  });

  function forget(id: ConnectionId): void {
    connections.delete(id);
    publisher?.unwatch(id);
  }

  function read(id: ConnectionId, data: unknown): void {
    const fromClient = v.safeParse(clientMessageSchema, data);
    if (fromClient.success) {
      host.dispatch({ type: 'client-said', connection: id, message: fromClient.output });
      return;
    }
    const fromDashboard = v.safeParse(dashboardMessageSchema, data);
    if (fromDashboard.success) {
      const message = fromDashboard.output;
      host.dispatch({ type: 'dashboard-said', connection: id, message, freshRunId: freshId() });
      if (message.type === 'watch' && message.protocolVersion === PROTOCOL_VERSION) {
        views.watch(id, message.viewIntervalMs, (view) => connections.get(id)?.send(view));
      }
      if (message.type === 'set-view-interval') views.setInterval(id, message.viewIntervalMs);
      return;
    }
    host.dispatch({ type: 'client-spoke-nonsense', connection: id, about: typeOf(data) });
  }
}

/** What the message calls itself, if that is a name and not somebody's content. */
function typeOf(data: unknown): string | null {
  const type: unknown =
    typeof data === 'object' && data !== null && 'type' in data ? data.type : null;
  return typeof type === 'string' && /^[a-z-]{1,32}$/.test(type) ? type : null;
}
