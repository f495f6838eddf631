// A model's place in the module's memory: its plan (the structures of src/simd/assembly/plan.ts, in
// the same order of fields), weights in panels, optimizer state and the working memory of a batch.
// One block for all of it, taken once: nothing is allocated while it trains.
import { numParameters, tensorSlots, type ModelSpec } from '../core/model/model-spec.ts';
import type { OptimizerName, TrainingJob } from '../core/training/trainer.ts';
import type { Arena } from './arena.ts';
import { paddedPixels, type ExampleStore } from './example-store.ts';
import type { Kernels } from './kernels.ts';

const PANEL_UNITS = 16; // as in plan.ts, with the row behind it of 64 bytes
const ROW_BYTES = 4 * PANEL_UNITS;
const ENTRY_BYTES = 8;
/** Images evaluated at a time: their activations stay in the second cache. */
const EVALUATION_BATCH = 64;

/** Moments that an optimizer keeps for each weight; the position of its name is its code. */
const numMoments: Readonly<Record<OptimizerName, number>> = { sgd: 0, momentum: 1, adam: 2 };
const optimizerCodes = Object.keys(numMoments) as OptimizerName[];

const planDoubles = [
  'lossSum',
  'learningRate',
  'momentum',
  'beta1Power',
  'beta2Power',
] as const satisfies string[];
const planWords = [
  'numCorrect',
  'optimizer',
  'isSparse',
  'batchSize',
  'numLayers',
  'layers',
  'stateBytes',
  'images',
  'imageStride',
  'labels',
  'order',
  'scaledBytes',
  'confusion',
  'lists',
  'listStride',
  'listBytes',
  'rowCounts',
  'rowOrder',
  'rowCursors',
  'countPlaces',
  'columns',
  'touched',
] as const satisfies string[];
type PlanDouble = (typeof planDoubles)[number];
type PlanWord = (typeof planWords)[number];
const LAYER_WORDS = 10;

/** What a network must have room for. */
export interface NetworkSize {
  readonly model: ModelSpec;
  /** Examples in the largest batch. */
  readonly batchCapacity: number;
  readonly optimizer: OptimizerName;
}

export interface NetworkScores {
  readonly lossSum: number;
  readonly numCorrect: number;
  readonly confusion: Uint32Array<ArrayBuffer>;
}

export interface Network {
  /** Could it do the work of one of that size? */
  fits(size: NetworkSize): boolean;
  /** @throws RangeError when they are not the model's. */
  loadWeights(weights: Float32Array): void;
  weights(): Float32Array<ArrayBuffer>;
  /**
   * Which examples come next, in which order (an address; 0 visits them as they lie).
   * @throws RangeError when their images or labels do not fit the model.
   */
  visit(examples: ExampleStore, order: number): void;
  /** Sets the optimizer's state to zero. */
  begin(
    job: Pick<TrainingJob, 'optimizer' | 'learningRate' | 'momentum' | 'batchSize'>,
    isSparse: boolean,
  ): void;
  beginEvaluation(isSparse: boolean): void;
  /** Positions [from, to) of the order, in batches from `from`. */
  train(from: number, to: number): void;
  evaluate(from: number, to: number): void;
  /** What was scored since the last `begin…`. */
  scores(): NetworkScores;
  dispose(): void;
}

interface LayerPlace {
  readonly inputs: number;
  readonly units: number;
  readonly rows: number;
  readonly panels: number;
  readonly weights: number;
}

