import { describe, expect, it } from 'vitest';
import { createRandom } from '../math/random.ts';
import { predict } from './forward.ts';
import { initialWeights, type ModelSpec } from './model-spec.ts';

describe('predict', () => {
  it('agrees with a forward pass done by hand', () => {
    // x = [1, 0.5]; hidden = relu([1·2 + 0.5·1 − 1, 1·−3 + 0.5·4 + 0.5]) = [1.5, 0]
    // logits = [1.5·1 + 0.1, 1.5·−1 + 0.2] = [1.6, −1.3]; p0 = 1 / (1 + e^−2.9)
    const model: ModelSpec = { widths: [2, 2, 2] };
    const weights = new Float32Array([2, -3, 1, 4, -1, 0.5, 1, -1, 7, 9, 0.1, 0.2]);
    const probabilities = predict(model, weights, new Float32Array([1, 0.5]), 1);
    expect(probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-2.9)), 6);
    expect(probabilities[1]).toBeCloseTo(1 / (1 + Math.exp(2.9)), 6);
  });

  it('reads bytes as shares of 255, image by image', () => {
    const model: ModelSpec = { widths: [6, 5, 4, 3] };
    const weights = initialWeights(model, 3);
    const random = createRandom(3, 'test-pixels');
    const pixels = Uint8Array.from({ length: 18 }, () => random.below(256));
    const floats = Float32Array.from(pixels, (pixel) => pixel / 255);
    const together = predict(model, weights, pixels, 3);
    for (let image = 0; image < 3; image++) {
      const alone = predict(model, weights, floats.subarray(6 * image, 6 * (image + 1)), 1);
      alone.forEach((p, j) => expect(together[3 * image + j]).toBeCloseTo(p, 6));
      expect(alone.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    }
  });

  it('stays finite with logits beyond the range of exp', () => {
    const model: ModelSpec = { widths: [1, 2] };
    const weights = new Float32Array([1000, -1000, 0, 0]);
    expect([...predict(model, weights, new Float32Array([1]), 1)]).toEqual([1, 0]);
  });

  it('refuses weights or pixels of another size', () => {
    const model: ModelSpec = { widths: [2, 2] };
    expect(() => predict(model, new Float32Array(5), new Float32Array(2), 1)).toThrow(RangeError);
    expect(() => predict(model, new Float32Array(6), new Float32Array(3), 1)).toThrow(RangeError);
  });
});
