// Batches that are trained in pieces: the same bits as in one piece, within a memory and a time that do
// not grow with the batch.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRandom } from '../core/math/random.ts';
import { initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
import type { OptimizerName } from '../core/training/trainer.ts';
import { randomWeights, trainFloat64 } from '../testing/conformance/float64-trainer.ts';
import { largestDifference, trainingJob } from '../testing/conformance/training-samples.ts';
import { createArena } from './arena.ts';
import { darkExamples } from './calibration.ts';
import { storeExamples } from './example-store.ts';
import { instantiateKernels } from './kernels.ts';
import { pieceSizeOf } from './layout.ts';
import { createNetwork } from './network.ts';
import { createSimdTrainer } from './trainer.ts';

const module = new WebAssembly.Module(readFileSync('src/simd/training-step.wasm'));
const optimizers: readonly OptimizerName[] = ['sgd', 'momentum', 'adam'];
const model: ModelSpec = { widths: [100, 37, 20, 10] };
const pieceSize = pieceSizeOf(model);

/** Weights after batches [0, 200) and [200, 256), each trained in the pieces that `cuts` says. */
async function weightsAfter(optimizer: OptimizerName, isSparse: boolean, cuts: number[] | null) {
  const kernels = await instantiateKernels(module);
  const arena = createArena(kernels.memory, kernels.heapBase());
  const store = storeExamples(arena, darkExamples(256, 100));
  const network = createNetwork(kernels, arena, {
    ...{ model, optimizer, batchCapacity: cuts === null ? pieceSize : pieceSize + 1 },
  });
  network.visit(store, 0);
  network.loadWeights(initialWeights(model, 1));
  network.begin({ optimizer, learningRate: 0.05, momentum: 0.9, batchSize: 200 }, isSparse);
  for (const [from, to] of [
    [0, 200],
    [200, 256],
  ] as const) {
    if (cuts === null) {
      network.train(from, to);
      continue;
    }
    const edges = [from, ...cuts.filter((cut) => from < cut && cut < to), to];
    for (let at = 1; at < edges.length; at++) {
      network.trainPieces(edges[at - 1]!, edges[at]!, to - from);
    }
    network.endBatch();
  }
  return Buffer.from(network.weights().buffer).toString('hex');
}

test.each(optimizers)('%s: pieces of any size add up to the bits of a batch', async (optimizer) => {
  const whole = await weightsAfter(optimizer, false, null);
  for (const isSparse of [false, true]) {
    for (const cuts of [[], [1, 2, 99, 230], [64, 128, 192, 255]]) {
      expect(await weightsAfter(optimizer, isSparse, cuts)).toBe(whole);
    }
  }
});

test.each(optimizers)('%s: as the float64 twin, with a tail that is not cut', async (optimizer) => {
  const numExamples = 2 * pieceSize + 300;
  const examples = darkExamples(numExamples, 100);
  const weights = randomWeights(model, createRandom(4, 'large-batches'));
  const job = trainingJob(numExamples, {
    ...{ optimizer, batchSize: numExamples - 200, localEpochs: 3 },
    learningRate: optimizer === 'adam' ? 0.001 : 0.05,
  });
  const twin = trainFloat64(model, weights, examples, job);
  for (const kernels of ['dense', 'sparse'] as const) {
    const trainer = await createSimdTrainer({ module, reason: 'A test.', kernels });
    trainer.loadTrainingExamples(examples);
    const result = await trainer.train(model, weights, job);
    expect(largestDifference(result.weights, twin.weights)).toBeLessThan(1e-5);
    expect(largestDifference(result.weights, weights)).toBeGreaterThan(1e-3);
    expect(Math.abs(result.meanLoss - twin.meanLoss)).toBeLessThan(1e-5);
  }
});

test('a batch that is broken off leaves nothing behind, and memory does not grow with it', async () => {
  const large: ModelSpec = { widths: [400, 256, 256, 10] }; // a batch lasts longer than a slice
  const numInPiece = pieceSizeOf(large);
  const numExamples = 40 * numInPiece;
  const weights = initialWeights(large, 1);
  const trainer = await createSimdTrainer({ module, reason: 'A test.' });
  trainer.loadTrainingExamples(darkExamples(numExamples, 400));
  const two = trainingJob(2 * numInPiece, { batchSize: 2 * numInPiece, optimizer: 'adam' });
  const { weights: before } = await trainer.train(large, weights, two);
  const { numBytes } = trainer.memory();

  const signal = { aborted: false };
  const all = trainingJob(numExamples, {
    ...{ batchSize: numExamples, optimizer: 'adam', localEpochs: 10, signal },
    onProgress: (fraction) => (signal.aborted = fraction > 0),
  });
  await expect(trainer.train(large, weights, all)).rejects.toThrow('stopped');
  expect(trainer.memory().numBytes).toBe(numBytes);
  const { weights: after } = await trainer.train(large, weights, two);
  expect(largestDifference(after, before)).toBe(0);
});