export function createNetwork(kernels: Kernels, arena: Arena, size: NetworkSize): Network {
  const { model } = size;
  const moments = numMoments[size.optimizer];
  const capacity = Math.max(size.batchCapacity, EVALUATION_BATCH);
  const tileCapacity = capacity + (capacity % 2); // tiles are two examples high
  const numClasses = model.widths.at(-1)!;
  const numLayers = model.widths.length - 1;
  const shapes = Array.from({ length: numLayers }, (_, index) => {
    const inputs = model.widths[index]!;
    const units = model.widths[index + 1]!;
    const padded = index === 0 ? paddedPixels(inputs) : paddedUnits(inputs);
    return { inputs, units, rows: padded + 2, panels: paddedUnits(units) / PANEL_UNITS };
  });
  const bottom = shapes[0]!;
  const stateBytes = shapes.reduce((sum, { rows, panels }) => sum + rows * panels * ROW_BYTES, 0);

  // Two passes over the same steps: the first measures, the second has the block's address.
  let block = 0;
  let cursor = 0;
  const take = (numBytes: number): number => {
    const address = block + cursor;
    cursor += Math.ceil(numBytes / ROW_BYTES) * ROW_BYTES;
    return address;
  };
  const layOut = () => {
    cursor = 0;
    const plan = take(8 * planDoubles.length + 4 * planWords.length);
    const layers = take(4 * LAYER_WORDS * numLayers);
    const flat = take(4 * numParameters(model));
    const scaledBytes = take(4 * 256);
    const confusion = take(4 * numClasses * numClasses);
    const weights = take(stateBytes * (1 + moments));
    const listStride = ENTRY_BYTES * (bottom.rows + 1);
    return {
      ...{ plan, layers, flat, scaledBytes, confusion, weights, listStride },
      lists: take(capacity * listStride),
      columns: take(capacity * listStride),
      listBytes: take(4 * capacity),
      countPlaces: take(4 * (capacity + 1)),
      rowCounts: take(4 * bottom.rows),
      rowOrder: take(4 * bottom.rows),
      rowCursors: take(4 * bottom.rows),
      touched: take(4 * bottom.rows),
      pixels: take(4 * tileCapacity * pixelStride(bottom.rows)),
      layerRooms: shapes.map(({ rows, panels }, index) => ({
        transposed: index === 0 ? 0 : take((rows - 2) * panels * ROW_BYTES),
        outputs: take(tileCapacity * outputStrideBytes(panels)),
        deltas: take(tileCapacity * outputStrideBytes(panels)),
      })),
    };
  };
  layOut();
  block = arena.allocate(cursor);
  const places = layOut();

  const doubles = () => new Float64Array(arena.memory.buffer, places.plan, planDoubles.length);
  const words = () =>
    new Uint32Array(arena.memory.buffer, places.plan + 8 * planDoubles.length, planWords.length);
  const floats = (address: number, length: number) =>
    new Float32Array(arena.memory.buffer, address, length);
  const setDoubles = (values: Partial<Record<PlanDouble, number>>) => {
    const view = doubles();
    for (const [name, value] of Object.entries(values)) {
      view[planDoubles.indexOf(name as PlanDouble)] = value;
    }
  };
  const setWords = (values: Partial<Record<PlanWord, number>>) => {
    const view = words();
    for (const [name, value] of Object.entries(values)) {
      view[planWords.indexOf(name as PlanWord)] = value;
    }
  };
  const confusionView = () =>
    new Uint32Array(arena.memory.buffer, places.confusion, numClasses * numClasses);

  const layers: LayerPlace[] = [];
  const {
    layerRooms,
    plan: _plan,
    flat: _flat,
    weights: _weights,
    pixels: _pixels,
    ...rooms
  } = places;
  setWords({ ...rooms, numLayers, stateBytes });
  let weightsAt = places.weights;
  const layerWords = new Uint32Array(arena.memory.buffer, places.layers, LAYER_WORDS * numLayers);
  for (const [index, { inputs, units, rows, panels }] of shapes.entries()) {
    const room = layerRooms[index]!;
    const below = index === 0 ? null : shapes[index - 1]!;
    const inputsAt = below === null ? places.pixels : layerRooms[index - 1]!.outputs;
    const inputStride =
      below === null ? 4 * pixelStride(bottom.rows) : outputStrideBytes(below.panels);
    layerWords.set(
      [
        ...[rows, panels, units, weightsAt, room.transposed, inputsAt, inputStride],
        ...[room.outputs, room.deltas, outputStrideBytes(panels)],
      ],
      index * LAYER_WORDS,
    );
    layers.push({ inputs, units, rows, panels, weights: weightsAt });
    weightsAt += rows * panels * ROW_BYTES;
    for (let example = 0; example < tileCapacity; example++) {
      floats(inputsAt + example * inputStride, rows)[rows - 2] = 1; // the bias' input
    }
  }
  floats(places.scaledBytes, 256).set(Float32Array.from({ length: 256 }, (_, byte) => byte / 255));

  const resetScores = () => {
    setDoubles({ lossSum: 0 });
    setWords({ numCorrect: 0 });
    confusionView().fill(0);
  };

  return {
    fits: (other) =>
      other.model.widths.join() === model.widths.join() &&
      other.batchCapacity <= capacity &&
      numMoments[other.optimizer] <= moments,

    loadWeights(weights) {
      if (weights.length !== numParameters(model)) {
        throw new RangeError(`${weights.length} weights are not those of ${model.widths.join()}`);
      }
      // Padding too: a diverged model may have left NaN there.
      new Uint8Array(arena.memory.buffer, places.weights, stateBytes).fill(0);
      floats(places.flat, weights.length).set(weights);
      copyLayers(1);
    },
    weights() {
      copyLayers(0);
      return floats(places.flat, numParameters(model)).slice();
    },
    visit(examples, order) {
      if (examples.numPixels !== model.widths[0] || examples.largestLabel >= numClasses) {
        throw new RangeError(
          `a model of widths ${model.widths.join()} does not fit images of ${examples.numPixels} pixels with labels up to ${examples.largestLabel}`,
        );
      }
      const { images, imageStride, labels } = examples;
      setWords({ images, imageStride, labels, order });
    },
    begin({ optimizer, learningRate, momentum, batchSize }, isSparse) {
      setDoubles({ learningRate, momentum, beta1Power: 1, beta2Power: 1 });
      setWords({
        optimizer: optimizerCodes.indexOf(optimizer),
        isSparse: Number(isSparse),
        batchSize: Math.min(batchSize, capacity),
      });
      const momentBytes = stateBytes * numMoments[optimizer];
      new Uint8Array(arena.memory.buffer, places.weights + stateBytes, momentBytes).fill(0);
      floats(places.touched, bottom.rows).fill(0);
      resetScores();
    },
    beginEvaluation(isSparse) {
      setWords({ isSparse: Number(isSparse), batchSize: EVALUATION_BATCH });
      resetScores();
    },
    train: (from, to) => kernels.train(places.plan, from, to),
    evaluate: (from, to) => kernels.evaluate(places.plan, from, to),
    scores: () => ({
      lossSum: doubles()[planDoubles.indexOf('lossSum')]!,
      numCorrect: words()[planWords.indexOf('numCorrect')]!,
      confusion: confusionView().slice(),
    }),
    dispose: () => arena.free(block),
  };

  function copyLayers(toPanels: 0 | 1): void {
    for (const [index, kernel] of tensorSlots(model)
      .filter(({ shape }) => shape.length === 2)
      .entries()) {
      const { inputs, units, weights, rows } = layers[index]!;
      kernels.copyWeights(
        places.flat + 4 * kernel.offset, // the bias follows its kernel
        inputs,
        units,
        weights,
        rows,
        toPanels,
      );
    }
  }
}

function paddedUnits(units: number): number {
  return Math.ceil(units / PANEL_UNITS) * PANEL_UNITS;
}

/** Floats from one example to the next; not a power of two, which would crowd a part of the cache. */
function pixelStride(rows: number): number {
  return rows + PANEL_UNITS - 2;
}

/** The same for a layer's outputs, in bytes: its panels, then the bias' 1. */
function outputStrideBytes(panels: number): number {
  return (panels + 1) * ROW_BYTES;
}
