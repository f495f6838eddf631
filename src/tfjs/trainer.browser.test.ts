// The trainer's conformance on each backend, and what is particular to them.
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { backend as activeBackend } from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { createRandom } from '../core/math/random.ts';
import { denseModel, initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
import type { Examples, Trainer } from '../core/training/trainer.ts';
import { describeTrainer } from '../testing/conformance/trainer-conformance.ts';
import {
  largestDifference,
  syntheticExamples,
  trainingJob,
} from '../testing/conformance/training-samples.ts';
import type { TfjsBackendName } from './backend.ts';
import { createTfjsTrainer } from './trainer.ts';
import { webglContextOf } from './webgl-backend.ts';

const model = denseModel(64, 1);

for (const backend of ['wasm', 'cpu'] as const) {
  describeTrainer(backend, () => createTfjsTrainer(backend));
}
// Programs are compiled anew for each size of a batch, 50 ms each on a software renderer: the whole
// product takes 35 s.
describeTrainer('webgl', () => createTfjsTrainer('webgl'), { coverage: 'pairs' });

describe('below the tensors', () => {
  const small: ModelSpec = { widths: [64, 32, 10] };
  const train = async (trainer: Trainer, localEpochs: number) => {
    const job = trainingJob(75, { optimizer: 'adam', localEpochs });
    await trainer.train(small, initialWeights(small, 1), job);
    await trainer.evaluate(small, initialWeights(small, 1), 'test', [{ from: 0, to: 75 }]);
  };
  const open = async (backend: TfjsBackendName) => {
    const trainer = await createTfjsTrainer(backend);
    trainer.loadTrainingExamples(syntheticExamples(75, 1));
    trainer.loadEvaluationExamples('test', syntheticExamples(75, 2));
    await train(trainer, 10);
    return trainer;
  };

  test('the WASM heap does not grow with the number of steps', async () => {
    const trainer = await open('wasm');
    const heapBytes = () =>
      (activeBackend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const before = heapBytes();
    for (let round = 0; round < 10; round++) await train(trainer, 100); // 5000 steps
    expect(heapBytes()).toBe(before);
    trainer.dispose();
  });

  test('WebGL keeps no texture and compiles no program after the first round', async () => {
    const trainer = await open('webgl');
    const gl = webglContextOf(activeBackend());
    const textures = () => (activeBackend() as MathBackendWebGL).getTextureManager();
    const used = textures().getNumUsedTextures();
    const compile = vi.spyOn(gl, 'linkProgram');
    for (let round = 0; round < 5; round++) await train(trainer, 10);
    expect(textures().getNumUsedTextures()).toBe(used);
    expect(compile).not.toHaveBeenCalled();
    trainer.dispose();
  });

  test('a warm-up compiles all that training and evaluation need', async () => {
    const model: ModelSpec = { widths: [64, 48, 10] }; // not compiled by another test
    const trainer = await createTfjsTrainer('webgl');
    trainer.loadTrainingExamples(syntheticExamples(300, 1));
    trainer.loadEvaluationExamples('test', syntheticExamples(75, 2));
    const compile = vi.spyOn(webglContextOf(activeBackend()), 'linkProgram');
    await trainer.warmUp(model, { optimizer: 'momentum', batchSize: 16 });
    expect(compile).toHaveBeenCalled();
    compile.mockClear();
    const weights = initialWeights(model, 1);
    await trainer.train(model, weights, trainingJob(300, { optimizer: 'momentum' }));
    await trainer.evaluate(model, weights, 'test', [{ from: 10, to: 60 }]);
    expect(compile).not.toHaveBeenCalled();
    trainer.dispose();
  });
});

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
      const trainer = await createTfjsTrainer(backend);
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
