// Training speed of each backend beside LayersModel.trainOnBatch on the same backend, in the same
// page, taking turns; and which of them `auto` picks. For the bench command alone: LayersModel and
// the kernels that it needs are loaded here and nowhere else.
import type { LayersModel } from '@tensorflow/tfjs';
import { dispose, setBackend, tensor2d, train } from '@tensorflow/tfjs-core';
import { findFastest } from '../client/choose-engine.ts';
import { createRandom } from '../core/math/random.ts';
import { denseModel, initialWeights, NUM_CLASSES, NUM_PIXELS } from '../core/model/model-spec.ts';
import { batchOrder } from '../core/training/batch-order.ts';
import type { BackendInfo, BackendName, Examples } from '../core/training/trainer.ts';
import { activateBackend, type TfjsBackendName } from '../tfjs/backend.ts';
import { createTfjsTrainer } from '../tfjs/trainer.ts';

interface ThroughputRow {
  readonly backend: BackendName;
  readonly renderer: string;
  /** Medians over the turns, SGD with local epochs as in a round. */
  readonly examplesPerSecond: number;
  readonly layersExamplesPerSecond: number;
  /** The first over the second. */
  readonly ratio: number;
}

export interface ThroughputReport {
  readonly rows: readonly ThroughputRow[];
  readonly auto: BackendInfo;
  readonly autoMs: number;
}

interface ThroughputOptions {
  readonly batchSize: number;
  readonly units: number;
  /** Batches in one turn, and turns for each. */
  readonly stepsPerTurn: number;
  readonly turns: number;
}

export const defaultThroughputOptions: ThroughputOptions = {
  batchSize: 16,
  units: 128,
  stepsPerTurn: 60,
  turns: 7,
};

export type Turn = () => Promise<void>;

/** Takes half a minute on a software renderer. */
export async function measureThroughput(
  options: ThroughputOptions = defaultThroughputOptions,
): Promise<ThroughputReport> {
  const model = denseModel(options.units, 1);
  const startedMs = performance.now();
  const shape = { model, batchSize: options.batchSize, optimizer: 'sgd' } as const;
  const { info: auto } = await findFastest(shape, null);
  const autoMs = performance.now() - startedMs;
  const examples = madeUpExamples(options.batchSize * options.stepsPerTurn);
  const rows: ThroughputRow[] = [];
  for (const backend of ['webgl', 'wasm', 'cpu'] as const) {
    const trainer = await createTfjsTrainer(backend);
    trainer.loadTrainingExamples(examples);
    const weights = initialWeights(model, 1);
    const numExamples = examples.labels.length;
    const order = batchOrder({
      ...{ seed: 1, round: 1, seat: 0, numExamples, batchSize: options.batchSize },
      ...{ localEpochs: 1, localBatches: null },
    });
    const ours: Turn = async () => {
      await trainer.train(model, weights, {
        ...{ optimizer: 'sgd', learningRate: 0.1, momentum: 0, batchSize: options.batchSize },
        ...order,
        signal: { aborted: false },
        onProgress: () => {},
      });
    };
    const layers = await layersTurn(backend, options, examples);
    const [mine, theirs] = await takeTurns([ours, layers], options.turns);
    rows.push({
      backend,
      renderer: trainer.info.renderer,
      examplesPerSecond: (1000 * numExamples) / mine!,
      layersExamplesPerSecond: (1000 * numExamples) / theirs!,
      ratio: theirs! / mine!,
    });
    trainer.dispose();
  }
  return { rows, auto, autoMs };
}

