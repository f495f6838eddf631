// The server: entry of the SharedWorker, one for all tabs of this origin. Every tab's page and every
// client's worker has a connection of its own. It coordinates, adds ciphertexts, persists and shows;
// it holds no key and no model.
//
// The worker lives in the process of the tab that started it. When that tab crashes, the server's
// Web Lock is released, a surviving tab starts a new server, and that one goes on from storage.
import * as v from 'valibot';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { clientMessageSchema } from '../core/protocol/client-messages.ts';
import {
  dashboardMessageSchema,
  type DashboardMessage,
  type ServerToDashboard,
} from '../core/protocol/dashboard-messages.ts';
import { transferablesOf } from '../core/protocol/transferables.ts';
import { PROTOCOL_VERSION, serverLockName, STORAGE_LOCK_NAME } from '../core/protocol/schema.ts';
import { startCoordinator, type CoordinatorHost } from './coordinator-host.ts';
import { openStorage, type Storage } from './storage.ts';
import { createViewPublisher, type ViewPublisher } from './view-publisher.ts';

declare const self: SharedWorkerGlobalScope;

interface Server {
  readonly host: CoordinatorHost;
  readonly storage: Storage;
  readonly publisher: ViewPublisher;
}

const serverId = crypto.randomUUID();
const ports = new Map<string, MessagePort>();
const starting = start();

async function start(): Promise<Server> {
  holdLock(serverLockName(serverId));
  // One server at a time writes: an older one (another build, or still shutting down) goes first.
  await new Promise<void>((granted) => {
    void navigator.locks.request(STORAGE_LOCK_NAME, () => {
      granted();
      return new Promise(() => {});
    });
  });
  const storage = await openStorage();
  const host = await startCoordinator({
    config: {
      serverId,
      startedAtMs: Date.now(),
      gatherMs: 3000,
      prepareMs: 60_000,
      keysMs: 15_000,
      chooseParameters,
    },
    storage,
    send,
    disconnect,
    onLockReleased,
    onChange: () => void starting.then(({ publisher }) => publisher.changed()),
  });
  const publisher = createViewPublisher(host.view);
  return { host, storage, publisher };
}

self.onconnect = (event) => {
  const port = event.ports[0]!;
  const connection = crypto.randomUUID();
  ports.set(connection, port);
  port.onmessage = ({ data }) => void starting.then((server) => read(server, connection, data));
};

function read(server: Server, connection: string, data: unknown): void {
  if (!ports.has(connection)) return;
  const fromClient = v.safeParse(clientMessageSchema, data);
  if (fromClient.success) {
    server.host.dispatch({ type: 'client-said', connection, message: fromClient.output });
    return;
  }
  const fromDashboard = v.safeParse(dashboardMessageSchema, data);
  if (fromDashboard.success) {
    void serveDashboard(server, connection, fromDashboard.output);
    return;
  }
  server.host.dispatch({ type: 'client-spoke-nonsense', connection, about: typeOf(data) });
}

/** Reads of durable state are answered here; everything that changes something is the coordinator's. */
async function serveDashboard(
  { host, storage, publisher }: Server,
  connection: string,
  message: DashboardMessage,
): Promise<void> {
  const { requestId } = message;
  const answer = (result: unknown) =>
    send(connection, {
      type: 'answer',
      requestId,
      outcome: { ok: true, result },
    } satisfies ServerToDashboard);
  const refuse = (code: 'wrong-version' | 'not-now', text: string) =>
    send(connection, {
      type: 'answer',
      requestId,
      outcome: { ok: false, code, text },
    } satisfies ServerToDashboard);
  switch (message.type) {
    case 'watch':
      if (message.protocolVersion !== PROTOCOL_VERSION) {
        return refuse('wrong-version', 'This tab runs another version of the app: reload it.');
      }
      answer({ serverId });
      onLockReleased(message.lockName, () => disconnect(connection));
      return publisher.watch(connection, (view) => send(connection, view));
    case 'get-history': {
      const history = await storage.readHistory(message.runId);
      if (history === null) return refuse('not-now', 'This run is not stored here any more.');
      return answer({ runId: message.runId, history });
    }
    case 'get-model': {
      const stored = await storage.readWeights(message.runId);
      if (stored === null || stored.run.committedRound < 0) {
        return refuse('not-now', 'This run has no committed model yet.');
      }
      const { run, sealedWeights } = stored;
      return answer({ runId: run.runId, round: run.committedRound, sealedWeights });
    }
    default:
      return host.dispatch({
        type: 'dashboard-said',
        connection,
        message,
        freshRunId: crypto.randomUUID(),
      });
  }
}

function send(connection: string, message: object): void {
  ports.get(connection)?.postMessage(message, transferablesOf(message));
}

function disconnect(connection: string): void {
  void starting.then(({ publisher }) => publisher.unwatch(connection));
  ports.get(connection)?.close();
  ports.delete(connection);
}

function onLockReleased(lockName: string, released: () => void): () => void {
  const giveUp = new AbortController();
  navigator.locks.request(lockName, { signal: giveUp.signal }, released).catch(() => undefined);
  return () => giveUp.abort();
}

function holdLock(name: string): void {
  void navigator.locks.request(name, () => new Promise(() => {}));
}

function typeOf(data: unknown): string | null {
  const type: unknown =
    typeof data === 'object' && data !== null && 'type' in data ? data.type : null;
  return typeof type === 'string' && /^[a-z-]{1,32}$/.test(type) ? type : null;
}
