// Where a model's weights, optimizer state and working memory lie: one block, sized for the largest
// batch. The kernels' side of the same is src/simd/assembly/plan.ts; all numbers are bytes unless
// they are named otherwise.
import { numParameters, type ModelSpec } from '../core/model/model-spec.ts';
import type { OptimizerName } from '../core/training/trainer.ts';
import { paddedPixels } from './example-store.ts';

const PANEL_UNITS = 16; // as in plan.ts
const ROW_BYTES = 4 * PANEL_UNITS; // a row of a panel, and a cache line
const ENTRY_BYTES = 8; // as in sparse-layer.ts
const PLAN_BYTES = 192; // at least the size of Plan in plan.ts
/** u32 fields of Layer in plan.ts. */
export const LAYER_WORDS = 10;

/** Images evaluated at a time: their activations stay in the second cache. */
export const EVALUATION_BATCH = 64;

/** Products that a piece of a batch has at most: 20 ms and less of training, for a turn within 50 ms. */
const PIECE_PRODUCTS = 2 ** 25;
const LARGEST_PIECE = 256;

/**
 * Examples of a piece. A larger batch is trained piece by piece, with the same bits: memory does not
 * grow with the batch, nor does the time until a stop is heard.
 */
export function pieceSizeOf(model: ModelSpec): number {
  const fitting = Math.floor(PIECE_PRODUCTS / numParameters(model));
  return Math.max(2, Math.min(LARGEST_PIECE, fitting));
}

/** Moments that an optimizer keeps for each weight. */
export const numMoments: Readonly<Record<OptimizerName, number>> = { sgd: 0, momentum: 1, adam: 2 };

/** What a network must have room for. */
export interface NetworkSize {
  readonly model: ModelSpec;
  /** Examples in the largest batch. */
  readonly batchCapacity: number;
  readonly optimizer: OptimizerName;
}

export interface LayerLayout {
  readonly numInputs: number;
  readonly numUnits: number;
  /** Padded inputs, the bias' row, a row of zeros. */
  readonly rows: number;
  readonly panels: number;
  readonly weights: number;
  readonly transposed: number;
  readonly inputs: number;
  readonly inputStride: number;
  readonly outputs: number;
  readonly deltas: number;
  readonly outputStride: number;
}

/** The layout of a block at `base`; `numBytes` is its size, whatever the base. */
export function layOutNetwork({ model, batchCapacity, optimizer }: NetworkSize, base: number) {
  const pieceSize = pieceSizeOf(model);
  const hasPieces = batchCapacity > pieceSize;
  const capacity = Math.max(Math.min(batchCapacity, pieceSize), EVALUATION_BATCH);
  const tileCapacity = capacity + (capacity % 2); // tiles are two examples high
  const numClasses = model.widths.at(-1)!;
  const shapes = model.widths.slice(1).map((numUnits, below) => {
    const numInputs = model.widths[below]!;
    const padded = below === 0 ? paddedPixels(numInputs) : paddedUnits(numInputs);
    return { numInputs, numUnits, rows: padded + 2, panels: paddedUnits(numUnits) / PANEL_UNITS };
  });
  const bottomRows = shapes[0]!.rows;
  const stateBytes = shapes.reduce((sum, { rows, panels }) => sum + rows * panels * ROW_BYTES, 0);
  const listStride = ENTRY_BYTES * (bottomRows + 1);

  let cursor = base;
  const take = (numBytes: number): number => {
    const address = cursor;
    cursor += Math.ceil(numBytes / ROW_BYTES) * ROW_BYTES;
    return address;
  };
  const rooms = {
    plan: take(PLAN_BYTES),
    layerTable: take(4 * LAYER_WORDS * shapes.length),
    flat: take(4 * numParameters(model)),
    scaledBytes: take(4 * 256),
    confusion: take(4 * numClasses * numClasses),
    weights: take(stateBytes * (1 + numMoments[optimizer] + Number(hasPieces))),
    lists: take(capacity * listStride),
    columns: take(capacity * listStride),
    listBytes: take(4 * capacity),
    countPlaces: take(4 * (capacity + 1)),
    rowCounts: take(4 * bottomRows),
    rowOrder: take(4 * bottomRows),
    rowCursors: take(4 * bottomRows),
    touched: take(4 * bottomRows),
  };

  const layers: LayerLayout[] = [];
  let weights = rooms.weights;
  // A stride that is a power of two would crowd a part of the cache; these hold the bias' input too.
  let inputStride = 4 * (bottomRows - 2 + PANEL_UNITS);
  let inputs = take(tileCapacity * inputStride);
  for (const [index, shape] of shapes.entries()) {
    const { rows, panels } = shape;
    const outputStride = (panels + 1) * ROW_BYTES;
    const layer: LayerLayout = {
      ...{ ...shape, weights, inputs, inputStride, outputStride },
      transposed: index === 0 ? 0 : take((rows - 2) * panels * ROW_BYTES),
      outputs: take(tileCapacity * outputStride),
      deltas: take(tileCapacity * outputStride),
    };
    layers.push(layer);
    weights += rows * panels * ROW_BYTES;
    inputs = layer.outputs;
    inputStride = outputStride;
  }
  return {
    ...{ ...rooms, layers, listStride, stateBytes, bottomRows, numClasses },
    ...{ pieceSize, hasPieces, capacity, tileCapacity, numBytes: cursor - base },
  };
}

function paddedUnits(units: number): number {
  return Math.ceil(units / PANEL_UNITS) * PANEL_UNITS;
}
