// What a call works on: structures in linear memory that the host writes (src/simd/network.ts, which
// repeats their fields in the same order). All pointers and strides are in bytes.
//
// Weights lie in panels of 16 units: panel p is [rows][16], so that a row of a panel is one cache line.
// Rows are the layer's inputs (padded), then the bias, whose input is always 1, then a row of zeros.
// The optimizer's moments lie behind the weights in the same layout, `stateBytes` apart, and behind
// them, where batches are trained in pieces, the gradient that the pieces add up to.

/** Units in a panel, and bytes of a panel's row. */
export const PANEL_UNITS: i32 = 16;
export const ROW_BYTES: i32 = 64;

@unmanaged
export class Layer {
  /** Rows of a panel; even. */
  rows!: i32;
  /** Panels: units / 16, rounded up. */
  panels!: i32;
  /** Units of the model, without padding. */
  units!: i32;
  weights!: usize;
  /** Room for the weights transposed, [panels of the layer below][16 * panels][16]; first layer: 0. */
  transposed!: usize;
  /** [examples][rows] activations of the layer below. */
  inputs!: usize;
  inputStride!: i32;
  /** [examples][16 * panels, then 1 and 0 for the bias of the layer above]. */
  outputs!: usize;
  /** Gradients by outputs, same shape. */
  deltas!: usize;
  outputStride!: i32;
}

@unmanaged
export class Plan {
  // Read and written by the host between calls.
  lossSum!: f64;
  learningRate!: f64;
  momentum!: f64;
  /** Powers of Adam's decay rates after the last step; 1 before the first. */
  beta1Power!: f64;
  beta2Power!: f64;
  numCorrect!: i32;

  optimizer!: i32;
  /** 1: zero pixels are skipped. */
  isSparse!: i32;
  batchSize!: i32;
  /** Examples that the working memory holds. */
  pieceSize!: i32;
  numLayers!: i32;
  layers!: usize;
  stateBytes!: i32;
  /** From a weight to its accumulated gradient. */
  gradientOffset!: i32;

  /** [numExamples][imageStride] bytes; imageStride is a multiple of 16, padded with zeros. */
  images!: usize;
  imageStride!: i32;
  labels!: usize;
  /** Indices of examples in the order of visits, u32; 0: examples are visited as they lie. */
  order!: usize;

  /** f32 value of each byte, [256]. */
  scaledBytes!: usize;
  /** u32 counts [true label][prediction]. */
  confusion!: usize;
  /** Per example of the batch: entries (row offset u32, value f32); see sparse-layer.ts. */
  lists!: usize;
  listStride!: i32;
  /** Bytes of each example's list in use, u32. */
  listBytes!: usize;
  /** Per row of the first layer: examples of the batch that light it, u32. */
  rowCounts!: usize;
  /** Rows of the first layer by their count, u32. */
  rowOrder!: usize;
  /** Per row: where its next entry goes, u32. */
  rowCursors!: usize;
  /** Rows by how many examples light them, u32 [batch capacity + 1]. */
  countPlaces!: usize;
  /** Entries (delta offset u32, value f32) by row. */
  columns!: usize;
  /** Per row, u32: was it lit since the optimizer's state was zero? */
  touched!: usize;
}

@inline
export function layerAt(plan: Plan, index: i32): Layer {
  return changetype<Layer>(plan.layers + index * offsetof<Layer>());
}
