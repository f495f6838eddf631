// The part of the trainers' suite that compares numbers with the float64 twin: weights after a short
// training in every cell of training-cells.ts with every optimizer, and evaluation in every shape.
import { describe, expect, test } from 'vitest';
import { runConfigSchema } from '../../core/experiment/run-config.ts';
import type { OptimizerName, Trainer } from '../../core/training/trainer.ts';
import { evaluateFloat64 } from './float64-trainer.ts';
import {
  realCell,
  shapes,
  startingWeights,
  trainingCase,
  trainingCells,
  type Coverage,
  type TrainingCell,
} from './training-cells.ts';
import { largestDifference, syntheticExamples } from './training-samples.ts';

const optimizers: readonly OptimizerName[] = runConfigSchema.entries.optimizer.options;

/** Furthest that a weight may be from the twin's. */
const WEIGHT_BOUND = 1e-5;

export interface WeightsOptions {
  readonly coverage: Coverage;
  /** Opens a trainer that gives the same results, bit for bit. */
  readonly openTwin?: () => Promise<Trainer>;
}

/** Registers the comparison; `create` opens the engine. */
export function describeWeights(create: () => Promise<Trainer>, options: WeightsOptions): void {
  async function compare(cell: TrainingCell): Promise<void> {
    const trainer = await create();
    const twin = await options.openTwin?.();
    for (const optimizer of optimizers) {
      const { examples, weights, job, expected } = trainingCase(cell, optimizer);
      trainer.loadTrainingExamples(examples);
      const result = await trainer.train(cell.model, weights, job);
      const moved = largestDifference(expected.weights, weights);
      expect(moved, `${optimizer} moves the weights`).toBeGreaterThan(100 * WEIGHT_BOUND);
      const difference = largestDifference(result.weights, expected.weights);
      expect(difference, `${optimizer}, from the twin's weights`).toBeLessThan(WEIGHT_BOUND);
      expect(Math.abs(result.meanLoss - expected.meanLoss)).toBeLessThan(1e-5);
      expect(result.accuracy).toBeCloseTo(expected.accuracy, 9);
      expect(result.numExamplesSeen).toBe(job.order.length);
      if (!twin) continue;
      twin.loadTrainingExamples(examples);
      const { weights: twinWeights, ...twinScores } = await twin.train(cell.model, weights, job);
      expect(numUnequalBits(result.weights, twinWeights), optimizer).toBe(0);
      expect({ ...result, weights: null }).toEqual({ ...twinScores, weights: null });
    }
    for (const opened of [trainer, twin]) opened?.dispose();
  }

  describe('weights as the float64 twin’s, with every optimizer', () => {
    for (const cell of trainingCells(options.coverage)) {
      const { model, batchSize, end } = cell;
      test(`${model.widths.join('-')}, batches of ${batchSize}, ${end}`, () => compare(cell));
    }

    test('McMahan’s 2NN in its real size', () => compare(realCell));
  });

  describe('counts, losses and confusion as the float64 twin’s', () => {
    test.each(shapes)('$widths', async (model) => {
      const examples = syntheticExamples(131, 4, model.widths[0]); // two of the SIMD step's batches and 3
      const weights = startingWeights(model);
      const trainer = await create();
      trainer.loadEvaluationExamples('test', examples);
      const [from, to] = [2, 131];
      const [result] = await trainer.evaluate(model, weights, 'test', [{ from, to }]);
      if (result === undefined) throw new Error('a range has no result');
      trainer.dispose();
      const expected = evaluateFloat64(model, weights, examples, from, to);
      expect(result.numExamples).toBe(to - from);
      expect(result.numCorrect).toBe(expected.numCorrect);
      expect([...result.confusion]).toEqual(expected.confusion);
      expect(Math.abs(result.lossSum - expected.lossSum)).toBeLessThan(1e-5 * (to - from));
    });
  });
}

/** Values that are not the same 32 bits: 0 and -0 differ, NaN is equal to itself. */
function numUnequalBits(a: Float32Array<ArrayBuffer>, b: Float32Array<ArrayBuffer>): number {
  const [bitsOfA, bitsOfB] = [new Uint32Array(a.buffer), new Uint32Array(b.buffer)];
  return bitsOfA.filter((bits, at) => bits !== bitsOfB[at]).length;
}
