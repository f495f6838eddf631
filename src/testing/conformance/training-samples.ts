// Examples and jobs for tests of trainers, and how far two vectors of weights are apart.
import { createRandom } from '../../core/math/random.ts';
import { batchOrder } from '../../core/training/batch-order.ts';
import type { Examples, OptimizerName, TrainingJob } from '../../core/training/trainer.ts';

const learningRates: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.1,
  momentum: 0.05,
  adam: 0.005,
};

/** Images [numExamples, numPixels] whose bright pixels say their label, with noise; nearly half is dark. */
export function syntheticExamples(numExamples: number, seed: number, numPixels = 64): Examples {
  const random = createRandom(seed, 'synthetic-examples');
  const labels = Uint8Array.from({ length: numExamples }, () => random.below(10));
  const images = Uint8Array.from({ length: numExamples * numPixels }, (_, at) => {
    const isBright = (at % numPixels) % 10 === labels[Math.floor(at / numPixels)]!;
    return isBright ? 128 + random.below(128) : random.below(160) * random.below(2);
  });
  return { images, labels };
}

/** A whole job over `numExamples`, three rounds' worth of defaults filled in. */
export function trainingJob(
  numExamples: number,
  changes: Partial<TrainingJob & { localEpochs: number; localBatches: number | null }> = {},
): TrainingJob {
  const { localEpochs = 2, localBatches = null, ...rest } = changes;
  const batchSize = rest.batchSize ?? 16;
  const optimizer = rest.optimizer ?? 'sgd';
  return {
    optimizer,
    learningRate: learningRates[optimizer],
    momentum: 0.9,
    batchSize,
    ...batchOrder({
      seed: 7,
      round: 3,
      seat: 1,
      numExamples,
      batchSize,
      localEpochs,
      localBatches,
    }),
    signal: { aborted: false },
    onProgress: () => {},
    ...rest,
  };
}

/** NaN where a difference is none, Infinity where the lengths differ: neither is below any bound. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
