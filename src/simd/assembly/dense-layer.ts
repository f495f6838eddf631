// Products with panels of weights (see plan.ts), in tiles of 2 rows by 16 units: eight sums, four
// weights and two splats just fit the 16 vector registers of x64. Every sum runs over its terms in
// ascending order from +0, whatever the tiling: that order is what makes results repeatable, and
// sparse-layer.ts equal to this file bit for bit.
import { update } from './optimizers';
import { Layer, ROW_BYTES } from './plan';

/** Rows of a panel that are gone through at a time: 16.5 kB, which stays in the first cache. */
const CHUNK_ROWS: i32 = 264;
/** The same for the gradient, whose tile is small and whose inputs lie far apart. */
const GRADIENT_ROWS: i32 = 64;

/**
 * outputs = inputs × weights: [n][rows] × [panels][rows][16] → [n][16 * panels]. With odd n the row
 * behind the last is computed too; there is room for it.
 */
export function multiply(
  inputs: usize,
  inputStride: i32,
  rows: i32,
  weights: usize,
  panels: i32,
  outputs: usize,
  outputStride: i32,
  numExamples: i32,
): void {
  for (let panel = 0; panel < panels; panel++) {
    const panelWeights = weights + panel * rows * ROW_BYTES;
    const panelOutputs = outputs + panel * ROW_BYTES;
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const to = min(from + CHUNK_ROWS, rows);
      for (let example = 0; example < numExamples; example += 2) {
        multiplyTile(
          inputs + example * inputStride + from * 4,
          inputStride,
          to - from,
          panelWeights + from * ROW_BYTES,
          panelOutputs + example * outputStride,
          outputStride,
          from === 0,
        );
      }
    }
  }
}

@inline
function multiplyTile(
  inputs: usize,
  inputStride: i32,
  rows: i32,
  weights: usize,
  outputs: usize,
  outputStride: i32,
  isFirst: bool,
): void {
  const others = outputs + outputStride;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  if (!isFirst) {
    a0 = v128.load(outputs);
    a1 = v128.load(outputs, 16);
    a2 = v128.load(outputs, 32);
    a3 = v128.load(outputs, 48);
    b0 = v128.load(others);
    b1 = v128.load(others, 16);
    b2 = v128.load(others, 32);
    b3 = v128.load(others, 48);
  }
  const end = inputs + rows * 4;
  while (inputs < end) {
    const a = v128.load32_splat(inputs);
    const b = v128.load32_splat(inputs + inputStride);
    const w0 = v128.load(weights);
    const w1 = v128.load(weights, 16);
    const w2 = v128.load(weights, 32);
    const w3 = v128.load(weights, 48);
    a0 = f32x4.add(a0, f32x4.mul(a, w0));
    a1 = f32x4.add(a1, f32x4.mul(a, w1));
    a2 = f32x4.add(a2, f32x4.mul(a, w2));
    a3 = f32x4.add(a3, f32x4.mul(a, w3));
    b0 = f32x4.add(b0, f32x4.mul(b, w0));
    b1 = f32x4.add(b1, f32x4.mul(b, w1));
    b2 = f32x4.add(b2, f32x4.mul(b, w2));
    b3 = f32x4.add(b3, f32x4.mul(b, w3));
    inputs += 4;
    weights += ROW_BYTES;
  }
  v128.store(outputs, a0);
  v128.store(outputs, a1, 16);
  v128.store(outputs, a2, 32);
  v128.store(outputs, a3, 48);
  v128.store(others, b0);
  v128.store(others, b1, 16);
  v128.store(others, b2, 32);
  v128.store(others, b3, 48);
}

/** Negative outputs become 0; NaN stays NaN, so that a diverged model shows. */
export function rectify(layer: Layer, numExamples: i32): void {
  const zero = f32x4.splat(0);
  for (let example = 0; example < numExamples; example++) {
    let at = layer.outputs + example * layer.outputStride;
    const end = at + layer.panels * ROW_BYTES;
    for (; at < end; at += 16) v128.store(at, f32x4.pmax(v128.load(at), zero));
  }
}

/** Deltas of units whose output is 0 become 0. */
export function maskDeltas(layer: Layer, numExamples: i32): void {
  const zero = f32x4.splat(0);
  for (let example = 0; example < numExamples; example++) {
    const row = example * layer.outputStride;
    const length = layer.panels * ROW_BYTES;
    for (let at = row; at < row + length; at += 16) {
      const isOn = f32x4.gt(v128.load(layer.outputs + at), zero);
      v128.store(layer.deltas + at, v128.and(v128.load(layer.deltas + at), isOn));
    }
  }
}

