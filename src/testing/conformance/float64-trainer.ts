// A slow twin of the engines: local training and evaluation one example at a time in float64, written
// from the formulas (Goodfellow et al. 2016, ch. 6.5, for backpropagation; Kingma & Ba 2015, end of
// section 2, for Adam's "epsilon hat" form, which Keras uses). An oracle for tests only.
import { forwardPass, softmax } from '../../core/model/forward.ts';
import type { Random } from '../../core/math/random.ts';
import { numParameters, tensorSlots, type ModelSpec } from '../../core/model/model-spec.ts';
import type { Examples, TrainingJob } from '../../core/training/trainer.ts';

type Float64Job = Omit<TrainingJob, 'signal' | 'onProgress'>;

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7; // Keras' default

/** The gradient of the mean cross-entropy over the examples at `batch`, and the sum of the losses. */
function batchGradient(
  model: ModelSpec,
  weights: Float64Array,
  examples: Examples,
  batch: Uint32Array,
): { gradient: Float64Array; lossSum: number; numCorrect: number } {
  const slots = tensorSlots(model);
  const gradient = new Float64Array(weights.length);
  let lossSum = 0;
  let numCorrect = 0;
  for (const example of batch) {
    const { activations } = forwardPass(model, weights, imageOf(model, examples, example));
    const probabilities = softmax(activations.at(-1)!);
    const label = examples.labels[example]!;
    lossSum -= Math.log(probabilities[label]!);
    if (argMax(probabilities) === label) numCorrect++;
    let error = probabilities.map((p, j) => (p - (j === label ? 1 : 0)) / batch.length);
    for (let layer = activations.length - 2; layer >= 0; layer--) {
      const kernel = slots[2 * layer]!;
      const bias = slots[2 * layer + 1]!;
      const inputs = activations[layer]!;
      const inputError = new Float64Array(inputs.length);
      for (let j = 0; j < bias.size; j++) {
        gradient[bias.offset + j]! += error[j]!;
        for (let i = 0; i < inputs.length; i++) {
          const at = kernel.offset + i * bias.size + j;
          gradient[at]! += inputs[i]! * error[j]!;
          if (inputs[i]! > 0) inputError[i]! += weights[at]! * error[j]!;
        }
      }
      error = inputError;
    }
  }
  return { gradient, lossSum, numCorrect };
}

/**
 * How near to 0 any hidden unit comes in front of its ReLU; Infinity without hidden units. A model cut
 * off behind a layer ends in what that layer gives its ReLU.
 */
function kinkDistance(model: ModelSpec, weights: Float64Array, image: Uint8Array): number {
  let nearest = Infinity;
  for (let numLayers = 1; numLayers + 1 < model.widths.length; numLayers++) {
    const cut: ModelSpec = { widths: model.widths.slice(0, numLayers + 1) };
    for (const output of forwardPass(cut, weights, image).activations.at(-1)!) {
      nearest = Math.min(nearest, Math.abs(output));
    }
  }
  return nearest;
}

/**
 * Trains from `weights` as a `Trainer` should; the result is float64. Where `kinkDistance` is within
 * the rounding of float32, an engine may take the other side of a ReLU and rightly differ.
 */
export function trainFloat64(
  model: ModelSpec,
  weights: ArrayLike<number>,
  examples: Examples,
  job: Float64Job,
): { weights: Float64Array; meanLoss: number; accuracy: number; kinkDistance: number } {
  const w = Float64Array.from(weights);
  const velocity = new Float64Array(w.length);
  const secondMoment = new Float64Array(w.length);
  let from = 0;
  let step = 0;
  let lossSum = 0;
  let numCorrect = 0;
  let nearestKink = Infinity;
  for (const length of job.epochLengths) {
    for (let at = 0; at < length; at += job.batchSize) {
      const batch = job.order.subarray(from + at, from + Math.min(length, at + job.batchSize));
      const result = batchGradient(model, w, examples, batch);
      for (const example of batch) {
        const distance = kinkDistance(model, w, imageOf(model, examples, example));
        nearestKink = Math.min(nearestKink, distance);
      }
      lossSum += result.lossSum;
      numCorrect += result.numCorrect;
      step++;
      for (let i = 0; i < w.length; i++) {
        const g = result.gradient[i]!;
        if (job.optimizer === 'sgd') w[i]! -= job.learningRate * g;
        if (job.optimizer === 'momentum') {
          velocity[i] = job.momentum * velocity[i]! + g;
          w[i]! -= job.learningRate * velocity[i]!;
        }
        if (job.optimizer === 'adam') {
          velocity[i] = BETA1 * velocity[i]! + (1 - BETA1) * g;
          secondMoment[i] = BETA2 * secondMoment[i]! + (1 - BETA2) * g * g;
          const rate = (job.learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
          w[i]! -= (rate * velocity[i]!) / (Math.sqrt(secondMoment[i]!) + EPSILON);
        }
      }
    }
    from += length;
  }
  return {
    weights: w,
    meanLoss: lossSum / from,
    accuracy: numCorrect / from,
    kinkDistance: nearestKink,
  };
}

/** Counts and losses of examples [from, to), as a `Trainer` should report them. */
export function evaluateFloat64(
  model: ModelSpec,
  weights: ArrayLike<number>,
  examples: Examples,
  from: number,
  to: number,
): { numCorrect: number; lossSum: number; confusion: number[] } {
  const confusion = Array<number>(100).fill(0);
  let lossSum = 0;
  let numCorrect = 0;
  for (let example = from; example < to; example++) {
    const image = imageOf(model, examples, example);
    const probabilities = softmax(forwardPass(model, weights, image).activations.at(-1)!);
    const label = examples.labels[example]!;
    const prediction = argMax(probabilities);
    lossSum -= Math.log(probabilities[label]!);
    if (prediction === label) numCorrect++;
    confusion[10 * label + prediction]!++;
  }
  return { numCorrect, lossSum, confusion };
}

function imageOf(model: ModelSpec, examples: Examples, example: number): Uint8Array {
  const pixels = model.widths[0]!;
  return examples.images.subarray(example * pixels, (example + 1) * pixels);
}

function argMax(values: Float64Array): number {
  return values.reduce((best, value, at) => (value > values[best]! ? at : best), 0);
}

/** Weights drawn for tests: small, none zero, biases too. */
export function randomWeights(model: ModelSpec, random: Random): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: numParameters(model) }, () => (random.uniform() - 0.5) * 0.2);
}
