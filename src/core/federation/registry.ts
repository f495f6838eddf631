// Who is there: connections and the clients behind them, in the order in which they joined. It knows
// nothing of runs; a run is told which clients are present and seats them itself.
import type { ConnectionId } from './coordinator-types.ts';
import { withEntry, withoutEntry } from './persistent-map.ts';

export interface RegisteredClient {
  readonly clientId: string;
  readonly name: string;
  readonly connection: ConnectionId;
}

export interface Registry {
  /** By clientId. */
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  readonly clientIds: ReadonlyMap<ConnectionId, string>;
}

export const emptyRegistry: Registry = { clients: new Map(), clientIds: new Map() };

export function clientOf(registry: Registry, connection: ConnectionId): RegisteredClient | null {
  const clientId = registry.clientIds.get(connection);
  return clientId === undefined ? null : (registry.clients.get(clientId) ?? null);
}

export function withClient(registry: Registry, client: RegisteredClient): Registry {
  const earlier = registry.clients.get(client.clientId);
  const clientIds =
    earlier === undefined
      ? registry.clientIds
      : withoutEntry(registry.clientIds, earlier.connection);
  return {
    clients: withEntry(withoutEntry(registry.clients, client.clientId), client.clientId, client),
    clientIds: withEntry(clientIds, client.connection, client.clientId),
  };
}

export function withoutClient(registry: Registry, client: RegisteredClient): Registry {
  return {
    clients: withoutEntry(registry.clients, client.clientId),
    clientIds: withoutEntry(registry.clientIds, client.connection),
  };
}
