// What every engine behind core/training/trainer.ts must do, checked against the float64 twin.
// Small models: the suite runs on software renderers too.
import { describe, expect, test } from 'vitest';
import { createRandom } from '../core/math/random.ts';
import type { ModelSpec } from '../core/model/model-spec.ts';
import { batchOrder } from '../core/training/batch-order.ts';
import {
  TrainingAborted,
  type Examples,
  type OptimizerName,
  type Trainer,
  type TrainingJob,
} from '../core/training/trainer.ts';
import { evaluateFloat64, randomWeights, trainFloat64 } from './float64-trainer.ts';

const oneHidden: ModelSpec = { widths: [64, 24, 10] };
/** Odd widths: engines that work in blocks of two have a rest here. */
const twoHidden: ModelSpec = { widths: [64, 25, 17, 10] };
const learningRates: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.1,
  momentum: 0.05,
  adam: 0.005,
};

/** Images [numExamples, 64] whose bright pixels say their label, with noise. */
export function syntheticExamples(numExamples: number, seed: number): Examples {
  const random = createRandom(seed, 'synthetic-examples');
  const labels = Uint8Array.from({ length: numExamples }, () => random.below(10));
  const images = Uint8Array.from({ length: numExamples * 64 }, (_, at) => {
    const isBright = (at % 64) % 10 === labels[Math.floor(at / 64)]!;
    return isBright ? 128 + random.below(128) : random.below(160) * random.below(2);
  });
  return { images, labels };
}

/** A whole job over `numExamples`, three rounds' worth of defaults filled in. */
export function trainingJob(
  numExamples: number,
  changes: Partial<TrainingJob & { localEpochs: number; localBatches: number }> = {},
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

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference; // NaN counts as the largest
  }
  return a.length === b.length ? largest : Infinity;
}

