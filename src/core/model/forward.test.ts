import { describe, expect, test } from 'vitest';
import { createRandom } from '../math/random.ts';
import { randomWeights, trainFloat64 } from '../../testing/conformance/float64-trainer.ts';
import { classProbabilities, forwardPass, softmax } from './forward.ts';
import { denseModel, type ModelSpec } from './model-spec.ts';

describe('forward pass', () => {
  test('a network small enough to reckon by hand', () => {
    // hidden = relu([1, 0.2]·[[1, -1], [5, 2]] + [0.5, 0.1]) = relu([2.5, -0.5]) = [2.5, 0]
    // logits = hidden·[[2, -1], [7, 7]] + [0, 1] = [5, -1.5]
    const model: ModelSpec = { widths: [2, 2, 2] };
    const weights = [1, -1, 5, 2, 0.5, 0.1, 2, -1, 7, 7, 0, 1];
    const { activations } = forwardPass(model, weights, [255, 51]);
    expect([...activations[0]!]).toEqual([1, 0.2]);
    expect([...activations[1]!]).toEqual([2.5, 0]);
    expect([...activations[2]!]).toEqual([5, -1.5]);
    const [first, second] = classProbabilities(model, weights, [255, 51]);
    expect(first).toBeCloseTo(1 / (1 + Math.exp(-6.5)), 12);
    expect(first! + second!).toBeCloseTo(1, 12);
  });

  test('softmax survives logits that overflow exp', () => {
    const [a, b] = softmax(Float64Array.of(1000, 1000 - Math.log(3)));
    expect(a).toBeCloseTo(0.75, 12);
    expect(b).toBeCloseTo(0.25, 12);
  });

  test('NaN weights give NaN, also behind a ReLU', () => {
    const model = denseModel(4, 1);
    const weights = randomWeights(model, createRandom('nan'));
    weights[0] = NaN;
    const image = new Uint8Array(784).fill(255);
    expect(classProbabilities(model, weights, image).every(Number.isNaN)).toBe(true);
  });
});

describe('the float64 trainer that engines are measured by', () => {
  const model: ModelSpec = { widths: [6, 5, 4, 10] };
  const random = createRandom('float64-trainer');
  const weights = Float64Array.from(randomWeights(model, random), (w) => 5 * w);
  const examples = {
    images: Uint8Array.from({ length: 8 * 6 }, () => random.below(256)),
    labels: Uint8Array.from({ length: 8 }, () => random.below(10)),
  };
  const order = Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  const job = { learningRate: 1e-3, momentum: 0.9, batchSize: 8, order, epochLengths: [8] };
  const meanLoss = (at: ArrayLike<number>) => {
    const losses = [...order].map((example) => {
      const image = examples.images.subarray(6 * example, 6 * example + 6);
      return -Math.log(classProbabilities(model, at, image)[examples.labels[example]!]!);
    });
    return losses.reduce((a, b) => a + b, 0) / losses.length;
  };

  test('its SGD step is the numerical derivative of the mean cross-entropy', () => {
    const after = trainFloat64(model, weights, examples, { ...job, optimizer: 'sgd' });
    expect(after.meanLoss).toBeCloseTo(meanLoss(weights), 12);
    for (let i = 0; i < weights.length; i++) {
      const nudged = (by: number) => meanLoss(weights.with(i, weights[i]! + by));
      const slope = (nudged(1e-5) - nudged(-1e-5)) / 2e-5;
      expect((weights[i]! - after.weights[i]!) / 1e-3).toBeCloseTo(slope, 6);
    }
  });

  test('momentum’s first step is SGD’s, its second goes on by 0.9 of the first', () => {
    const sgd = trainFloat64(model, weights, examples, { ...job, optimizer: 'sgd' });
    const twice = { ...job, order: Uint32Array.of(...order, ...order), epochLengths: [8, 8] };
    const momentum = trainFloat64(model, weights, examples, { ...twice, optimizer: 'momentum' });
    const sgdTwice = trainFloat64(model, weights, examples, { ...twice, optimizer: 'sgd' });
    for (let i = 0; i < weights.length; i++) {
      const more = momentum.weights[i]! - sgdTwice.weights[i]!;
      expect(more).toBeCloseTo(0.9 * (sgd.weights[i]! - weights[i]!), 10);
    }
  });

  test('Adam’s first step has the length of the learning rate, against the slope', () => {
    const sgd = trainFloat64(model, weights, examples, { ...job, optimizer: 'sgd' });
    const adam = trainFloat64(model, weights, examples, { ...job, optimizer: 'adam' });
    for (let i = 0; i < weights.length; i++) {
      const slope = (weights[i]! - sgd.weights[i]!) / 1e-3;
      if (Math.abs(slope) < 1e-3) continue; // there epsilon counts
      expect(adam.weights[i]! - weights[i]!).toBeCloseTo(-1e-3 * Math.sign(slope), 5);
    }
  });
});
