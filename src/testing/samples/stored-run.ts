// A run as a server stores it, for tests of storage: every field has a value that a wrong one would show.
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import type { PersistentRun } from '../../core/federation/persistence.ts';
import type { RoundRecord } from '../../core/protocol/view.ts';

export function storedRun(runId: string, changes: Partial<PersistentRun> = {}): PersistentRun {
  return {
    runId,
    config: { ...defaultRunConfig, clients: 3, learningRate: 0.1 + 0.2 },
    twinOf: null,
    trialOf: null,
    skipsTest: true,
    isPruned: false,
    withTwin: false,
    status: 'running',
    note: null,
    startedAtMs: Date.UTC(2026, 0, 15),
    endedAtMs: null,
    committedRound: 1,
    attempt: 2,
    keyEpoch: 3,
    history: [],
    test: null,
    abandonedRounds: 4,
    rangeExponents: [-3, 0, -24, 5],
    rangesLargest: 55,
    seats: ['client-a', null, 'client-c'],
    ...changes,
  };
}

export function storedRecord(round: number): RoundRecord {
  return {
    round,
    validationAccuracy: 0.1 + round / 7,
    validationLoss: 5e-324, // the smallest there is
    numValidationExamples: 5000,
    trainLoss: round === 0 ? null : 1 / 3,
    trainAccuracy: round === 0 ? null : 0.5,
    numClients: 3,
    numExamples: 100,
    contributors: [0, 2],
    uploadBytesPerClient: 428506,
    bytesPerParameter: 2.125,
    milliseconds: {
      total: 28,
      train: 1,
      encrypt: 2,
      upload: 3,
      sum: 4,
      decrypt: 5,
      evaluate: 6,
    },
    path: {
      train: 1,
      encrypt: 2,
      upload: 3,
      sum: 4,
      wait: 0,
      decrypt: 5,
      evaluate: 6,
      answer: 7,
    },
    quantisationBound: 1e-7,
    quantisationError: 2 ** -30,
    twinDifference: null,
    weightsSha256: 'ab'.repeat(32),
    attempts: 1,
    committedAtMs: 1_700_000_000_123.5,
  };
}
