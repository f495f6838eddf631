// What the trainers' suite trains: layer shapes × batch sizes × ends of an epoch, each with data on
// which float32 and float64 must agree.
import { createRandom } from '../../core/math/random.ts';
import { initialWeights, tensorSlots, type ModelSpec } from '../../core/model/model-spec.ts';
import type { Examples, OptimizerName, TrainingJob } from '../../core/training/trainer.ts';
import { trainFloat64 } from './float64-trainer.ts';
import { syntheticExamples, trainingJob } from './training-samples.ts';

/** One training to be compared: a model, and how its shard falls into batches. */
export interface TrainingCell {
  readonly model: ModelSpec;
  readonly batchSize: number;
  /** Where the last batches of an epoch end, in words. */
  readonly end: string;
  readonly numExamples: number;
  /** At most so many batches in both epochs; null: all of them. */
  readonly localBatches: number | null;
}

export interface TrainingCase {
  readonly examples: Examples;
  readonly weights: Float32Array<ArrayBuffer>;
  readonly job: TrainingJob;
  /** The float64 twin's result. */
  readonly expected: ReturnType<typeof trainFloat64>;
}

/** Small, so that the slow twin and software renderers keep up; 300 pixels are more than a SIMD chunk. */
export const shapes: readonly ModelSpec[] = [
  { widths: [49, 10] },
  { widths: [49, 24, 10] },
  { widths: [49, 1, 10] },
  { widths: [300, 37, 10] },
  { widths: [49, 20, 20, 10] }, // McMahan's 2NN in small
  { widths: [49, 17, 15, 33, 10] },
  { widths: [49, 9, 16, 1, 8, 10] },
];

const batchSizes = [10, 16, 32, 64];

interface EpochEnd {
  readonly end: string;
  readonly numExamples: (batchSize: number) => number;
  readonly localBatches: number | null;
}

const epochEnds: readonly EpochEnd[] = [
  { end: 'whole batches only', numExamples: (batchSize) => 2 * batchSize, localBatches: null },
  { end: 'a last batch of 1', numExamples: (batchSize) => batchSize + 1, localBatches: null },
  {
    end: 'an odd last batch',
    numExamples: (batchSize) => batchSize + ((batchSize >> 1) | 1),
    localBatches: null,
  },
  { end: 'fewer examples than a batch', numExamples: (size) => size - 3, localBatches: null },
  { end: 'a cut last epoch', numExamples: (batchSize) => batchSize + 4, localBatches: 3 },
];

/**
 * `product` has every shape with every batch size and every end of an epoch; in `pairs` every two of
 * them meet.
 */
export type Coverage = 'product' | 'pairs';

export function trainingCells(coverage: Coverage): TrainingCell[] {
  return shapes.flatMap((model, shapeAt) =>
    epochEnds.flatMap(({ end, numExamples, localBatches }, endAt) =>
      batchSizes
        .filter((_, at) => coverage === 'product' || at === (shapeAt + endAt) % batchSizes.length)
        .map((batchSize) => ({
          ...{ model, batchSize, end, localBatches },
          numExamples: numExamples(batchSize),
        })),
    ),
  );
}

/** McMahan's 2NN (arXiv 1602.05629) as it is. */
export const realCell: TrainingCell = {
  model: { widths: [784, 200, 200, 10] },
  ...{ batchSize: 10, end: 'a last batch of 1', numExamples: 11, localBatches: null },
};

/** Below those of practice: what a float32 step rounds must not grow from step to step. */
const learningRates: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.02,
  momentum: 0.01,
  adam: 0.001,
};

/** As far as weights may be off after training, and well above what float32 rounds in one unit. */
const KINK_DISTANCE = 1e-5;
const MOST_DRAWS = 100;

/**
 * Two epochs of a cell. A unit within rounding of 0 may be off in float32 and on in float64, which
 * moves its weights by more than any bound on rounding: examples are drawn again until the twin meets
 * no unit nearer to 0 than KINK_DISTANCE, in any of its steps.
 */
export function trainingCase(cell: TrainingCell, optimizer: OptimizerName): TrainingCase {
  const { model, batchSize, numExamples, localBatches } = cell;
  const learningRate = learningRates[optimizer];
  const job = trainingJob(numExamples, { optimizer, learningRate, batchSize, localBatches });
  const weights = startingWeights(model);
  for (let seed = 1; seed <= MOST_DRAWS; seed++) {
    const examples = syntheticExamples(numExamples, seed, model.widths[0]);
    const expected = trainFloat64(model, weights, examples, job);
    if (expected.kinkDistance > KINK_DISTANCE) return { examples, weights, job, expected };
  }
  throw new Error(`${MOST_DRAWS} draws for ${model.widths.join('-')} met a kink each`);
}

/** As a run starts, but for biases, which are not 0: a bias that is read wrongly shows. */
export function startingWeights(model: ModelSpec): Float32Array<ArrayBuffer> {
  const weights = initialWeights(model, 1);
  const random = createRandom(5, 'biases');
  for (const { shape, offset, size } of tensorSlots(model)) {
    if (shape.length > 1) continue;
    for (let i = 0; i < size; i++) weights[offset + i] = (random.uniform() - 0.5) * 0.4;
  }
  return weights;
}
