// The trainer's conformance on each backend, and what is particular to them.
import { describe, expect, test } from 'vitest';
import { createRandom } from '../core/math/random.ts';
import { denseModel, initialWeights } from '../core/model/model-spec.ts';
import type { Examples } from '../core/training/trainer.ts';
import { describeTrainer, largestDifference, trainingJob } from '../testing/trainer-conformance.ts';
import type { TfjsBackendName } from './backend.ts';
import { createTfjsTrainer } from './trainer.ts';

const model = denseModel(64, 1);
const options = { model, batchSize: 16 };

for (const backend of ['webgl', 'wasm', 'cpu'] as const) {
  describeTrainer(backend, () => createTfjsTrainer(backend, options));
}

describe('across backends', () => {
  test('Adam on WebGL gives the CPU backend’s weights within 1e-5 after an epoch', async () => {
    const random = createRandom(9, 'images');
    const numExamples = 300;
    const examples: Examples = {
      images: Uint8Array.from({ length: numExamples * 784 }, () =>
        random.uniform() < 0.2 ? random.below(256) : 0,
      ),
      labels: Uint8Array.from({ length: numExamples }, () => random.below(10)),
    };
    const weights = initialWeights(model, 1);
    const train = async (backend: TfjsBackendName) => {
      const trainer = await createTfjsTrainer(backend, options);
      trainer.loadTrainingExamples(examples);
      const job = trainingJob(numExamples, {
        optimizer: 'adam',
        learningRate: 0.001,
        localEpochs: 1,
      });
      const result = await trainer.train(model, weights, job);
      trainer.dispose();
      return result.weights;
    };
    const [webgl, cpu] = [await train('webgl'), await train('cpu')];
    expect(largestDifference(webgl, cpu)).toBeLessThan(1e-5);
    expect(largestDifference(cpu, weights)).toBeGreaterThan(1e-2);
  });
});
