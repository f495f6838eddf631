// A plausible picture of the server's state for tests and screenshots of the page: a federation of
// n clients before, in the middle of, or after a run. Deterministic; no number here is a result.
import { defaultRunConfig, type RunConfig } from '../../core/experiment/run-config.ts';
import type { ClientPhase, PhaseSegment } from '../../core/protocol/client-messages.ts';
import type {
  ClientView,
  RoundRecord,
  RunPhase,
  RunView,
  ServerView,
} from '../../core/protocol/view.ts';
import { denseModel, numParameters } from '../../core/model/model-spec.ts';

export interface SampleOptions {
  readonly numClients?: number;
  /** null: no run yet. */
  readonly runPhase?: RunPhase | null;
  readonly round?: number;
  readonly config?: Partial<RunConfig>;
  /** Seats whose client failed, left, or does not answer. */
  readonly failed?: readonly number[];
  readonly left?: readonly number[];
  readonly unresponsive?: readonly number[];
  /** Accuracy of a finished plaintext twin is shown beside the run's. */
  readonly withTwin?: boolean;
}

const STARTED_AT_MS = Date.UTC(2026, 0, 15, 9, 0, 0);
const NUM_TRAINING_EXAMPLES = 55_000;
const phasesOfOpenRound: readonly ClientPhase[] = [
  'waiting',
  'sending',
  'training',
  'encrypting',
  'training',
];
const phasesOfApplying: readonly ClientPhase[] = [
  'waiting',
  'evaluating',
  'decrypting',
  'evaluating',
  'waiting',
];

export function sampleView(options: SampleOptions = {}): ServerView {
  const { numClients = 5, runPhase = 'open', round = 4 } = options;
  const config: RunConfig = { ...defaultRunConfig, clients: numClients, ...options.config };
  const clients = Array.from({ length: numClients }, (_, seat) =>
    sampleClient(seat, numClients, runPhase, config, options),
  );
  const history = runPhase === null ? [] : sampleHistory(config, runPhase, round, 0);
  const updateBytes = config.encryption === 'plaintext' ? 407_080 : 426_816;
  const numUpdates = Math.max(0, history.length - 1) * numClients;
  return {
    server: {
      serverId: 'server-1',
      startedAtMs: STARTED_AT_MS,
      restarts: 0,
      rejections: {},
      keyEpoch: 1,
    },
    clients,
    run: runPhase === null ? null : sampleRun(config, runPhase, round, clients, updateBytes),
    beside: [],
    history,
    twin: options.withTwin
      ? {
          summary: {
            runId: 'run-0',
            config: { ...config, encryption: 'plaintext' },
            phase: 'finished',
            startedAtMs: STARTED_AT_MS - 600_000,
            endedAtMs: STARTED_AT_MS - 500_000,
            rounds: config.rounds,
            validationAccuracy: 0.9741,
            testAccuracy: 0.9748,
            twinOf: 'run-1',
            trialOf: null,
          },
          history: sampleHistory(config, 'finished', config.rounds, 0.0006),
        }
      : null,
    archive: [],
    sees: {
      lastUpdateHead: Uint8Array.from({ length: 64 }, (_, index) => (index * 157 + 31) % 256),
      lastUpdateBytes: numUpdates === 0 ? 0 : updateBytes,
      lastUpdateFrom: numUpdates === 0 ? null : 'client-1',
      lastUpdateAtMs: numUpdates === 0 ? null : STARTED_AT_MS + 60_000,
      numUpdates,
      totalBytes: numUpdates * updateBytes,
      lastUpdateEntropy: numUpdates === 0 ? null : 7.999,
    },
    study: null,
    trials: [],
  };
}

