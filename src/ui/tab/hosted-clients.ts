// The clients that live in this tab: one dedicated worker each. The page starts them, replaces those
// that ask for it (a lost GPU), gives them the way to a new server, and remembers them in
// sessionStorage so that a reload brings the same clients back to their seats.
import type {
  ClientToHost,
  HostedIdentity,
  HostToClient,
} from '../../core/protocol/host-messages.ts';
import type { BackendChoice } from '../../core/training/trainer.ts';
import type { HostedClient } from '../dashboard-store.ts';

/** A worker that has failed this often in a row is left alone. */
export const MAX_RESTARTS = 5;

interface Remembered {
  readonly clientId: string;
  readonly backend: BackendChoice;
}

interface Hosted<Endpoint> {
  clientId: string;
  backend: BackendChoice;
  worker: HostedWorker<Endpoint> | null;
  state: HostedClient['state'];
  detail: string | null;
  restarts: number;
}

export interface HostedWorker<Endpoint> {
  /** The message's endpoint is handed over. */
  post(message: HostToClient<Endpoint>): void;
  terminate(): void;
}

export interface WorkerHearer {
  readonly onMessage: (message: ClientToHost) => void;
  readonly onError: (reason: string) => void;
}

export interface HostedClients {
  add(howMany: number): void;
  remove(clientId: string): void;
  setBackend(clientId: string, backend: BackendChoice): void;
  /** Brings back the clients that this tab hosted before its reload; returns how many. */
  restore(): number;
  /** The server was replaced: every worker gets a way to the new one. */
  reconnectAll(): void;
}

export interface HostEnvironment<Endpoint> {
  /** A fresh way to the server. */
  readonly openEndpoint: () => Endpoint;
  readonly startWorker: (hearer: WorkerHearer) => HostedWorker<Endpoint>;
  /** What this tab remembers over a reload: a text, or null. */
  readonly memory: { readonly read: () => string | null; readonly write: (text: string) => void };
  /** Whether this page may be the host of that client, for as long as it lives. */
  readonly claimIdentity: (clientId: string) => Promise<boolean>;
  readonly freshClientId: () => string;
  readonly secret: Uint8Array<ArrayBuffer>;
  /** Where the data files are served. */
  readonly dataUrl: string;
  /** Backend for clients added from now on; 'auto' follows the run. */
  readonly defaultBackend: BackendChoice;
  readonly onChange: (hosted: readonly HostedClient[]) => void;
}

export function createHostedClients<Endpoint>(
  environment: HostEnvironment<Endpoint>,
): HostedClients {
  const { openEndpoint, secret, dataUrl, memory, freshClientId } = environment;
  const hosted: Hosted<Endpoint>[] = [];

  function changed(): void {
    const remembered: Remembered[] = hosted.map(({ clientId, backend }) => ({ clientId, backend }));
    memory.write(JSON.stringify(remembered));
    environment.onChange(
      hosted.map((client) => {
        const { state, detail, restarts } = client;
        return { ...identityOf(client), state, detail, restarts };
      }),
    );
  }

  async function host({ clientId, backend }: Remembered): Promise<void> {
    const client: Hosted<Endpoint> = {
      clientId,
      backend,
      worker: null,
      state: 'starting',
      detail: null,
      restarts: 0,
    };
    hosted.push(client);
    changed();
    client.clientId = await claimed(clientId);
    if (hosted.includes(client)) startWorker(client);
    changed();
  }

  /** The identity, or a fresh one where another page (a duplicated tab) has it. */
  async function claimed(wanted: string): Promise<string> {
    let clientId = wanted;
    while (!(await environment.claimIdentity(clientId))) clientId = freshClientId();
    return clientId;
  }

  function startWorker(client: Hosted<Endpoint>): void {
    const isCurrent = () => client.worker === worker;
    const worker = environment.startWorker({
      onMessage(message) {
        if (!isCurrent()) return;
        if (message.type === 'replace-me') return replaceWorker(client, message.reason);
        client.state = 'running';
        client.detail = null;
        changed();
      },
      onError(reason) {
        if (isCurrent()) replaceWorker(client, reason);
      },
    });
    client.worker = worker;
    worker.post({
      type: 'start',
      client: identityOf(client),
      endpoint: openEndpoint(),
      secret,
      dataUrl,
    });
  }

  function replaceWorker(client: Hosted<Endpoint>, reason: string): void {
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
      const [client] = hosted.splice(index, 1);
      client!.worker?.terminate();
      client!.worker = null;
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
      const remembered = recall(memory.read());
      for (const client of remembered) void host(client);
      return remembered.length;
    },
    reconnectAll() {
      for (const { worker } of hosted)
        worker?.post({ type: 'reconnect', endpoint: openEndpoint() });
    },
  };
}

function identityOf({ clientId, backend }: Remembered): HostedIdentity {
  return { clientId, name: nameOf(clientId), backend };
}

/** Short and stable, so that the same client is called the same everywhere. */
function nameOf(clientId: string): string {
  return `Client ${clientId.slice(0, 4).toUpperCase()}`;
}

function recall(text: string | null): readonly Remembered[] {
  try {
    return JSON.parse(text ?? '[]') as Remembered[];
  } catch {
    return [];
  }
}
