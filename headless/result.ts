// The JSON that a headless run writes, from the server's last view of it.
import { NUM_CLASSES } from '../src/core/model/model-spec.ts';
import type { RunConfig } from '../src/core/experiment/run-config.ts';
import type { RoundMilliseconds, ServerView } from '../src/core/protocol/view.ts';
import { noteSentence } from '../src/words.ts';

export interface RunResult {
  readonly version: 1;
  readonly config: RunConfig;
  /** The backend that the clients trained on; several names joined by "+" where they differ. */
  readonly backend: string;
  /** Round 0 (the initial model) first. */
  readonly rounds: readonly RoundResult[];
  readonly testAccuracy: number;
  /** [10][10] counts of test images, row = true label, column = prediction. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** Of the final float32 global weights, on which all clients agree. */
  readonly weightsSha256: string;
  /** From the start command to the test result. */
  readonly wallMilliseconds: number;
}

interface RoundResult {
  readonly round: number;
  readonly validationAccuracy: number;
  readonly validationLoss: number;
  readonly numClients: number;
  readonly numExamples: number;
  readonly uploadBytesPerClient: number;
  readonly bytesPerParameter: number;
  readonly milliseconds: RoundMilliseconds;
}

/** Throws an Error in one sentence when the run did not end with all that belongs to a result. */
export function shapeResult(view: ServerView, wallMs: number): RunResult {
  const { run, history, clients, server } = view;
  if (run === null) throw new Error('there is no run');
  if (run.phase !== 'finished') {
    throw new Error(
      `the run ended as ${run.phase}${run.note === null ? '' : `: ${noteSentence(run.note)}`}`,
    );
  }
  const numDiverged = server.rejections['diverged'] ?? 0;
  if (numDiverged > 0) throw new Error('the clients do not agree on the global weights');
  if (run.test === null || run.weightsSha256 === null) {
    throw new Error('the run finished without a test result');
  }
  if (history.length !== run.config.rounds + 1) {
    throw new Error(`expected ${run.config.rounds} rounds and round 0, found ${history.length}`);
  }
  const backends = clients
    .filter(({ seat }) => seat !== null)
    .flatMap(({ backend }) => (backend === null ? [] : [backend.backend]));
  return {
    version: 1,
    config: run.config,
    backend: [...new Set(backends)].toSorted().join('+'),
    rounds: history.map((record) => ({
      round: record.round,
      validationAccuracy: record.validationAccuracy,
      validationLoss: record.validationLoss,
      numClients: record.numClients,
      numExamples: record.numExamples,
      uploadBytesPerClient: record.uploadBytesPerClient,
      bytesPerParameter: record.bytesPerParameter,
      milliseconds: record.milliseconds,
    })),
    testAccuracy: run.test.accuracy,
    confusionMatrix: rowsOf(run.test.confusion),
    weightsSha256: run.weightsSha256,
    wallMilliseconds: Math.round(wallMs),
  };
}

function rowsOf(confusion: readonly number[]): number[][] {
  return Array.from({ length: NUM_CLASSES }, (_, row) =>
    confusion.slice(row * NUM_CLASSES, (row + 1) * NUM_CLASSES),
  );
}
