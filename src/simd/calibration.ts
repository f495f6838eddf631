// Whether the SIMD step can run a model here, and how fast it is, measured on made-up images.
import { createRandom } from '../core/math/random.ts';
import { initialWeights, NUM_CLASSES, type ModelSpec } from '../core/model/model-spec.ts';
import type { Examples, TrainingJob } from '../core/training/trainer.ts';
import { calibrationSize, type TrainingShape } from '../core/training/training-shape.ts';
import { pieceSizeOf } from './layout.ts';
import { createSimdTrainer } from './trainer.ts';

const BUDGET_MS = 100;
/** A busy machine gets as many tries as a quiet one, within reason. */
const MIN_TRIES = 6;
const MAX_MS = 350;
/** Share of MNIST's training pixels that are not 0. */
const LIT_SHARE = 0.191;

/** A stack of at least one dense layer. */
export function canRun({ widths }: ModelSpec): boolean {
  return widths.length >= 2;
}

/** `numExamples` images as dark as MNIST's, with labels, from a seed. */
export function darkExamples(numExamples: number, numPixels: number): Examples {
  const random = createRandom('dark-examples');
  return {
    images: Uint8Array.from({ length: numExamples * numPixels }, () =>
      random.uniform() < LIT_SHARE ? 1 + random.below(255) : 0,
    ),
    labels: Uint8Array.from({ length: numExamples }, () => random.below(NUM_CLASSES)),
  };
}

/**
 * Examples a second. The fastest of several short measurements, because a machine with other tabs is
 * never quiet for long and the first ones run code that is not yet optimised.
 */
export async function measureExamplesPerSecond(
  module: WebAssembly.Module,
  shape: TrainingShape,
): Promise<number> {
  const { model, optimizer } = shape;
  // From a piece on, a larger batch costs no less an example.
  const batchSize = Math.min(shape.batchSize, pieceSizeOf(model));
  const { numRows, numBatches } = calibrationSize({ ...shape, batchSize });
  const numExamples = numRows * numBatches;
  const trainer = await createSimdTrainer({ module, reason: '' });
  try {
    trainer.loadTrainingExamples(darkExamples(numExamples, model.widths[0]!));
    const weights = initialWeights(model, 0);
    const job: TrainingJob = {
      optimizer,
      learningRate: 0.01,
      momentum: 0.9,
      batchSize: numRows,
      order: Uint32Array.from({ length: numExamples }, (_, index) => index),
      epochLengths: [numExamples],
      signal: { aborted: false },
      onProgress: () => {},
    };
    await trainer.train(model, weights, job); // chooses its kernels, which takes longer than it trains
    const startedMs = performance.now();
    let fastestMs = Infinity;
    let elapsedMs = 0;
    for (let tries = 0; elapsedMs < (tries < MIN_TRIES ? MAX_MS : BUDGET_MS); tries++) {
      const beforeMs = performance.now();
      await trainer.train(model, weights, job);
      fastestMs = Math.min(fastestMs, performance.now() - beforeMs);
      elapsedMs = performance.now() - startedMs;
    }
    return (1000 * numExamples) / fastestMs;
  } finally {
    trainer.dispose();
  }
}
