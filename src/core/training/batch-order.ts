// The order in which a client visits its examples in one round: a fresh shuffle each epoch and each
// round, derived from the run's seed, so that a resumed round visits the same batches again.
import { createRandom } from '../math/random.ts';
import type { TrainingJob } from './trainer.ts';

export interface BatchOrderInput {
  readonly seed: number;
  readonly round: number;
  readonly seat: number;
  /** Examples in the client's shard. */
  readonly numExamples: number;
  readonly batchSize: number;
  readonly localEpochs: number;
  /** At most this many batches in all; null: whole epochs. */
  readonly localBatches: number | null;
}

/**
 * `order` lists positions in the shard, epoch after epoch; `epochLengths` says how many belong to
 * each. A cap keeps the first batches of the shuffles, so the last epoch may be cut short or missing.
 */
export function batchOrder(input: BatchOrderInput): Pick<TrainingJob, 'order' | 'epochLengths'> {
  const { numExamples, batchSize } = input;
  const random = createRandom(input.seed, 'batch-order', input.round, input.seat);
  const epochs: Uint32Array[] = [];
  let batchesLeft = input.localBatches ?? Infinity;
  for (let epoch = 0; epoch < input.localEpochs && batchesLeft > 0 && numExamples > 0; epoch++) {
    epochs.push(random.permutation(numExamples).subarray(0, batchesLeft * batchSize));
    batchesLeft -= Math.ceil(numExamples / batchSize);
  }
  const epochLengths = epochs.map((epoch) => epoch.length);
  const order = new Uint32Array(epochLengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const epoch of epochs) {
    order.set(epoch, at);
    at += epoch.length;
  }
  return { order, epochLengths };
}
