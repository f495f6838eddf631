// TensorFlow.js itself is the oracle: it must read the files and predict what the forward pass does.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { classProbabilities } from './forward.ts';
import { denseModel, initialWeights, type ModelSpec } from './model-spec.ts';
import { exportForTfjs } from './tfjs-export.ts';

/** As a person would: both files from disk. */
async function loadFromFiles(model: ModelSpec, weights: Float32Array) {
  const files = exportForTfjs(model, weights, { runId: 'run-1', round: 4 });
  return loadLayersModel(
    tf.io.browserFiles([
      new File([files.modelJson], 'model.json', { type: 'application/json' }),
      new File([files.weights], 'weights.bin'),
    ]),
  );
}

it.each([
  [128, 1],
  [200, 2],
])('tf.loadLayersModel reads %i units × %i layers and predicts the same', async (units, layers) => {
  await tf.setBackend('cpu');
  const model = denseModel(units, layers);
  const random = createRandom(5, 'test');
  // Biases away from zero, so that a swap of kernels and biases would show.
  const weights = initialWeights(model, 5).map((weight) => weight + 0.05 * random.normal());
  const images = Array.from({ length: 3 }, () =>
    Uint8Array.from({ length: 784 }, () => random.below(256)),
  );
  const input = images.flatMap((pixels) => Array.from(pixels, (pixel) => pixel / 255));
  const loaded = await loadFromFiles(model, weights);
  const output = loaded.predict(tf.tensor2d(input, [3, 784])) as tf.Tensor;
  const expected = images.flatMap((pixels) => [...classProbabilities(model, weights, pixels)]);
  const actual = await output.data();
  expect(actual.length).toBe(30);
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
  expect(loaded.getUserDefinedMetadata()).toMatchObject({ runId: 'run-1', round: 4 });
  output.dispose();
  loaded.dispose();
});

it('refuses weights of another model', () => {
  expect(() => exportForTfjs(denseModel(16, 1), new Float32Array(10), {})).toThrow(RangeError);
});