function sampleClient(
  seat: number,
  numClients: number,
  runPhase: RunPhase | null,
  config: RunConfig,
  options: SampleOptions,
): ClientView {
  const left = options.left?.includes(seat) ?? false;
  const failed = options.failed?.includes(seat) ?? false;
  const unresponsive = options.unresponsive?.includes(seat) ?? false;
  const numExamples = Math.floor(NUM_TRAINING_EXAMPLES / numClients) - (seat % 3) * 40;
  const phases =
    runPhase === 'open'
      ? phasesOfOpenRound
      : runPhase === 'applying'
        ? phasesOfApplying
        : ['idle' as const];
  const phase = left || failed ? 'idle' : phases[seat % phases.length]!;
  const hasRun = runPhase !== null && runPhase !== 'gathering';
  const standing = left
    ? 'left'
    : failed
      ? 'failed'
      : unresponsive
        ? 'unresponsive'
        : runPhase === null
          ? 'spare'
          : runPhase === 'gathering' && seat % 2 === 1
            ? 'preparing'
            : 'ready';
  return {
    clientId: `client-${seat}`,
    name: `Client ${seat + 1}`,
    standing,
    runId: runPhase === null ? null : 'run-1',
    seat: runPhase === null ? null : seat,
    phase: standing === 'preparing' ? 'preparing' : phase,
    fraction: phase === 'idle' || phase === 'waiting' ? 0 : ((seat * 37 + 23) % 90) / 100 + 0.08,
    backend:
      runPhase === null
        ? null
        : seat % 4 === 2
          ? {
              backend: 'wasm',
              renderer: 'WASM SIMD',
              reason: 'No graphics hardware here; WASM was 1.8 times as fast as WebGL.',
            }
          : {
              backend: 'webgl',
              renderer: 'ANGLE (NVIDIA GeForce RTX 3060)',
              reason: 'A graphics card is present.',
            },
    numExamples: runPhase === null ? 0 : numExamples,
    labelHistogram: sampleHistogram(seat, numExamples, runPhase === null ? null : config),
    lastSegments: hasRun ? sampleSegments(seat) : [],
    lastUpdateBytes: hasRun ? 430_118 : 0,
    totalUpdateBytes: hasRun ? 430_118 * 3 : 0,
    lastAccuracy: hasRun ? 0.952 + ((seat * 7) % 11) / 1000 : null,
    trouble: failed ? 'training-failed' : null,
    troubleDetail: failed ? 'The weights of round 3 are not here.' : null,
  };
}

function sampleHistogram(seat: number, numExamples: number, config: RunConfig | null): number[] {
  if (config === null) return Array<number>(10).fill(0);
  if (config.partition === 'shards') {
    return Array.from({ length: 10 }, (_, digit) =>
      digit === (seat * 3) % 10 || digit === (seat * 3 + 4) % 10 ? Math.round(numExamples / 2) : 0,
    );
  }
  const spread = config.partition === 'dirichlet' ? 0.9 : 0.08;
  const shares = Array.from(
    { length: 10 },
    (_, digit) => 1 + spread * Math.sin(1.7 * digit + 2.3 * seat),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => Math.round((numExamples * share) / total));
}

function sampleSegments(seat: number): PhaseSegment[] {
  const trainEnd = 3100 + ((seat * 211) % 900);
  const stretches: [ClientPhase, number][] = [
    ['training', trainEnd],
    ['encrypting', trainEnd + 62],
    ['sending', trainEnd + 71],
    ['waiting', 4150],
    ['decrypting', 4188],
    ['evaluating', 4290 + seat],
  ];
  let startMs = 12 + seat;
  return stretches.map(([phase, endMs]) => {
    const segment = { phase, startMs, endMs };
    startMs = endMs;
    return segment;
  });
}

function sampleHistory(
  config: RunConfig,
  runPhase: RunPhase,
  round: number,
  shift: number,
): RoundRecord[] {
  const over = runPhase === 'finished' || runPhase === 'testing';
  const numCommitted = over ? config.rounds + 1 : runPhase === 'gathering' ? 0 : Math.max(round, 0);
  return Array.from({ length: numCommitted }, (_, index) => ({
    round: index,
    validationAccuracy: index === 0 ? 0.0894 : 0.976 - 0.082 / index ** 1.1 + shift,
    validationLoss: index === 0 ? 2.41 : 0.085 + 0.29 / index,
    numValidationExamples: 5000,
    trainLoss: index === 0 ? null : 0.06 + 0.35 / index,
    trainAccuracy: index === 0 ? null : 0.982 - 0.09 / index,
    numClients: config.clients,
    numExamples: NUM_TRAINING_EXAMPLES,
    contributors: Array.from({ length: config.clients }, (_unused, seat) => seat),
    uploadBytesPerClient: 430_118,
    bytesPerParameter: 4.22,
    milliseconds: {
      total: 4300,
      train: 3900,
      encrypt: 62,
      upload: 9,
      sum: 31,
      decrypt: 38,
      evaluate: 102,
    },
    path: {
      ...{ train: 3900, encrypt: 62, upload: 139, sum: 31, wait: 0 },
      ...{ decrypt: 38, evaluate: 102, answer: 28 },
    },
    quantisationBound: 3.1e-5,
    quantisationError: 2.2e-5,
    twinDifference: null,
    weightsSha256: String(index).repeat(64).slice(0, 64),
    attempts: 1,
    committedAtMs: STARTED_AT_MS + index * 4300,
  }));
}

