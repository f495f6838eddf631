// How fast the active backend trains a model, measured on made-up images.
import { createRandom } from '../core/math/random.ts';
import { initialWeights, NUM_CLASSES } from '../core/model/model-spec.ts';
import type { BackendName } from '../core/training/trainer.ts';
import { calibrationSize, type TrainingShape } from '../core/training/training-shape.ts';
import { startTraining } from './dense-network.ts';
import { oneHotRows, storeExamples } from './example-store.ts';
import { stepOperations } from './step-operations.ts';

const BUDGET_MS = 120;
/** A busy machine gets as many tries as a quiet one, within reason. */
const MIN_TRIES = 6;
const MAX_MS = 350;
/** Steps between two waits for the device: training waits for it about every 50 ms. */
const SEGMENT_MS = 20;

/**
 * Examples a second with the active backend, which is `backend`. Compiles first; then takes the
 * fastest of a few short measurements, because a machine with other tabs is never quiet for long.
 */
export async function measureExamplesPerSecond(
  backend: BackendName,
  shape: TrainingShape,
): Promise<number> {
  const { model, optimizer } = shape;
  const { numRows } = calibrationSize(shape);
  const operations = await stepOperations(backend);
  const rows = Uint32Array.from({ length: numRows }, (_, row) => row);
  const random = createRandom('calibration');
  const images = Uint8Array.from({ length: numRows * model.widths[0]! }, () => random.below(256));
  const store = storeExamples(operations, {
    images,
    labels: Uint8Array.from(rows, (row) => row % NUM_CLASSES),
  });
  const hyper = { optimizer, learningRate: 0.01, momentum: 0.9 };
  const network = startTraining(operations, model, initialWeights(model, 0), hyper);
  const run = (numSteps: number): void => {
    for (let step = 0; step < numSteps; step++) {
      const batch = store.gatherRows(rows);
      const labels = oneHotRows(store.labels, rows);
      const logits = network.step(batch, labels);
      if (step === numSteps - 1) logits.dataSync();
      for (const tensor of [batch, labels, logits]) tensor.dispose();
    }
  };
  try {
    run(2);
    const startedMs = performance.now();
    let fastestMs = Infinity;
    let elapsedMs = 0;
    let numSteps = 1;
    for (let tries = 0; elapsedMs < (tries < MIN_TRIES ? MAX_MS : BUDGET_MS); tries++) {
      const beforeMs = performance.now();
      run(numSteps);
      const tookMs = performance.now() - beforeMs;
      fastestMs = Math.min(fastestMs, tookMs / numSteps);
      if (tookMs < SEGMENT_MS / 2) numSteps *= 2;
      elapsedMs = performance.now() - startedMs;
    }
    return (1000 * numRows) / fastestMs;
  } finally {
    network.dispose();
    store.dispose();
  }
}
