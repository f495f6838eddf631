// The clients that live in this tab, played by dedicated workers: at most one a core, so that a hundred
// clients do not load a hundred engines. The page spreads them over the workers, replaces a worker that
// asks for it (a lost GPU) with all that it played, gives it the way to a new server, and remembers the
// clients in sessionStorage so that a reload brings them back to their seats.
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
  /** Null before it has an identity, and once it is left alone. */
  crew: Crew<Endpoint> | null;
  state: HostedClient['state'];
  detail: string | null;
  restarts: number;
}

/** The clients of one worker; all have chosen the same backend, because they share its engine. */
interface Crew<Endpoint> {
  readonly backend: BackendChoice;
  worker: HostedWorker<Endpoint>;
  readonly members: Set<Hosted<Endpoint>>;
}

export interface HostedWorker<Endpoint> {
  /** An endpoint in the message is handed over. */
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
  /** At most so many workers play clients of one backend. */
  readonly numCores: number;
  readonly onChange: (hosted: readonly HostedClient[]) => void;
}

export function createHostedClients<Endpoint>(
  environment: HostEnvironment<Endpoint>,
): HostedClients {
  const { openEndpoint, secret, dataUrl, memory, freshClientId, numCores } = environment;
  const hosted: Hosted<Endpoint>[] = [];
  let crews: readonly Crew<Endpoint>[] = [];

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
      crew: null,
      state: 'starting',
      detail: null,
      restarts: 0,
    };
    hosted.push(client);
    changed();
    client.clientId = await claimed(clientId);
    if (hosted.includes(client)) join(client);
    changed();
  }

  /** The identity, or a fresh one where another page (a duplicated tab) has it. */
  async function claimed(wanted: string): Promise<string> {
    let clientId = wanted;
    while (!(await environment.claimIdentity(clientId))) clientId = freshClientId();
    return clientId;
  }

  /** A worker of its own while there are cores for one, then the one that plays the fewest. */
  function join(client: Hosted<Endpoint>): void {
    const alike = crews.filter(({ backend }) => backend === client.backend);
    const crew =
      alike.length < numCores
        ? newCrew(client.backend)
        : alike.reduce((a, b) => (b.members.size < a.members.size ? b : a));
    client.crew = crew;
    crew.members.add(client);
    crew.worker.post({ type: 'play', client: identityOf(client) });
  }

  function newCrew(backend: BackendChoice): Crew<Endpoint> {
    const members = new Set<Hosted<Endpoint>>();
    const crew: Crew<Endpoint> = { backend, members, worker: startWorker(() => crew) };
    crews = [...crews, crew];
    return crew;
  }

  function leave(client: Hosted<Endpoint>): void {
    const { crew, clientId } = client;
    client.crew = null;
    if (crew === null) return;
    crew.members.delete(client);
    if (crew.members.size > 0) return crew.worker.post({ type: 'leave', clientId });
    crews = crews.filter((other) => other !== crew);
    crew.worker.terminate();
  }

  function startWorker(crewOf: () => Crew<Endpoint>): HostedWorker<Endpoint> {
    /** What an earlier worker of the crew, or one of a crew that is no more, says is not heard. */
    const isCurrent = () => crews.includes(crewOf()) && crewOf().worker === worker;
    const worker = environment.startWorker({
      onMessage(message) {
        if (!isCurrent()) return;
        if (message.type === 'replace-me') return replaceWorker(crewOf(), message.reason);
        for (const client of crewOf().members) {
          if (client.clientId !== message.clientId) continue;
          client.state = 'running';
          client.detail = null;
        }
        changed();
      },
      onError(reason) {
        if (isCurrent()) replaceWorker(crewOf(), reason);
      },
    });
    worker.post({ type: 'start', endpoint: openEndpoint(), secret, dataUrl });
    return worker;
  }

  /** With all that it played; those that have failed too often are left alone. */
  function replaceWorker(crew: Crew<Endpoint>, reason: string): void {
    crew.worker.terminate();
    for (const client of crew.members) {
      client.detail = reason;
      client.restarts++;
      client.state = client.restarts > MAX_RESTARTS ? 'stopped' : 'restarting';
      if (client.state === 'restarting') continue;
      client.crew = null;
      crew.members.delete(client);
    }
    if (crew.members.size === 0) {
      crews = crews.filter((other) => other !== crew);
    } else {
      crew.worker = startWorker(() => crew);
      for (const client of crew.members) {
        crew.worker.post({ type: 'play', client: identityOf(client) });
      }
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
      leave(client!);
      changed();
    },
    setBackend(clientId, backend) {
      const client = hosted.find((one) => one.clientId === clientId);
      if (client === undefined || client.backend === backend) return;
      client.backend = backend;
      client.restarts = 0;
      // A client that has no identity yet starts with the new choice when it has.
      if (client.state === 'starting' && client.crew === null) return changed();
      leave(client);
      client.state = 'restarting';
      client.detail = 'Changing its backend.';
      join(client);
      changed();
    },
    restore() {
      const remembered = recall(memory.read());
      for (const client of remembered) void host(client);
      return remembered.length;
    },
    reconnectAll() {
      for (const { worker } of crews) worker.post({ type: 'reconnect', endpoint: openEndpoint() });
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
