// How soon a client lets go of its training. A client's own worker, as a page starts it, trains a long
// epoch with the SIMD step; this file stands in for the server and takes it back: by `abandon` (what a
// pause, a deadline and a lost client send) or by `abandon` and `release` (a stop). For the bench
// command alone.
import { defaultRunConfig, type RunConfig } from '../core/experiment/run-config.ts';
import type { ClientMessage, ClientMessageOf } from '../core/protocol/client-messages.ts';
import type { Connection } from '../core/protocol/connection.ts';
import type { HostToClient } from '../core/protocol/host-messages.ts';
import { PROTOCOL_VERSION } from '../core/protocol/schema.ts';
import type { ServerMessage } from '../core/protocol/server-messages.ts';
import type { Endpoint } from '../transport/line.ts';
import { createEndpointListener } from '../transport/message-port.ts';

export type TakenBackBy = 'abandon' | 'release';

export interface LettingGo {
  readonly by: TakenBackBy;
  /** From sending the order until the client has answered what it is asked next, less that work, ms. */
  readonly ms: number;
  /** How long the training would have gone on, by its own progress, ms. */
  readonly trainingLeftMs: number;
}

export interface InterruptionOptions {
  /** A new worker on src/client/client.ts. */
  readonly openWorker: () => Worker;
  readonly dataUrl: string;
  /** Clients that train and are stopped at the same time. */
  readonly numClients: number;
  /** How often each way of stopping is measured. */
  readonly turns: number;
  /** What they train; one of `longRuns`. */
  readonly longRun: RunConfig;
}

const smallBatches: RunConfig = {
  ...defaultRunConfig,
  ...{ units: 256, localEpochs: 20, encryption: 'plaintext', backend: 'simd' },
};
/** Long enough to be stopped on any machine: 10 or 20 passes over a fifth of MNIST, 256 units. */
export const longRuns = {
  smallBatches,
  adam: { ...smallBatches, optimizer: 'adam', learningRate: 0.001 },
  /** FedSGD's batch: all 11,000 images of the client at once. Taking a seat trains all of it once. */
  wholeShard: { ...smallBatches, localEpochs: 10, batchSize: 60_000 },
} as const satisfies Readonly<Record<string, RunConfig>>;
/** What a client is given after a stop: as little as can be, for it is timed too. */
const nextRun: RunConfig = { ...smallBatches, units: 16 };

/** One entry a client, turn and way of stopping. Throws an Error when clients get no SIMD step. */
export async function measureInterruptions(options: InterruptionOptions): Promise<LettingGo[]> {
  const { numClients, turns } = options;
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const clients = await Promise.all(
    Array.from({ length: numClients }, (_, seat) => seatClient(options, seat, secret)),
  );
  const measured: LettingGo[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const by of ['abandon', 'release'] as const) {
      const started = await Promise.all(clients.map((client) => client.startTraining()));
      // Anywhere in a slice: the clients' clocks know nothing of this one.
      await pause(50 + (50 * turn) / turns);
      measured.push(...(await Promise.all(started.map((stop) => stop(by)))));
    }
  }
  for (const { close } of clients) close();
  return measured;
}

interface SeatedClient {
  /** Resolves when progress was heard of; the result takes the training back. */
  startTraining(): Promise<(by: TakenBackBy) => Promise<LettingGo>>;
  close(): void;
}

async function seatClient(
  { openWorker, dataUrl, longRun }: InterruptionOptions,
  seat: number,
  secret: Uint8Array<ArrayBuffer>,
): Promise<SeatedClient> {
  const worker = openWorker();
  const { port1, port2: endpoint } = new MessageChannel();
  const listener = createEndpointListener();
  let connection: Connection | null = null;
  const hearers = new Set<(message: ClientMessage) => void>();
  listener.listen((opened) => {
    connection = opened;
    const onMessage = (message: unknown) => {
      for (const hear of hearers) hear(message as ClientMessage);
    };
    return { onMessage, onGone: () => {} };
  });
  const [clientId, weights] = [`client-${seat}`, { round: 0, sealed: null }];
  let runNumber = 0;
  let attempt = 0;
  const round = () => ({ runId: `run-${runNumber}`, round: 1, attempt });
  const send = (message: ServerMessage) => connection?.send(message);
  const heard = <Type extends ClientMessage['type']>(
    type: Type,
    fits: (message: ClientMessageOf<Type>) => boolean = () => true,
  ) =>
    new Promise<ClientMessageOf<Type>>((resolve, reject) => {
      const hear = (message: ClientMessage) => {
        if (message.type === 'failed') reject(new Error(`${message.code}: ${message.detail}`));
        if (message.type !== type || !fits(message as ClientMessageOf<Type>)) return;
        hearers.delete(hear);
        resolve(message as ClientMessageOf<Type>);
      };
      hearers.add(hear);
    });
  const assign = (config: RunConfig) => {
    const runId = `run-${++runNumber}`;
    attempt = 0;
    send({ type: 'assign', runId, config, seat, keyEpoch: 0, sealedKeys: null, weights });
    return heard('prepared', (message) => message.runId === runId);
  };

  const failed = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker did not start'));
  });
  const joined = heard('join');
  listener.take(port1);
  const client = { clientId, name: clientId, backend: 'auto' } as const;
  const start: HostToClient<Endpoint> = { type: 'start', endpoint, secret, dataUrl };
  worker.postMessage(start, [endpoint]);
  const play: HostToClient<Endpoint> = { type: 'play', client };
  worker.postMessage(play);
  await Promise.race([joined, failed]);
  send({ type: 'welcome', protocolVersion: PROTOCOL_VERSION, serverId: 'bench' });
  const { backend } = await Promise.race([assign(longRun), failed]);
  if (backend.backend !== 'simd') throw new Error(`it trains on ${backend.backend}`);

  async function takeBack(by: TakenBackBy, sentAtMs: number, fraction: number, heardAtMs: number) {
    const { runId } = round();
    const startedMs = performance.now();
    send({ type: 'abandon', ...round() });
    send(by === 'release' ? { type: 'release', runId } : { type: 'resync', runId, weights });
    const { prepareMs } = await (by === 'release' ? assign(nextRun) : heard('prepared'));
    const ms = performance.now() - startedMs - prepareMs;
    if (by === 'release') await assign(longRun);
    const trainingMs = (heardAtMs - sentAtMs) / fraction;
    return { by, ms, trainingLeftMs: sentAtMs + trainingMs - startedMs };
  }

  return {
    async startTraining() {
      attempt++;
      const sentAtMs = performance.now();
      const progress = heard(
        'progress',
        (message) => message.attempt === attempt && message.fraction > 0,
      );
      send({
        ...{ type: 'train', ...round(), keyEpoch: 0, largestNumExamples: 11_000 },
        ...{ rangeExponents: [-3, -3, -3, -3], deadlineMs: longRun.deadlineMs },
      });
      const { fraction } = await progress;
      const heardAtMs = performance.now();
      return (by) => takeBack(by, sentAtMs, fraction, heardAtMs);
    },
    close() {
      worker.terminate();
      listener.close();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
