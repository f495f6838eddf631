// The clients that live in this tab: one dedicated worker each. The page starts them, replaces those
// that ask for it (a lost GPU), gives them a new server's port, and remembers them in sessionStorage
// so that a reload brings the same clients back to their seats.
import type { ClientToHost, HostToClient } from '../../core/protocol/host-messages.ts';
import type { BackendChoice } from '../../core/training/trainer.ts';
import type { HostedClient } from '../dashboard-store.ts';

const STORAGE_KEY = 'roundtable-hosted-clients';
/** A worker that has failed this often in a row is left alone. */
const MAX_RESTARTS = 5;
/** A client's identity may still be held by the page that is being reloaded, ms. */
const IDENTITY_WAIT_MS = 1000;

interface Remembered {
  readonly clientId: string;
  readonly backend: BackendChoice;
}

interface Hosted {
  clientId: string;
  backend: BackendChoice;
  worker: Worker | null;
  state: HostedClient['state'];
  detail: string | null;
  restarts: number;
}

export interface HostedClients {
  add(howMany: number): void;
  remove(clientId: string): void;
  setBackend(clientId: string, backend: BackendChoice): void;
  /** Brings back the clients that this tab hosted before its reload; returns how many. */
  restore(): number;
  /** The server was replaced: every worker gets a port of the new one. */
  reconnectAll(): void;
}

export interface HostEnvironment {
  readonly openPort: () => MessagePort;
  readonly secret: Uint8Array<ArrayBuffer>;
  /** Backend for clients added from now on; 'auto' follows the run. */
  readonly defaultBackend: BackendChoice;
  readonly onChange: (hosted: readonly HostedClient[]) => void;
}

export function createHostedClients(environment: HostEnvironment): HostedClients {
  const hosted: Hosted[] = [];
  const dataUrl = new URL('./data/', document.baseURI).href;

  function changed(): void {
    remember(hosted);
    environment.onChange(
      hosted.map(({ clientId, backend, state, detail, restarts }) => ({
        clientId,
        name: nameOf(clientId),
        backend,
        state,
        detail,
        restarts,
      })),
    );
  }

  async function host({ clientId, backend }: Remembered): Promise<void> {
    const client: Hosted = {
      clientId,
      backend,
      worker: null,
      state: 'starting',
      detail: null,
      restarts: 0,
    };
    hosted.push(client);
    changed();
    client.clientId = await claimIdentity(clientId);
    if (hosted.includes(client)) startWorker(client);
    changed();
  }

  function startWorker(client: Hosted): void {
    const worker = new Worker(new URL('../../client/client.ts', import.meta.url), {
      type: 'module',
    });
    client.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<ClientToHost>) => {
      if (data.type === 'replace-me') return replaceWorker(client, data.reason);
      client.state = 'running';
      client.detail = null;
      changed();
    };
    worker.onerror = (event) =>
      replaceWorker(client, event.message || 'Its worker could not be started.');
    const port = environment.openPort();
    post(worker, {
      type: 'start',
      clientId: client.clientId,
      name: nameOf(client.clientId),
      port,
      secret: environment.secret,
      backend: client.backend,
      dataUrl,
    });
  }

  function replaceWorker(client: Hosted, reason: string): void {
    client.worker?.terminate();
    client.worker = null;
    client.detail = reason;
    client.restarts++;
    if (client.restarts > MAX_RESTARTS) {
      client.state = 'stopped';
    } else {
      client.state = 'restarting';
      startWorker(client);
    }
    changed();
  }

  return {
    add(howMany) {
      for (let i = 0; i < howMany; i++) {
        void host({ clientId: freshClientId(), backend: environment.defaultBackend });
      }
    },
    remove(clientId) {
      const index = hosted.findIndex((client) => client.clientId === clientId);
      if (index < 0) return;
      hosted.splice(index, 1)[0]!.worker?.terminate();
      changed();
    },
    setBackend(clientId, backend) {
      const client = hosted.find((one) => one.clientId === clientId);
      if (client === undefined || client.backend === backend) return;
      client.backend = backend;
      client.restarts = 0;
      // A client that has no identity yet starts with the new choice when it has.
      if (client.state === 'starting' && client.worker === null) return changed();
      client.worker?.terminate();
      client.state = 'restarting';
      client.detail = 'Changing its backend.';
      startWorker(client);
      changed();
    },
    restore() {
      const remembered = recall();
      for (const client of remembered) void host(client);
      return remembered.length;
    },
    reconnectAll() {
      for (const { worker } of hosted) {
        if (worker !== null) post(worker, { type: 'reconnect', port: environment.openPort() });
      }
    },
  };
}

function post(worker: Worker, message: HostToClient<MessagePort>): void {
  worker.postMessage(message, [message.port]);
}

/** Short and stable, so that the same client is called the same everywhere. */
function nameOf(clientId: string): string {
  return `Client ${clientId.slice(0, 4).toUpperCase()}`;
}

function freshClientId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16);
}

/** Holds the identity for as long as this page lives; a fresh one where another page (a duplicated tab) has it. */
async function claimIdentity(wanted: string): Promise<string> {
  for (let clientId = wanted; ; clientId = freshClientId()) {
    const claimed = await new Promise<boolean>((resolve) => {
      navigator.locks
        .request(
          `roundtable-identity-${clientId}`,
          { signal: AbortSignal.timeout(IDENTITY_WAIT_MS) },
          () => {
            resolve(true);
            return new Promise(() => {});
          },
        )
        .catch(() => resolve(false));
    });
    if (claimed) return clientId;
  }
}

function remember(hosted: readonly Hosted[]): void {
  const remembered: Remembered[] = hosted.map(({ clientId, backend }) => ({ clientId, backend }));
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(remembered));
}

function recall(): readonly Remembered[] {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]') as Remembered[];
  } catch {
    return [];
  }
}
