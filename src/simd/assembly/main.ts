// A fused training step for stacks of dense layers in WASM SIMD, after the measurements of three
// layouts: one call trains as many batches as the host asks for, on bytes, without allocating.
// No relaxed SIMD: plain lanes give the same bits on every processor.
import { descend, maskDeltas, multiply, rectify, transpose } from './dense-layer';
import { beginStep, gradientScale } from './optimizers';
import { layerAt, PANEL_UNITS, Plan, ROW_BYTES } from './plan';
import { score } from './scores';
import { descendLists, listPixels, multiplyLists, scalePixels, sortByRow } from './sparse-layer';

// Exported so that each stays a function of its own: a browser compiles a hot function anew while it
// is not running, which the loop over all batches seldom is.
export { descend, maskDeltas, multiply, rectify, transpose } from './dense-layer';
export { descendLists, listPixels, multiplyLists, scalePixels, sortByRow } from './sparse-layer';
export { score } from './scores';

/** First byte behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

/** Trains on positions [from, to) of the order, in batches from `from`; the last may be shorter. */
export function train(plan: Plan, from: i32, to: i32): void {
  for (let first = from; first < to; first += plan.batchSize) {
    const numExamples = min(plan.batchSize, to - first);
    forward(plan, first, numExamples);
    const top = plan.numLayers - 1;
    const scale = gradientScale(plan, numExamples);
    score(plan, layerAt(plan, top), first, numExamples, true, scale);
    beginStep(plan);
    for (let index = top; index > 0; index--) {
      const layer = layerAt(plan, index);
      const below = layerAt(plan, index - 1);
      transpose(layer);
      multiply(
        layer.deltas,
        layer.outputStride,
        layer.panels * PANEL_UNITS,
        layer.transposed,
        below.panels,
        below.deltas,
        below.outputStride,
        numExamples,
      );
      maskDeltas(below, numExamples);
      descend(layer, numExamples);
    }
    const bottom = layerAt(plan, 0);
    if (plan.isSparse) {
      sortByRow(plan, bottom, numExamples);
      descendLists(plan, bottom);
    } else {
      descend(bottom, numExamples);
    }
  }
}

/** Scores examples [from, to) of the order. */
export function evaluate(plan: Plan, from: i32, to: i32): void {
  for (let first = from; first < to; first += plan.batchSize) {
    const numExamples = min(plan.batchSize, to - first);
    forward(plan, first, numExamples);
    score(plan, layerAt(plan, plan.numLayers - 1), first, numExamples, false, 0);
  }
}

/** Leaves the logits in the last layer's outputs. */
function forward(plan: Plan, first: i32, numExamples: i32): void {
  for (let index = 0; index < plan.numLayers; index++) {
    const layer = layerAt(plan, index);
    if (index === 0 && plan.isSparse) {
      listPixels(plan, layer, first, numExamples);
      multiplyLists(plan, layer, numExamples);
    } else {
      if (index === 0) scalePixels(plan, layer, first, numExamples);
      multiply(
        layer.inputs,
        layer.inputStride,
        layer.rows,
        layer.weights,
        layer.panels,
        layer.outputs,
        layer.outputStride,
        numExamples,
      );
    }
    if (index < plan.numLayers - 1) rectify(layer, numExamples);
  }
}

/**
 * Copies a layer between its panels and the flat layout, [numInputs + 1][numUnits] with the bias as
 * the last row.
 */
export function copyWeights(
  flat: usize,
  numInputs: i32,
  numUnits: i32,
  weights: usize,
  rows: i32,
  toPanels: bool,
): void {
  for (let input = 0; input <= numInputs; input++) {
    const row = input < numInputs ? input : rows - 2;
    for (let unit = 0; unit < numUnits; unit += PANEL_UNITS) {
      const here = flat + (input * numUnits + unit) * 4;
      const there = weights + ((unit / PANEL_UNITS) * rows + row) * ROW_BYTES;
      const length = min(PANEL_UNITS, numUnits - unit) * 4;
      if (toPanels) memory.copy(there, here, length);
      else memory.copy(here, there, length);
    }
  }
}