/** Registers the suite; `create` opens the engine, which the suite disposes of. */
export function describeTrainer(name: string, create: () => Promise<Trainer>): void {
  describe(`${name} trainer`, () => {
    const withTrainer = async (use: (trainer: Trainer) => Promise<void>) => {
      const trainer = await create();
      try {
        await use(trainer);
      } finally {
        trainer.dispose();
      }
    };
    const weightsFor = (model: ModelSpec) => randomWeights(model, createRandom(5, 'conformance'));

    for (const [label, model] of [
      ['one hidden layer', oneHidden],
      ['two hidden layers', twoHidden],
    ] as const) {
      for (const optimizer of ['sgd', 'momentum', 'adam'] as const) {
        test(`${optimizer}, ${label}, a short last batch: weights as the float64 twin's`, () =>
          withTrainer(async (trainer) => {
            const examples = syntheticExamples(75, 1); // 4 batches of 16 and one of 11
            const job = trainingJob(75, { optimizer });
            const weights = weightsFor(model);
            trainer.loadTrainingExamples(examples);
            const result = await trainer.train(model, weights, job);
            const expected = trainFloat64(model, weights, examples, job);
            expect(largestDifference(result.weights, expected.weights)).toBeLessThan(1e-5);
            expect(largestDifference(result.weights, weights)).toBeGreaterThan(1e-2);
            expect(result.meanLoss).toBeCloseTo(expected.meanLoss, 4);
            expect(result.accuracy).toBeCloseTo(expected.accuracy, 6);
            expect(result.numExamplesSeen).toBe(150);
          }));
      }
    }

    test('one batch of the whole shard when the batch size exceeds it', () =>
      withTrainer(async (trainer) => {
        const examples = syntheticExamples(40, 2);
        const job = trainingJob(40, { batchSize: 1000, localEpochs: 3 });
        const weights = weightsFor(oneHidden);
        trainer.loadTrainingExamples(examples);
        const result = await trainer.train(oneHidden, weights, job);
        const expected = trainFloat64(oneHidden, weights, examples, job);
        expect(largestDifference(result.weights, expected.weights)).toBeLessThan(1e-5);
      }));

    test('starts every call from the given weights and fresh optimizer state, after any warm-up', () =>
      withTrainer(async (trainer) => {
        const examples = syntheticExamples(50, 3);
        const job = trainingJob(50, { optimizer: 'adam' });
        const weights = weightsFor(oneHidden);
        trainer.loadTrainingExamples(examples);
        const cold = await trainer.train(oneHidden, weights, job);
        await trainer.warmUp(oneHidden, job);
        const warm = await trainer.train(oneHidden, weights, job);
        expect(warm.weights).toEqual(cold.weights);
      }));

    test('counts, losses and confusion of any slice as the float64 twin', () =>
      withTrainer(async (trainer) => {
        const examples = syntheticExamples(1203, 4); // more than two of the engine's own batches
        const weights = weightsFor(twoHidden);
        trainer.loadEvaluationExamples('validation', examples);
        for (const [from, to] of [
          [0, 1203],
          [3, 4],
          [517, 1203],
          [9, 9],
        ] as const) {
          const result = await trainer.evaluate(twoHidden, weights, 'validation', from, to);
          const expected = evaluateFloat64(twoHidden, weights, examples, from, to);
          expect(result.numExamples).toBe(to - from);
          expect(result.numCorrect).toBe(expected.numCorrect);
          expect([...result.confusion]).toEqual(expected.confusion);
          expect(Math.abs(result.lossSum - expected.lossSum)).toBeLessThan(
            1e-5 * (to - from) + 1e-9,
          );
        }
        await expect(trainer.evaluate(twoHidden, weights, 'validation', 0, 1204)).rejects.toThrow(
          RangeError,
        );
        await expect(trainer.evaluate(twoHidden, weights, 'test', 0, 1)).rejects.toThrow('test');
      }));

    test('a stop between batches rejects with TrainingAborted, soon, and frees everything', () =>
      withTrainer(async (trainer) => {
        trainer.loadTrainingExamples(syntheticExamples(64, 5));
        await trainer.warmUp(oneHidden, trainingJob(64));
        const before = trainer.memory().numTensors;
        const signal = { aborted: false };
        let lastFraction = 0;
        const job = trainingJob(64, {
          localEpochs: 20_000, // seconds, even for the fastest engine
          signal,
          onProgress: (fraction) => (lastFraction = fraction),
        });
        let stoppedMs = 0;
        setTimeout(() => {
          signal.aborted = true;
          stoppedMs = performance.now();
        }, 100); // runs at all only because training yields to the event loop
        await expect(trainer.train(oneHidden, weightsFor(oneHidden), job)).rejects.toBeInstanceOf(
          TrainingAborted,
        );
        expect(performance.now() - stoppedMs).toBeLessThan(1000); // 50–100 ms on an idle machine
        expect(lastFraction).toBeGreaterThan(0);
        expect(lastFraction).toBeLessThan(1);
        expect(trainer.memory().numTensors).toBe(before);
      }));

    test('NaN shows: in the trained weights and in the loss of an evaluation', () =>
      withTrainer(async (trainer) => {
        const examples = syntheticExamples(32, 6);
        trainer.loadTrainingExamples(examples);
        trainer.loadEvaluationExamples('test', examples);
        const weights = weightsFor(oneHidden);
        weights[70] = NaN; // in the first kernel, in front of a ReLU
        const result = await trainer.train(oneHidden, weights, trainingJob(32));
        expect(result.weights.every(Number.isFinite)).toBe(false);
        expect((await trainer.evaluate(oneHidden, weights, 'test', 0, 32)).lossSum).toBeNaN();
      }));

    test('a huge learning rate ends in non-finite numbers or a large loss, not in silence', () =>
      withTrainer(async (trainer) => {
        trainer.loadTrainingExamples(syntheticExamples(64, 7));
        const job = trainingJob(64, { learningRate: 1e6 });
        const result = await trainer.train(oneHidden, weightsFor(oneHidden), job);
        expect(result.meanLoss < 100).toBe(false);
      }));

    test('memory is constant over rounds and over models of other widths', () =>
      withTrainer(async (trainer) => {
        const examples = syntheticExamples(50, 8);
        const empty = trainer.memory();
        const rounds = async (count: number) => {
          for (let round = 0; round < count; round++) {
            for (const model of [oneHidden, twoHidden]) {
              const job = trainingJob(50, { optimizer: round % 2 ? 'adam' : 'momentum' });
              await trainer.train(model, weightsFor(model), job);
              await trainer.evaluate(model, weightsFor(model), 'validation', 0, 50);
            }
            trainer.loadTrainingExamples(examples);
          }
        };
        trainer.loadTrainingExamples(examples);
        trainer.loadEvaluationExamples('validation', examples);
        await rounds(2);
        const before = trainer.memory();
        await rounds(10);
        expect(trainer.memory()).toEqual(before);
        trainer.dispose();
        expect(trainer.memory()).toEqual(empty);
      }));
  });
}
