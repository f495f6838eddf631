// A finished run of two clients and two rounds as the server would show it, for the tests here.
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import type { ClientView, RoundRecord, RunView, ServerView } from '../../core/protocol/view.ts';

const config = { ...defaultRunConfig, clients: 2, rounds: 2, seed: 9 };

function exampleRecord(round: number): RoundRecord {
  return {
    round,
    validationAccuracy: 0.1 + 0.4 * round,
    validationLoss: 2.3 - round,
    numValidationExamples: 5000,
    trainLoss: round === 0 ? null : 1.5,
    trainAccuracy: round === 0 ? null : 0.5,
    numClients: 2,
    numExamples: 55000,
    contributors: [0, 1],
    uploadBytesPerClient: 400000,
    bytesPerParameter: 3.93,
    milliseconds: {
      total: 100,
      train: 60,
      encrypt: 10,
      upload: 5,
      sum: 1,
      decrypt: 4,
      evaluate: 9,
    },
    path: {
      ...{ train: 60, encrypt: 10, upload: 12, sum: 1, wait: 0 },
      ...{ decrypt: 4, evaluate: 9, answer: 4 },
    },
    quantisationBound: 1e-6,
    quantisationError: 1e-7,
    twinDifference: null,
    weightsSha256: 'a'.repeat(64),
    attempts: 1,
    committedAtMs: 1000 * round,
  };
}

function exampleClient(seat: number | null): ClientView {
  return {
    clientId: `client-${seat}`,
    name: `Client ${seat}`,
    standing: seat === null ? 'spare' : 'ready',
    runId: seat === null ? null : 'run',
    seat,
    phase: 'idle',
    fraction: 0,
    backend: { backend: seat === null ? 'cpu' : 'wasm', renderer: 'WASM SIMD', reason: 'fastest' },
    numExamples: 27500,
    labelHistogram: Array<number>(10).fill(2750),
    lastSegments: [],
    lastUpdateBytes: 400000,
    totalUpdateBytes: 800000,
    lastAccuracy: 0.9,
    trouble: null,
    troubleDetail: null,
  };
}

/** Counts 0 … 99, so that a transposed or shifted matrix shows. */
const confusion = Array.from({ length: 100 }, (_, index) => index);

export function exampleView(changes: Partial<RunView> = {}): ServerView {
  return {
    server: {
      serverId: 'server',
      startedAtMs: 0,
      restarts: 0,
      rejections: { 'bad-update': 1 },
      keyEpoch: 1,
    },
    clients: [exampleClient(0), exampleClient(1), exampleClient(null)],
    run: {
      runId: 'run',
      config,
      phase: 'finished',
      round: 2,
      attempt: 1,
      cohort: ['client-0', 'client-1'],
      received: ['client-0', 'client-1'],
      startedAtMs: 0,
      endedAtMs: 2500,
      roundOpenedAtMs: null,
      deadlineAtMs: null,
      abandonedRounds: 0,
      encryption: {
        name: 'ckks',
        numParameters: 101770,
        maxContributors: 2,
        levels: 65535,
        valuesPerSlot: 2,
        numSlots: 4096,
        numCiphertexts: 13,
        ringDegree: 8192,
        coeffModulusBits: [60, 49],
        scaleBits: 40,
        plainModulusBits: null,
        securityBits: 128,
        keyKind: 'symmetric',
        updateBytes: 400000,
        failureBound: 1e-30,
        marginText: '',
      },
      timeLeftMs: null,
      test: { accuracy: 0.91, loss: 0.3, numExamples: 10000, confusion },
      weightsSha256: 'b'.repeat(64),
      note: null,
      twinOf: null,
      trialOf: null,
      ...changes,
    },
    beside: [],
    history: [exampleRecord(0), exampleRecord(1), exampleRecord(2)],
    twin: null,
    archive: [],
    study: null,
    trials: [],
    sees: {
      lastUpdateHead: null,
      lastUpdateBytes: 400000,
      lastUpdateFrom: 'client-1',
      lastUpdateAtMs: 2000,
      numUpdates: 4,
      totalBytes: 1600000,
      lastUpdateEntropy: 7.99,
    },
  };
}
