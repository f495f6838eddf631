// The part of the trainers' suite about weights that are no numbers: wherever they are, training and
// evaluation must show them, so that a client tells of a failed update instead of sending one.
import { describe, expect, test } from 'vitest';
import { runConfigSchema } from '../../core/experiment/run-config.ts';
import { allFinite } from '../../core/math/finite.ts';
import { difference } from '../../core/model/weights.ts';
import type { ModelSpec } from '../../core/model/model-spec.ts';
import type { Examples, Trainer } from '../../core/training/trainer.ts';
import { startingWeights } from './training-cells.ts';
import { syntheticExamples, trainingJob } from './training-samples.ts';

const model: ModelSpec = { widths: [64, 24, 10] };
const UNITS = model.widths[1]!;
const DARK_PIXEL = 7;
const NUM_EXAMPLES = 60;

const places: readonly (readonly [place: string, isBad: (at: number) => boolean])[] = [
  // A product that zero-skipping leaves out, and a ReLU behind it.
  ['of a pixel that is never lit', (at) => at === DARK_PIXEL * UNITS],
  ['of a pixel that is often lit', (at) => at === (DARK_PIXEL + 1) * UNITS],
  ['in a hidden bias', (at) => at === 64 * UNITS],
  ['in the last bias', (at) => at === 64 * UNITS + UNITS + UNITS * 10],
  ['everywhere', () => true],
];

/** Registers the tests; `create` opens the engine. */
export function describeDivergence(create: () => Promise<Trainer>): void {
  describe.each([NaN, Infinity, -Infinity])('a weight that is %s', (bad) => {
    test.each(places)('%s shows in what is trained and evaluated', async (_, isBad) => {
      const trainer = await create();
      const examples = examplesWithADarkPixel();
      trainer.loadTrainingExamples(examples);
      trainer.loadEvaluationExamples('test', examples);
      const good = startingWeights(model);
      const weights = good.map((weight, at) => (isBad(at) ? bad : weight));
      for (const optimizer of runConfigSchema.entries.optimizer.options) {
        const job = trainingJob(NUM_EXAMPLES, { optimizer });
        const before = await trainer.train(model, good, job);
        const diverged = await trainer.train(model, weights, job);
        // What a client would send, were it not for its check.
        expect(allFinite(difference(diverged.weights, weights))).toBe(false);
        expect(allFinite(difference(diverged.weights, good))).toBe(false);
        expect(await trainer.train(model, good, job), 'nothing is left behind').toEqual(before);
        expect(allFinite(before.weights)).toBe(true);
      }
      const [result] = await trainer.evaluate(model, weights, 'test', [
        { from: 0, to: NUM_EXAMPLES },
      ]);
      const { lossSum } = result!;
      expect(lossSum).toBeNaN();
      trainer.dispose();
    });
  });

  test('a huge learning rate ends in non-finite numbers or a large loss, not in silence', async () => {
    const trainer = await create();
    trainer.loadTrainingExamples(syntheticExamples(64, 7));
    const job = trainingJob(64, { learningRate: 1e6 });
    const result = await trainer.train(model, startingWeights(model), job);
    expect(result.meanLoss < 100).toBe(false);
    trainer.dispose();
  });
}

function examplesWithADarkPixel(): Examples {
  const { images, labels } = syntheticExamples(NUM_EXAMPLES, 6);
  return { images: images.map((byte, at) => (at % 64 === DARK_PIXEL ? 0 : byte)), labels };
}
