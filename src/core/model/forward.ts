// A plain forward pass: what the dashboard predicts with, and an oracle for the engines. Pixels that
// are 0 are skipped, which is most of a digit; sums are float64.
import { tensorSlots, type ModelSpec } from './model-spec.ts';

/**
 * Class probabilities [numImages, classes] of `images` [numImages, inputs]: bytes are divided by
 * 255, floats are taken as they are. Throws RangeError when the sizes do not fit the model.
 */
export function predict(
  model: ModelSpec,
  weights: Float32Array,
  images: Float32Array | Uint8Array,
  numImages: number,
): Float32Array<ArrayBuffer> {
  const slots = tensorSlots(model);
  const last = slots.at(-1)!;
  const inputs = model.widths[0]!;
  if (weights.length !== last.offset + last.size) {
    throw new RangeError(`${weights.length} weights for a model of ${last.offset + last.size}`);
  }
  if (images.length !== numImages * inputs) {
    throw new RangeError(`${images.length} pixels for ${numImages} images of ${inputs}`);
  }
  const classes = model.widths.at(-1)!;
  const probabilities = new Float32Array(numImages * classes);
  const unit = images instanceof Uint8Array ? 1 / 255 : 1;
  for (let image = 0; image < numImages; image++) {
    let values = Float64Array.from(
      images.subarray(image * inputs, (image + 1) * inputs),
      (pixel) => pixel * unit,
    );
    for (let layer = 0; layer + 1 < model.widths.length; layer++) {
      const isLast = layer + 2 === model.widths.length;
      const kernel = slots[2 * layer]!.offset;
      const bias = slots[2 * layer + 1]!;
      const sums = Float64Array.from(weights.subarray(bias.offset, bias.offset + bias.size));
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (value === 0) continue;
        const row = kernel + i * sums.length;
        for (let j = 0; j < sums.length; j++) sums[j]! += value * weights[row + j]!;
      }
      if (!isLast) for (let j = 0; j < sums.length; j++) sums[j] = Math.max(0, sums[j]!);
      values = sums;
    }
    probabilities.set(softmax(values), image * classes);
  }
  return probabilities;
}

function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
