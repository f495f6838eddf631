// A model's place in the module's memory: its plan (the structures of src/simd/assembly/plan.ts, in
// the same order of fields), weights in panels, optimizer state and the working memory of a batch.
// One block for all of it, taken once: nothing is allocated while it trains.
import { numParameters, tensorSlots } from '../core/model/model-spec.ts';
import type { OptimizerName, TrainingJob } from '../core/training/trainer.ts';
import type { Arena } from './arena.ts';
import type { ExampleStore } from './example-store.ts';
import type { Kernels } from './kernels.ts';
import {
  EVALUATION_BATCH,
  LAYER_WORDS,
  layOutNetwork,
  numMoments,
  type NetworkSize,
} from './layout.ts';

/** As in src/simd/assembly/optimizers.ts. */
const optimizerCodes: Readonly<Record<OptimizerName, number>> = { sgd: 0, momentum: 1, adam: 2 };

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
  'pieceSize',
  'numLayers',
  'layers',
  'stateBytes',
  'gradientOffset',
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
  /** The largest batch that is trained at once, and what larger ones are cut into. */
  readonly pieceSize: number;
  /** Positions [from, to) of the order, in batches from `from`, none larger than a piece. */
  train(from: number, to: number): void;
  /** Positions [from, to) of the order, a part of one batch of `numInBatch`; weights stay as they are. */
  trainPieces(from: number, to: number, numInBatch: number): void;
  /** Moves the weights by what `trainPieces` has added up to. */
  endBatch(): void;
  evaluate(from: number, to: number): void;
  /** What was scored since the last `begin…`. */
  scores(): NetworkScores;
  dispose(): void;
}

export function createNetwork(kernels: Kernels, arena: Arena, size: NetworkSize): Network {
  const { model } = size;
  const block = arena.allocate(layOutNetwork(size, 0).numBytes);
  const layout = layOutNetwork(size, block);
  const { layers, stateBytes, numClasses, pieceSize, hasPieces } = layout;
  const gradientOffset = stateBytes * (1 + numMoments[size.optimizer]);

  const doubles = () => new Float64Array(arena.memory.buffer, layout.plan, planDoubles.length);
  const words = (
    address = layout.plan + 8 * planDoubles.length,
    length: number = planWords.length,
  ) => new Uint32Array(arena.memory.buffer, address, length);
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
  const confusion = () => words(layout.confusion, numClasses * numClasses);

  const { scaledBytes, lists, listStride, listBytes, rowCounts, rowOrder, rowCursors } = layout;
  setWords({
    ...{ pieceSize, numLayers: layers.length, layers: layout.layerTable, stateBytes },
    ...{ gradientOffset: hasPieces ? gradientOffset : 0, scaledBytes },
    ...{ confusion: layout.confusion, lists, listStride, listBytes, rowCounts, rowOrder },
    ...{ rowCursors, countPlaces: layout.countPlaces, columns: layout.columns },
    ...{ touched: layout.touched },
  });
  for (const [index, layer] of layers.entries()) {
    const { rows, panels, numUnits, inputs, inputStride } = layer;
    words(layout.layerTable + 4 * LAYER_WORDS * index, LAYER_WORDS).set([
      ...[rows, panels, numUnits, layer.weights, layer.transposed, inputs, inputStride],
      ...[layer.outputs, layer.deltas, layer.outputStride],
    ]);
    for (let example = 0; example < layout.tileCapacity; example++) {
      floats(inputs + example * inputStride, rows)[rows - 2] = 1; // the bias' input
    }
  }
  floats(scaledBytes, 256).set(Float32Array.from({ length: 256 }, (_, byte) => byte / 255));

  const resetScores = () => {
    setDoubles({ lossSum: 0 });
    setWords({ numCorrect: 0 });
    confusion().fill(0);
  };

  return {
    fits: (other) =>
      other.model.widths.join() === model.widths.join() &&
      Math.min(other.batchCapacity, pieceSize) <= layout.capacity &&
      (hasPieces || other.batchCapacity <= pieceSize) &&
      numMoments[other.optimizer] <= numMoments[size.optimizer],

    loadWeights(weights) {
      if (weights.length !== numParameters(model)) {
        throw new RangeError(`${weights.length} weights are not those of ${model.widths.join()}`);
      }
      // Padding too: a diverged model may have left NaN there.
      new Uint8Array(arena.memory.buffer, layout.weights, stateBytes).fill(0);
      floats(layout.flat, weights.length).set(weights);
      copyLayers(1);
    },
    weights() {
      copyLayers(0);
      return floats(layout.flat, numParameters(model)).slice();
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
        optimizer: optimizerCodes[optimizer],
        isSparse: Number(isSparse),
        batchSize: Math.min(batchSize, pieceSize),
      });
      // Moments, and what is left of a batch that was broken off.
      const numStates = numMoments[size.optimizer] + Number(hasPieces);
      const states = layout.weights + stateBytes;
      new Uint8Array(arena.memory.buffer, states, stateBytes * numStates).fill(0);
      words(layout.touched, layout.bottomRows).fill(0);
      resetScores();
    },
    beginEvaluation(isSparse) {
      setWords({ isSparse: Number(isSparse), batchSize: EVALUATION_BATCH });
      resetScores();
    },
    pieceSize,
    train: (from, to) => kernels.train(layout.plan, from, to),
    trainPieces: (from, to, numInBatch) => kernels.trainPieces(layout.plan, from, to, numInBatch),
    endBatch: () => kernels.endBatch(layout.plan),
    evaluate: (from, to) => kernels.evaluate(layout.plan, from, to),
    scores: () => ({
      lossSum: doubles()[planDoubles.indexOf('lossSum')]!,
      numCorrect: words()[planWords.indexOf('numCorrect')]!,
      confusion: confusion().slice(),
    }),
    dispose: () => arena.free(block),
  };

  function copyLayers(toPanels: 0 | 1): void {
    for (const [index, kernel] of tensorSlots(model)
      .filter(({ shape }) => shape.length === 2)
      .entries()) {
      const { numInputs, numUnits, weights, rows } = layers[index]!;
      const flat = layout.flat + 4 * kernel.offset; // the bias follows its kernel
      kernels.copyWeights(flat, numInputs, numUnits, weights, rows, toPanels);
    }
  }
}
