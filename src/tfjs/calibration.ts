// How fast the active backend trains a model, measured on made-up images.
import { createRandom } from '../core/math/random.ts';
import { initialWeights, NUM_CLASSES, type ModelSpec } from '../core/model/model-spec.ts';
import type { BackendName } from '../core/training/trainer.ts';
import { startTraining } from './dense-network.ts';
import { oneHotRows, storeExamples } from './example-store.ts';
import { stepOperations } from './step-operations.ts';

const BUDGET_MS = 120;
/** A busy machine gets as many tries as a quiet one, within reason. */
const MIN_TRIES = 6;
const MAX_MS = 1000;
const MIN_STEPS = 4;

/**
 * Steps of SGD a second with the active backend, which is `backend`. Compiles first; then takes the
 * fastest of a few short measurements, because other tabs calibrate at the same time.
 */
export async function measureStepsPerSecond(
  backend: BackendName,
  model: ModelSpec,
  batchSize: number,
): Promise<number> {
  const operations = await stepOperations(backend);
  const rows = Uint32Array.from({ length: Math.min(batchSize, 1024) }, (_, row) => row);
  const random = createRandom('calibration');
  const images = Uint8Array.from({ length: rows.length * model.widths[0]! }, () =>
    random.below(256),
  );
  const store = storeExamples(operations, {
    images,
    labels: Uint8Array.from(rows, (row) => row % NUM_CLASSES),
  });
  const hyper = { optimizer: 'sgd', learningRate: 0.01, momentum: 0 } as const;
  const network = startTraining(operations, model, initialWeights(model, 0), hyper);
  const run = (steps: number): void => {
    for (let step = 0; step < steps; step++) {
      const batch = store.gatherRows(rows);
      const labels = oneHotRows(store.labels, rows);
      const logits = network.step(batch, labels);
      if (step === steps - 1) logits.dataSync();
      for (const tensor of [batch, labels, logits]) tensor.dispose();
    }
  };
  try {
    run(2);
    const startedMs = performance.now();
    let fastestMs = Infinity;
    let elapsedMs = 0;
    for (let tries = 0; elapsedMs < (tries < MIN_TRIES ? MAX_MS : BUDGET_MS); tries++) {
      const beforeMs = performance.now();
      run(MIN_STEPS);
      fastestMs = Math.min(fastestMs, performance.now() - beforeMs);
      elapsedMs = performance.now() - startedMs;
    }
    return (MIN_STEPS * 1000 * (rows.length / batchSize)) / fastestMs;
  } finally {
    network.dispose();
    store.dispose();
  }
}
