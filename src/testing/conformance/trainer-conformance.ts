// What every engine behind core/training/trainer.ts must do, checked against the float64 twin.
// Small models: the suite runs on software renderers too.
import type { ExampleRange } from '../../core/training/example-ranges.ts';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../core/math/random.ts';
import type { ModelSpec } from '../../core/model/model-spec.ts';
import { TrainingAborted, type Trainer } from '../../core/training/trainer.ts';
import { evaluateFloat64, randomWeights } from './float64-trainer.ts';
import { describeDivergence } from './trainer-divergence.ts';
import { describeWeights, type WeightsOptions } from './trainer-weights.ts';
import { syntheticExamples, trainingJob } from './training-samples.ts';

const oneHidden: ModelSpec = { widths: [64, 24, 10] };
/** Odd widths: engines that work in blocks of two have a rest here. */
const twoHidden: ModelSpec = { widths: [64, 25, 17, 10] };

/** Registers the suite; `create` opens the engine, which the suite disposes of. */
export function describeTrainer(
  name: string,
  create: () => Promise<Trainer>,
  options: Partial<WeightsOptions> = {},
): void {
  describe(`${name} trainer`, () => {
    describeWeights(create, { coverage: 'product', ...options });
    describeDivergence(create);

    const withTrainer = async (use: (trainer: Trainer) => Promise<void>) => {
      const trainer = await create();
      try {
        await use(trainer);
      } finally {
        trainer.dispose();
      }
    };
    const weightsFor = (model: ModelSpec) => randomWeights(model, createRandom(5, 'conformance'));

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
        const expectAsTwin = async (ranges: readonly ExampleRange[]) => {
          const results = await trainer.evaluate(twoHidden, weights, 'validation', ranges);
          expect(results).toHaveLength(ranges.length);
          for (const [index, { from, to }] of ranges.entries()) {
            const result = results[index]!;
            const expected = evaluateFloat64(twoHidden, weights, examples, from, to);
            expect(result.numExamples).toBe(to - from);
            expect(result.numCorrect).toBe(expected.numCorrect);
            expect([...result.confusion]).toEqual(expected.confusion);
            expect(Math.abs(result.lossSum - expected.lossSum)).toBeLessThan(
              1e-5 * (to - from) + 1e-9,
            );
          }
        };
        const ranges = [
          { from: 517, to: 1203 },
          { from: 3, to: 4 },
          { from: 0, to: 1203 },
          { from: 9, to: 9 },
          { from: 480, to: 520 },
        ];
        for (const range of ranges) await expectAsTwin([range]);
        await expectAsTwin(ranges);
        await expectAsTwin([]);
        await expect(
          trainer.evaluate(twoHidden, weights, 'validation', [{ from: 0, to: 1204 }]),
        ).rejects.toThrow(RangeError);
        await expect(
          trainer.evaluate(twoHidden, weights, 'test', [{ from: 0, to: 1 }]),
        ).rejects.toThrow('test');
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

    test('memory is constant over rounds and over models of other widths', () =>
      withTrainer(async (trainer) => {
        const examples = syntheticExamples(50, 8);
        const empty = trainer.memory();
        const rounds = async (count: number) => {
          for (let round = 0; round < count; round++) {
            for (const model of [oneHidden, twoHidden]) {
              const job = trainingJob(50, { optimizer: round % 2 ? 'adam' : 'momentum' });
              await trainer.train(model, weightsFor(model), job);
              await trainer.evaluate(model, weightsFor(model), 'validation', [{ from: 0, to: 50 }]);
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