/** Writes the weights without their bias rows as panels of the transposed matrix. */
export function transpose(layer: Layer): void {
  const units = layer.panels * 16;
  const inputs = layer.rows - 2;
  for (let input = 0; input < inputs; input += 4) {
    // Column `input` of the transposed matrix, in its panel.
    const target = layer.transposed + (input >> 4) * units * ROW_BYTES + (input & 15) * 4;
    for (let unit = 0; unit < units; unit += 4) {
      const source =
        layer.weights + ((unit >> 4) * layer.rows + input) * ROW_BYTES + (unit & 15) * 4;
      const r0 = v128.load(source);
      const r1 = v128.load(source, 64);
      const r2 = v128.load(source, 128);
      const r3 = v128.load(source, 192);
      const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
      const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
      const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
      const at = target + unit * ROW_BYTES;
      v128.store(at, v128.shuffle<i64>(low01, low23, 0, 2));
      v128.store(at, v128.shuffle<i64>(low01, low23, 1, 3), 64);
      v128.store(at, v128.shuffle<i64>(high01, high23, 0, 2), 128);
      v128.store(at, v128.shuffle<i64>(high01, high23, 1, 3), 192);
    }
  }
}

/** Each weight's gradient, summed over the batch, moves the weight at once: no gradient is stored. */
export function descend(layer: Layer, numExamples: i32): void {
  overTiles(layer, numExamples, false, 0);
}

/** Adds the gradients of a piece of a batch to those at `gradientOffset` from the weights. */
export function accumulate(layer: Layer, numExamples: i32, gradientOffset: usize): void {
  overTiles(layer, numExamples, true, gradientOffset);
}

@inline
function overTiles(layer: Layer, numExamples: i32, isPiece: bool, gradientOffset: usize): void {
  const rows = layer.rows;
  for (let from = 0; from < rows; from += GRADIENT_ROWS) {
    const to = min(from + GRADIENT_ROWS, rows);
    for (let panel = 0; panel < layer.panels; panel++) {
      const weights = layer.weights + panel * rows * ROW_BYTES;
      const deltas = layer.deltas + panel * ROW_BYTES;
      for (let row = from; row < to; row += 2) {
        gradientTile(
          layer,
          layer.inputs + row * 4,
          deltas,
          weights + row * ROW_BYTES,
          numExamples,
          isPiece,
          gradientOffset,
        );
      }
    }
  }
}

@inline
function gradientTile(
  layer: Layer,
  inputs: usize,
  deltas: usize,
  weights: usize,
  numExamples: i32,
  isPiece: bool,
  gradientOffset: usize,
): void {
  const inputStride = layer.inputStride;
  const deltaStride = layer.outputStride;
  const sums = weights + gradientOffset;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  if (isPiece) {
    a0 = v128.load(sums);
    a1 = v128.load(sums, 16);
    a2 = v128.load(sums, 32);
    a3 = v128.load(sums, 48);
    b0 = v128.load(sums, 64);
    b1 = v128.load(sums, 80);
    b2 = v128.load(sums, 96);
    b3 = v128.load(sums, 112);
  }
  for (let example = 0; example < numExamples; example++) {
    const a = v128.load32_splat(inputs);
    const b = v128.load32_splat(inputs, 4);
    const d0 = v128.load(deltas);
    const d1 = v128.load(deltas, 16);
    const d2 = v128.load(deltas, 32);
    const d3 = v128.load(deltas, 48);
    a0 = f32x4.add(a0, f32x4.mul(a, d0));
    a1 = f32x4.add(a1, f32x4.mul(a, d1));
    a2 = f32x4.add(a2, f32x4.mul(a, d2));
    a3 = f32x4.add(a3, f32x4.mul(a, d3));
    b0 = f32x4.add(b0, f32x4.mul(b, d0));
    b1 = f32x4.add(b1, f32x4.mul(b, d1));
    b2 = f32x4.add(b2, f32x4.mul(b, d2));
    b3 = f32x4.add(b3, f32x4.mul(b, d3));
    inputs += inputStride;
    deltas += deltaStride;
  }
  if (isPiece) {
    v128.store(sums, a0);
    v128.store(sums, a1, 16);
    v128.store(sums, a2, 32);
    v128.store(sums, a3, 48);
    v128.store(sums, b0, 64);
    v128.store(sums, b1, 80);
    v128.store(sums, b2, 96);
    v128.store(sums, b3, 112);
  } else {
    update(weights, a0, a1, a2, a3);
    update(weights + ROW_BYTES, b0, b1, b2, b3);
  }
}
