// A fused training step for stacks of dense layers in WASM SIMD, after the measurements of three
// layouts: one call trains as many batches as the host asks for, on bytes, without allocating.
// No relaxed SIMD: plain lanes give the same bits on every processor.
import { accumulate, descend, maskDeltas, multiply, rectify, transpose } from './dense-layer';
import { beginStep, descendRows, gradientScale } from './optimizers';
import { layerAt, PANEL_UNITS, Plan, ROW_BYTES } from './plan';
import { score } from './scores';
import { accumulateLists, descendLists, listPixels, multiplyLists, scalePixels, sortByRow } from './sparse-layer';

// Exported so that each stays a function of its own: a browser compiles a hot function anew while it
// is not running, which the loop over all batches seldom is.
export { accumulate, descend, maskDeltas, multiply, rectify, transpose } from './dense-layer';
export { accumulateLists, descendLists, listPixels, multiplyLists, scalePixels, sortByRow } from './sparse-layer';
export { descendRows } from './optimizers';
export { score } from './scores';

/** First byte behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}

/**
 * Trains on positions [from, to) of the order, in batches from `from`; the last may be shorter. A
 * batch must fit into the working memory.
 */
export function train(plan: Plan, from: i32, to: i32): void {
  for (let first = from; first < to; first += plan.batchSize) {
    const numExamples = min(plan.batchSize, to - first);
    beginStep(plan);
    learn(plan, first, numExamples, numExamples, false);
  }
}

/**
 * Adds up the gradients of positions [from, to) of the order, which belong to one batch of
 * `numInBatch` examples; weights stay as they are.
 */
export function trainPieces(plan: Plan, from: i32, to: i32, numInBatch: i32): void {
  for (let first = from; first < to; first += plan.pieceSize) {
    learn(plan, first, min(plan.pieceSize, to - first), numInBatch, true);
  }
}

/** Ends a batch that was trained in pieces: its gradient moves the weights. */
export function endBatch(plan: Plan): void {
  beginStep(plan);
  for (let index = 0; index < plan.numLayers; index++) {
    const layer = layerAt(plan, index);
    descendRows(layer.weights, layer.rows * layer.panels, plan.gradientOffset);
  }
}

/** Forwards, backwards, and what becomes of the gradient: a step, or a part of a sum. */
@inline
function learn(plan: Plan, first: i32, numExamples: i32, numInBatch: i32, isPiece: bool): void {
  forward(plan, first, numExamples);
  const top = plan.numLayers - 1;
  score(plan, layerAt(plan, top), first, numExamples, true, gradientScale(plan, numInBatch));
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
    if (isPiece) accumulate(layer, numExamples, plan.gradientOffset);
    else descend(layer, numExamples);
  }
  const bottom = layerAt(plan, 0);
  if (plan.isSparse) {
    sortByRow(plan, bottom, numExamples);
    if (isPiece) accumulateLists(plan, bottom);
    else descendLists(plan, bottom);
  } else if (isPiece) {
    accumulate(bottom, numExamples, plan.gradientOffset);
  } else {
    descend(bottom, numExamples);
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
