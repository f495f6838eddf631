// A server as it runs (server/run-effects.ts), with tiny clients around it: everything of the product but
// the transport, which here is a structured clone that arrives a moment later, and the dashboards' views.
import type { ClientScheme, SchemeParameters } from '../../core/encryption/scheme.ts';
import { chooseParameters } from '../../core/encryption/parameters.ts';
import { createPlaintextScheme } from '../../core/encryption/plaintext-scheme.ts';
import type { CoordinatorConfig } from '../../core/federation/coordinator-types.ts';
import type {
  DashboardMessage,
  ServerToDashboard,
} from '../../core/protocol/dashboard-messages.ts';
import type { ServerMessage } from '../../core/protocol/server-messages.ts';
import { startCoordinator, type CoordinatorHost } from '../../server/run-effects.ts';
import type { Storage } from '../../server/storage.ts';
import { DIMENSIONS } from '../simulation/workbench.ts';
import { createTinyClient, type TinyClient } from './tiny-client.ts';

type Answer = Extract<ServerToDashboard, { type: 'answer' }>;
type Command = DashboardMessage extends infer Message
  ? Message extends unknown
    ? Omit<Message, 'requestId'>
    : never
  : never;

export interface TableOptions {
  readonly storage: Storage;
  readonly serverId?: string;
  readonly schemeOf?: (parameters: SchemeParameters) => ClientScheme;
  /** Sees everything that the server sends, in order and before it arrives; the page is `page`. */
  readonly onSend?: (connection: string, message: ServerMessage | Answer) => void;
  readonly onDisconnect?: (connection: string) => void;
}

/** One value a slot where there are slots: as many levels as fit, so that sums are nearly exact. */
const tinyParameters: CoordinatorConfig['chooseParameters'] = (name, _numParameters, most) =>
  chooseParameters(name, DIMENSIONS, most, name === 'plaintext' ? undefined : 1);

export async function serveTable(options: TableOptions) {
  const { storage, schemeOf = createPlaintextScheme } = options;
  const clients = new Map<string, TinyClient>();
  const answers = new Map<number, (answer: Answer['outcome']) => void>();
  const changed = new Set<() => void>();
  let numConnections = 0;
  let numRequests = 0;

  const environment = {
    config: {
      serverId: options.serverId ?? 'server',
      startedAtMs: Date.now(),
      gatherMs: 300,
      prepareMs: 1000,
      keysMs: 1000,
      stallMs: 1000,
      chooseParameters: tinyParameters,
    },
    storage,
    send(connection: string, message: object, handedOver: ArrayBuffer[] = []) {
      const received = structuredClone(message, { transfer: handedOver }) as ServerMessage | Answer;
      options.onSend?.(connection, received);
      if (received.type === 'answer') return answers.get(received.requestId)?.(received.outcome);
      queueMicrotask(() => clients.get(connection)?.hear(received));
    },
    disconnect(connection: string) {
      options.onDisconnect?.(connection);
      clients.delete(connection);
    },
    broadcast(connections: readonly string[], message: object) {
      for (const connection of connections) this.send(connection, message);
    },
    onChange: () => changed.forEach((look) => look()),
  };
  const host: CoordinatorHost = await startCoordinator(environment);

  /** Resolves when the view satisfies `isReached`. */
  function reached(isReached: (view: ReturnType<typeof host.view>) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isReached(host.view())) return;
        changed.delete(look);
        resolve();
      };
      changed.add(look);
      look();
    });
  }

  return {
    host,
    reached,
    /** A client comes, or comes again: its worker is a new one. */
    join(clientId: string): { readonly client: TinyClient; readonly connection: string } {
      const connection = `connection-${numConnections++}`;
      const client = createTinyClient(clientId, tinyParameters, schemeOf, (message) => {
        const copy = structuredClone(message);
        queueMicrotask(() => {
          if (clients.has(connection)) {
            host.dispatch({ type: 'client-said', connection, message: copy });
          }
        });
      });
      clients.set(connection, client);
      client.connected();
      return { client, connection };
    },
    command(command: Command, freshRunId = 'run'): Promise<Answer['outcome']> {
      const requestId = numRequests++;
      const message: DashboardMessage = { ...command, requestId };
      return new Promise((resolve) => {
        answers.set(requestId, resolve);
        host.dispatch({ type: 'dashboard-said', connection: 'page', message, freshRunId });
      });
    },
    /** The server is gone, without a word; clients find no one to speak to. */
    stop(): void {
      host.stop();
      clients.clear();
    },
  };
}
