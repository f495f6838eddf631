// What the benchmark's page and its workers both time: an epoch of the notebook's model.
import { denseModel, initialWeights } from '../core/model/model-spec.ts';
import { batchOrder } from '../core/training/batch-order.ts';
import type { Trainer, TrainingJob } from '../core/training/trainer.ts';

export interface CellSize {
  readonly optimizer: 'sgd' | 'adam';
  readonly units: number;
  readonly batchSize: number;
}

/** Epochs over `numExamples` loaded examples. */
export function trainingTurn(
  trainer: Trainer,
  size: CellSize,
  numExamples: number,
  localEpochs: number,
): () => Promise<void> {
  const { optimizer, units, batchSize } = size;
  const model = denseModel(units, 1);
  const weights = initialWeights(model, 1);
  const job: TrainingJob = {
    ...{ optimizer, learningRate: optimizer === 'sgd' ? 0.1 : 0.001, momentum: 0, batchSize },
    ...batchOrder({
      ...{ seed: 1, round: 1, seat: 0, numExamples, batchSize },
      ...{ localEpochs, localBatches: null },
    }),
    signal: { aborted: false },
    onProgress: () => {},
  };
  return async () => void (await trainer.train(model, weights, job));
}
