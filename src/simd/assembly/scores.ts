// Loss, hits and the gradient by the logits. Sums are float64, as src/tfjs/scores.ts: no epsilon, no
// clipping, NaN stays NaN.
import { Layer, Plan } from './plan';

/**
 * Scores the logits of the examples at `first` … of the order; with `wantsDeltas` also leaves
 * the gradient of the summed cross-entropy, times `scale`, in the layer's deltas.
 */
export function score(
  plan: Plan,
  layer: Layer,
  first: i32,
  numExamples: i32,
  wantsDeltas: bool,
  scale: f64,
): void {
  const units = layer.units;
  for (let example = 0; example < numExamples; example++) {
    const index = first + example;
    const position = plan.order === 0 ? index : load<i32>(plan.order + index * 4);
    const label: i32 = load<u8>(plan.labels + position);
    const logits = layer.outputs + example * layer.outputStride;
    const deltas = layer.deltas + example * layer.outputStride;
    let prediction = 0;
    let largest = load<f32>(logits);
    for (let unit = 1; unit < units; unit++) {
      const logit = load<f32>(logits + unit * 4);
      if (logit > largest) {
        largest = logit;
        prediction = unit;
      }
    }
    let sum: f64 = 0;
    for (let unit = 0; unit < units; unit++) {
      const exponential = Mathf.exp(load<f32>(logits + unit * 4) - largest);
      store<f32>(deltas + unit * 4, exponential);
      sum += exponential;
    }
    plan.lossSum += Math.log(sum) + (f64(largest) - load<f32>(logits + label * 4));
    if (prediction === label) plan.numCorrect++;
    const count = plan.confusion + (label * units + prediction) * 4;
    store<u32>(count, load<u32>(count) + 1);
    if (!wantsDeltas) continue;
    for (let unit = 0; unit < units; unit++) {
      const probability = f64(load<f32>(deltas + unit * 4)) / sum;
      const target: f64 = unit === label ? 1 : 0;
      store<f32>(deltas + unit * 4, f32((probability - target) * scale));
    }
  }
}