/** Median ms of each, after one turn each to warm up. */
export async function takeTurns(contestants: readonly Turn[], turns: number): Promise<number[]> {
  const times = contestants.map((): number[] => []);
  for (let turn = 0; turn <= turns; turn++) {
    for (const [at, contestant] of contestants.entries()) {
      const startedMs = performance.now();
      await contestant();
      if (turn > 0) times[at]!.push(performance.now() - startedMs);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!);
}

/** The same model and batches by `trainOnBatch`, the form that the tfjs documentation teaches. */
export async function layersTurn(
  backend: TfjsBackendName,
  options: Pick<ThroughputOptions, 'batchSize' | 'units' | 'stepsPerTurn'>,
  examples: Examples,
  optimizer: 'sgd' | 'adam' = 'sgd',
): Promise<Turn> {
  const network = await openLayersModel(backend, options.units, optimizer);
  const { pixels, oneHot } = layersExamples(examples);
  return async () => {
    for (let step = 0; step < options.stepsPerTurn; step++) {
      const [from, to] = [step * options.batchSize, (step + 1) * options.batchSize];
      const x = tensor2d(pixels.subarray(from * NUM_PIXELS, to * NUM_PIXELS), [
        to - from,
        NUM_PIXELS,
      ]);
      const y = tensor2d(oneHot.subarray(from * NUM_CLASSES, to * NUM_CLASSES), [
        to - from,
        NUM_CLASSES,
      ]);
      await network.trainOnBatch(x, y);
      dispose([x, y]);
    }
  };
}

/** Loss of all examples by `evaluate`; the tensors are made beforehand. */
export async function layersEvaluationTurn(
  backend: TfjsBackendName,
  { units, batchSize }: Pick<ThroughputOptions, 'batchSize' | 'units'>,
  examples: Examples,
): Promise<Turn & { readonly release: () => void }> {
  const network = await openLayersModel(backend, units, 'sgd');
  const { pixels, oneHot } = layersExamples(examples);
  const x = tensor2d(pixels, [examples.labels.length, NUM_PIXELS]);
  const y = tensor2d(oneHot, [examples.labels.length, NUM_CLASSES]);
  const turn = async () => {
    const loss = network.evaluate(x, y, { batchSize });
    for (const scalar of Array.isArray(loss) ? loss : [loss]) await scalar.data();
    dispose(loss);
  };
  return Object.assign(turn, { release: () => dispose([x, y]) });
}

async function openLayersModel(
  backend: TfjsBackendName,
  units: number,
  optimizer: 'sgd' | 'adam',
): Promise<LayersModel> {
  const layers = await import('@tensorflow/tfjs');
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  await import('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js');
  await registerAllKernels(backend);
  await activateBackend(backend);
  await setBackend(backend); // sets up the kernels that came late
  const network = layers.sequential({
    layers: [
      layers.layers.dense({ units, activation: 'relu', inputShape: [NUM_PIXELS] }),
      layers.layers.dense({ units: NUM_CLASSES, activation: 'softmax' }),
    ],
  });
  network.compile({
    optimizer: optimizer === 'sgd' ? train.sgd(0.1) : train.adam(0.001),
    loss: 'categoricalCrossentropy',
  });
  return network;
}

/** Pixels scaled, labels one-hot. */
function layersExamples(examples: Examples) {
  const pixels = Float32Array.from(examples.images, (byte) => byte / 255);
  const oneHot = new Float32Array(examples.labels.length * NUM_CLASSES);
  examples.labels.forEach((label, at) => (oneHot[at * NUM_CLASSES + label] = 1));
  return { pixels, oneHot };
}

async function registerAllKernels(backend: TfjsBackendName): Promise<void> {
  if (backend === 'webgl') {
    await import('@tensorflow/tfjs-backend-webgl/dist/register_all_kernels.js');
  }
  if (backend === 'wasm') {
    await import('@tensorflow/tfjs-backend-wasm/dist/register_all_kernels.js');
  }
  if (backend === 'cpu') {
    await import('@tensorflow/tfjs-backend-cpu/dist/register_all_kernels.js');
  }
}

function madeUpExamples(numExamples: number): Examples {
  const random = createRandom('bench');
  return {
    images: Uint8Array.from({ length: numExamples * NUM_PIXELS }, () => random.below(256)),
    labels: Uint8Array.from({ length: numExamples }, () => random.below(NUM_CLASSES)),
  };
}