function sampleRun(
  config: RunConfig,
  phase: RunPhase,
  round: number,
  clients: readonly ClientView[],
  updateBytes: number,
): RunView {
  const over = phase === 'finished';
  const present = clients.filter(({ standing }) => standing === 'ready');
  const asked =
    phase === 'gathering' ? [] : clients.filter(({ standing }) => standing !== 'failed');
  const received =
    phase === 'open' ? present.filter((client) => client.phase === 'waiting') : present;
  return {
    runId: 'run-1',
    config,
    phase,
    round: over ? config.rounds : phase === 'gathering' ? 0 : round,
    attempt: 1,
    cohort: asked.slice(0, Math.max(1, Math.round(config.fraction * asked.length))).map(idOf),
    received: phase === 'gathering' ? [] : received.map(idOf),
    startedAtMs: STARTED_AT_MS,
    endedAtMs: over ? STARTED_AT_MS + config.rounds * 4300 : null,
    roundOpenedAtMs: over ? null : STARTED_AT_MS + round * 4300,
    deadlineAtMs: over ? null : STARTED_AT_MS + round * 4300 + config.deadlineMs,
    abandonedRounds: 0,
    encryption: {
      name: config.encryption,
      numParameters: numParameters(denseModel(config.units, config.hiddenLayers)),
      maxContributors: config.clients,
      levels: 65_535,
      valuesPerSlot: 2,
      numSlots: 4096,
      numCiphertexts: 13,
      ringDegree: 8192,
      coeffModulusBits: [60, 49],
      scaleBits: 56,
      plainModulusBits: null,
      securityBits: 128,
      keyKind: 'symmetric',
      updateBytes,
      failureBound: 1e-300,
      marginText: '0.5 is 49.6 standard deviations of the slot noise',
    },
    timeLeftMs: over || round < 2 ? null : (config.rounds - round + 0.5) * 4300,
    test: over
      ? {
          accuracy: 0.9752,
          loss: 0.0881,
          numExamples: 10_000,
          confusion: Array.from({ length: 100 }, (_, cell) => (cell % 11 === 0 ? 975 : 3)),
        }
      : null,
    weightsSha256: over ? 'a'.repeat(64) : null,
    note: phase === 'failed' ? 'Fewer than two clients were left in three attempts.' : null,
    twinOf: null,
    trialOf: null,
  };
}

function idOf(client: ClientView): string {
  return client.clientId;
}

/**
 * A finished run of two clients and two rounds in round numbers, for tests that compute with them. With a
 * spare client, and confusions of 0 … 99, so that a transposed or shifted matrix shows.
 */
export function finishedView(changes: Partial<RunView> = {}): ServerView {
  const view = sampleView({
    numClients: 3,
    runPhase: 'finished',
    config: { clients: 2, rounds: 2, seed: 9 },
  });
  const [first, second, third] = view.clients as [ClientView, ClientView, ClientView];
  const backend = { backend: 'wasm', renderer: 'WASM SIMD', reason: 'fastest' } as const;
  return {
    ...view,
    server: { ...view.server, rejections: { 'bad-update': 1 } },
    clients: [
      { ...first, backend },
      { ...second, backend },
      {
        ...{ ...third, standing: 'spare', runId: null, seat: null },
        backend: { ...backend, backend: 'cpu' },
      },
    ],
    run: {
      ...view.run!,
      cohort: ['client-0', 'client-1'],
      received: ['client-0', 'client-1'],
      startedAtMs: 0,
      endedAtMs: 2500,
      test: {
        ...{ accuracy: 0.91, loss: 0.3, numExamples: 10_000 },
        confusion: Array.from({ length: 100 }, (_, index) => index),
      },
      weightsSha256: 'b'.repeat(64),
      ...changes,
    },
    history: view.history.map((record) => ({
      ...record,
      validationAccuracy: 0.1 + 0.4 * record.round,
      validationLoss: 2.3 - record.round,
      uploadBytesPerClient: 400_000,
      bytesPerParameter: 3.93,
      milliseconds: {
        ...{ total: 100, train: 60, encrypt: 10, upload: 5, sum: 1, decrypt: 4, evaluate: 9 },
      },
      path: {
        ...{ train: 60, encrypt: 10, upload: 12, sum: 1, wait: 0 },
        ...{ decrypt: 4, evaluate: 9, answer: 4 },
      },
      committedAtMs: 1000 * record.round,
    })),
  };
}
