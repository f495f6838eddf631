// Whether the SIMD step can run a model here, and how fast it is, measured on made-up images.
import { createRandom } from '../core/math/random.ts';
import { initialWeights, NUM_CLASSES, type ModelSpec } from '../core/model/model-spec.ts';
import type { Examples, TrainingJob } from '../core/training/trainer.ts';
import { createSimdTrainer } from './trainer.ts';

const BUDGET_MS = 100;
/** A busy machine gets as many tries as a quiet one, within reason. */
const MIN_TRIES = 6;
const MAX_MS = 1000;
const MIN_EXAMPLES = 256;
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
 * Examples a second with SGD. The fastest of several short measurements, because other tabs calibrate
 * at the same time and the first ones run code that is not yet optimised.
 */
export async function measureExamplesPerSecond(
  module: WebAssembly.Module,
  model: ModelSpec,
  batchSize: number,
): Promise<number> {
  const numExamples = Math.max(MIN_EXAMPLES, Math.min(batchSize, 1024));
  const trainer = await createSimdTrainer({ module, reason: '' });
  try {
    trainer.loadTrainingExamples(darkExamples(numExamples, model.widths[0]!));
    const weights = initialWeights(model, 0);
    const job: TrainingJob = {
      optimizer: 'sgd',
      learningRate: 0.01,
      momentum: 0,
      batchSize,
      order: Uint32Array.from({ length: numExamples }, (_, index) => index),
      epochLengths: [numExamples],
      signal: { aborted: false },
      onProgress: () => {},
    };
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
