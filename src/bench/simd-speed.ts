// The SIMD step beside tfjs on WASM, in the same page, taking turns: training against
// LayersModel.trainOnBatch over batch sizes, units and optimizers, evaluation against LayersModel and the tfjs trainer,
// and one worker against two. For the bench command alone. Images are as dark as MNIST's.
import { denseModel, initialWeights } from '../core/model/model-spec.ts';
import type { Examples } from '../core/training/trainer.ts';
import { layersEvaluationTurn, layersTurn, takeTurns, type Turn } from './tfjs-speed.ts';
import { createTfjsTrainer } from '../tfjs/trainer.ts';
import { trainingTurn, type CellSize } from './simd-turn.ts';
import { darkExamples } from '../simd/calibration.ts';
import { loadModule } from '../simd/load-module.ts';
import { createSimdTrainer, type SimdTrainer } from '../simd/trainer.ts';

const NUM_PIXELS = 784;
/** A turn of the SIMD step must last longer than what else the machine does between two. */
const OUR_EPOCHS = 3;

export interface TrainingCell extends CellSize {
  /** Medians over the turns. */
  readonly simdExamplesPerSecond: number;
  readonly layersExamplesPerSecond: number;
  /** The first over the second. */
  readonly ratio: number;
  /** What the SIMD trainer took, by its own measurement. */
  readonly kernels: 'sparse' | 'dense';
}

export interface BenchEffort {
  /** Batches of trainOnBatch in one turn; the SIMD step trains thirty times as many. */
  readonly stepsPerTurn: number;
  readonly turns: number;
  /** How long each number of workers trains, ms. */
  readonly workersMs: number;
  readonly numEvaluated: number;
}

export const defaultEffort: BenchEffort = {
  stepsPerTurn: 30,
  turns: 5,
  workersMs: 1500,
  numEvaluated: 10_000,
};

export const cellSizes: readonly CellSize[] = (['sgd', 'adam'] as const).flatMap((optimizer) =>
  [64, 128, 256].flatMap((units) =>
    [10, 16, 32, 64].map((batchSize) => ({ optimizer, units, batchSize })),
  ),
);

export async function measureTraining(size: CellSize, effort: BenchEffort): Promise<TrainingCell> {
  const { optimizer, units, batchSize } = size;
  const numTheirs = batchSize * effort.stepsPerTurn;
  const numOurs = 10 * numTheirs;
  const examples = darkExamples(numOurs, NUM_PIXELS);
  const trainer = await openSimd();
  trainer.loadTrainingExamples(examples);
  const ours = trainingTurn(trainer, size, numOurs, OUR_EPOCHS);
  const layers = await layersTurn(
    'wasm',
    { batchSize, units, stepsPerTurn: effort.stepsPerTurn },
    firstOf(examples, numTheirs),
    optimizer,
  );
  const [oursMs, theirsMs] = await takeTurns([ours, layers], effort.turns);
  const kernels = trainer.trainingKernels()!;
  trainer.dispose();
  const simdExamplesPerSecond = (1000 * OUR_EPOCHS * numOurs) / oursMs!;
  const layersExamplesPerSecond = (1000 * numTheirs) / theirsMs!;
  return {
    ...size,
    simdExamplesPerSecond,
    layersExamplesPerSecond,
    ratio: simdExamplesPerSecond / layersExamplesPerSecond,
    kernels,
  };
}

export interface EvaluationComparison {
  readonly simdMs: number;
  /** LayersModel.evaluate in batches of 64, its tensors made beforehand. */
  readonly layersMs: number;
  /** This project's trainer on tfjs. */
  readonly trainerMs: number;
}

/** Medians over the turns; the notebook's model of 128 units. */
export async function measureEvaluation(effort: BenchEffort): Promise<EvaluationComparison> {
  const model = denseModel(128, 1);
  const weights = initialWeights(model, 1);
  const examples = darkExamples(effort.numEvaluated, NUM_PIXELS);
  const trainers = [await openSimd(), await createTfjsTrainer('wasm')];
  const turns = trainers.map((trainer): Turn => {
    trainer.loadEvaluationExamples('test', examples);
    return async () =>
      void (await trainer.evaluate(model, weights, 'test', [{ from: 0, to: effort.numEvaluated }]));
  });
  const layers = await layersEvaluationTurn('wasm', { units: 128, batchSize: 64 }, examples);
  const times = await takeTurns([...turns, layers], effort.turns);
  const [simdMs, trainerMs, layersMs] = times as [number, number, number];
  for (const trainer of trainers) trainer.dispose();
  layers.release();
  return { simdMs, layersMs, trainerMs };
}

export interface WorkerScaling {
  readonly oneExamplesPerSecond: number;
  readonly twoExamplesPerSecond: number;
  /** The second over the first. */
  readonly ratio: number;
}

/** Batch 16, 128 units, SGD: medians over rounds of one worker alone, then two at once. */
export async function measureWorkers(effort: BenchEffort): Promise<WorkerScaling> {
  const workers = [openWorker(), openWorker()];
  await Promise.all(workers.map((worker) => trainIn(worker, 200))); // start and compile
  const rounds: WorkerScaling[] = [];
  for (let turn = 0; turn < effort.turns; turn++) {
    const one = await trainIn(workers[0]!, effort.workersMs);
    const both = await Promise.all(workers.map((worker) => trainIn(worker, effort.workersMs)));
    const two = both.reduce((sum, rate) => sum + rate, 0);
    rounds.push({ oneExamplesPerSecond: one, twoExamplesPerSecond: two, ratio: two / one });
  }
  for (const worker of workers) worker.terminate();
  rounds.sort((a, b) => a.ratio - b.ratio);
  return rounds[Math.floor(rounds.length / 2)]!;
}

function openWorker(): Worker {
  return new Worker(new URL('./simd-worker.ts', import.meta.url), { type: 'module' });
}

/** Examples a second of one worker that trains for `forMs`. */
function trainIn(worker: Worker, forMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(forMs);
  });
}

async function openSimd(): Promise<SimdTrainer> {
  return createSimdTrainer({ module: await loadModule(), reason: 'Benchmark.' });
}

function firstOf({ images, labels }: Examples, numExamples: number): Examples {
  return {
    images: images.slice(0, numExamples * NUM_PIXELS),
    labels: labels.slice(0, numExamples),
  };
}
