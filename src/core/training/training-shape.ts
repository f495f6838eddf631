// What decides how fast an engine trains, and so which engine a run should have.
import { numParameters, type ModelSpec } from '../model/model-spec.ts';
import type { OptimizerName } from './trainer.ts';

export interface TrainingShape {
  readonly model: ModelSpec;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
}

/** Equal for shapes that train equally fast. */
export function shapeKey({ model, batchSize, optimizer }: TrainingShape): string {
  return JSON.stringify([model.widths, batchSize, optimizer]);
}

/** In few words, for a sentence of the dashboard: "128 units, batch 16, sgd". */
export function shapeInWords({ model, batchSize, optimizer }: TrainingShape): string {
  return `${model.widths.slice(1, -1).join('-')} units, batch ${batchSize}, ${optimizer}`;
}

/** How many times the arithmetic of one shape's step is that of the other's; at least 1. */
export function timesTheWork(a: TrainingShape, b: TrainingShape): number {
  const [less, more] = [workOf(a), workOf(b)].sort((x, y) => x - y) as [number, number];
  return more / less;
}

/** Multiplications of the forward pass of a calibration's step: at most 0.1 s on any engine. */
const LARGEST_WORK = 2 ** 27;
/**
 * Examples in a call of an engine that trains a whole epoch in one: 1 ms, in clock ticks of 0.1 ms. A
 * busy machine leaves a longer call seldom undisturbed.
 */
const LARGEST_EPOCH = 256;

/**
 * What to calibrate with: batches of `numRows` examples, `numBatches` of them an epoch. The run's own
 * batch, unless a step of it takes long: then the overhead that a smaller one shows more of is small.
 */
export function calibrationSize(shape: TrainingShape): { numRows: number; numBatches: number } {
  const numAffordable = Math.max(1, Math.floor(LARGEST_WORK / numParameters(shape.model)));
  const numRows = Math.min(shape.batchSize, 1024, numAffordable);
  const numExamples = Math.min(LARGEST_EPOCH, numAffordable);
  return { numRows, numBatches: Math.max(1, Math.floor(numExamples / numRows)) };
}

function workOf({ model, batchSize }: TrainingShape): number {
  return numParameters(model) * batchSize;
}
