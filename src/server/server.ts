// The server: entry of the SharedWorker, one for all tabs of this origin. Every tab's page and every
// client's worker has a connection of its own. It coordinates, adds ciphertexts, persists and shows;
// it holds no key and no model.
//
// The worker lives in the process of the tab that started it. When that tab crashes, the server's
// Web Lock is released, a surviving tab starts a new server, and that one goes on from storage.
import * as v from 'valibot';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { clientMessageSchema } from '../core/protocol/client-messages.ts';
import { dashboardMessageSchema } from '../core/protocol/dashboard-messages.ts';
import { PROTOCOL_VERSION, serverLockName, STORAGE_LOCK_NAME } from '../core/protocol/schema.ts';
import { createSummer } from '../ckks/summer.ts';
import { warmUpSummer } from '../ckks/warm-summer.ts';
import { detachBufferWithTwoViews } from '../worker/early-detachment.ts';
import { startCoordinator, type CoordinatorHost } from './run-effects.ts';
import { openIndexedDbStorage } from './indexed-db-storage.ts';
import { createSums } from './sums.ts';
import { createViewPublisher, type ViewPublisher } from './view-publisher.ts';

declare const self: SharedWorkerGlobalScope;

detachBufferWithTwoViews(); // before anything is compiled that it would cost

interface Server {
  readonly host: CoordinatorHost;
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
  const storage = await openIndexedDbStorage();
  const host = await startCoordinator({
    config: {
      serverId,
      startedAtMs: Date.now(),
      gatherMs: 3000,
      prepareMs: 60_000,
      keysMs: 15_000,
      stallMs: 120_000,
      chooseParameters,
    },
    storage,
    sums: createSums({ createSummer, warmUp: warmUpSummer }),
    send,
    disconnect,
    onLockReleased,
    onChange: () => void starting.then(({ publisher }) => publisher.changed()),
  });
  const publisher = createViewPublisher(host.view);
  return { host, publisher };
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
    const message = fromDashboard.output;
    server.host.dispatch({
      type: 'dashboard-said',
      connection,
      message,
      freshRunId: crypto.randomUUID(),
    });
    if (message.type === 'watch' && message.protocolVersion === PROTOCOL_VERSION) {
      onLockReleased(message.lockName, () => disconnect(connection));
      server.publisher.watch(connection, message.viewIntervalMs, (view) => send(connection, view));
    }
    if (message.type === 'set-view-interval') {
      server.publisher.setInterval(connection, message.viewIntervalMs);
    }
    return;
  }
  server.host.dispatch({ type: 'client-spoke-nonsense', connection, about: typeOf(data) });
}

/** `handedOver`: buffers that the receiver gets instead of a copy. */
function send(connection: string, message: object, handedOver: ArrayBuffer[] = []): void {
  ports.get(connection)?.postMessage(message, handedOver);
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
