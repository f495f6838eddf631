// Training and evaluation on TensorFlow.js: the engine behind core/training/trainer.ts. The shard stays
// on the device, nothing is read back between batches but the logits of a whole segment of them (about
// every 50 ms, which bounds the device's queue too), and the worker's event loop gets its turns.
import { backend as activeBackend, memory, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { allFinite } from '../core/math/finite.ts';
import { initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
import { mergedRanges, requireWithin, type ExampleRange } from '../core/training/example-ranges.ts';
import {
  DeviceLost,
  TrainingAborted,
  type BackendInfo,
  type EvaluationResult,
  type EvaluationSplit,
  type Examples,
  type Trainer,
  type TrainingJob,
  type TrainingResult,
} from '../core/training/trainer.ts';
import { eventLoopTurn } from '../worker/event-loop-turn.ts';
import { activateBackend, openBackend, type TfjsBackendName } from './backend.ts';
import { forward, parameterTensors, startTraining } from './dense-network.ts';
import { oneHotRows, storeExamples, type ExampleStore } from './example-store.ts';
import { createLogitsQueue } from './logits-queue.ts';
import { createPace } from './pace.ts';
import { stepOperations } from './step-operations.ts';
import { addScore, emptyScores } from './scores.ts';

/** Images evaluated at a time. */
const EVALUATION_BATCH = 500;
/** 1 + 2 + 4 + 8: as the pace rises, the fourth segment is the first to join a group of logits. */
const WARM_UP_BATCHES = 15;

/**
 * Opens the backend and wraps it; `reason` says for the dashboard why, and unless it is given, that it
 * was chosen by hand. One trainer works at a time in a worker or page: a tfjs realm has
 * one active backend.
 * @throws BackendUnavailable (see backend.ts).
 */
export async function createTfjsTrainer(name: TfjsBackendName, reason?: string): Promise<Trainer> {
  const info = await openBackend(name, reason);
  const isLost = await lossDetector(info);
  const operations = await stepOperations(info.backend);
  let shard: ExampleStore | null = null;
  const splits = new Map<EvaluationSplit, ExampleStore>();

  /** Runs device work; whatever goes wrong on a lost device is a `DeviceLost`. */
  async function onDevice<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      await activateBackend(info.backend);
      const result = await work();
      if (isLost()) throw new DeviceLost('the WebGL context was lost');
      return result;
    } catch (error) {
      if (isLost()) throw new DeviceLost('the WebGL context was lost', { cause: error });
      throw error;
    }
  }

  async function train(
    model: ModelSpec,
    weights: Float32Array,
    job: TrainingJob,
  ): Promise<TrainingResult> {
    if (!shard) throw new Error('no training examples are loaded');
    const { labels } = shard;
    const numExamples = job.order.length;
    if (numExamples === 0) throw new RangeError('there is nothing to train on');
    const network = startTraining(operations, model, weights, job);
    const logitsQueue = createLogitsQueue(info.backend);
    const scores = emptyScores();
    const pace = createPace();
    let numScored = 0;

    const drain = () =>
      logitsQueue.drain((logits) => {
        for (let row = 0; row * 10 < logits.length; row++) {
          addScore(scores, logits, row, labels[job.order[numScored++]!]!);
        }
      });
    const breathe = async () => {
      drain();
      if (isLost()) throw new DeviceLost('the WebGL context was lost');
      job.onProgress(numScored / numExamples);
      await pace.breathe();
      throwIfAborted(job);
    };

    try {
      throwIfAborted(job);
      for (const rows of batchesOf(job)) {
        const images = shard.gatherRows(rows);
        const oneHot = oneHotRows(labels, rows);
        logitsQueue.push(network.step(images, oneHot));
        images.dispose();
        oneHot.dispose();
        if (pace.stepDone()) await breathe();
      }
      drain();
      const trained = network.weights();
      job.onProgress(1);
      return {
        weights: trained,
        meanLoss: scores.lossSum / numExamples,
        accuracy: scores.numCorrect / numExamples,
        numExamplesSeen: numExamples,
      };
    } finally {
      network.dispose();
      logitsQueue.dispose();
    }
  }

  async function evaluate(
    model: ModelSpec,
    weights: Float32Array,
    store: ExampleStore,
    ranges: readonly ExampleRange[],
  ): Promise<EvaluationResult[]> {
    const parameters = parameterTensors(model, weights);
    const results = ranges.map((range) => ({ range, scores: emptyScores() }));
    const size = Math.min(EVALUATION_BATCH, store.numExamples);
    try {
      for (const { from, to } of mergedRanges(ranges)) {
        for (let at = from; at < to; at += size) {
          // Always full batches, so always the same shaders: the last one reaches back, and rows
          // outside [at, end) are not counted.
          const start = Math.min(at, store.numExamples - size);
          const end = Math.min(at + size, to);
          const logits = tidy(() => {
            const images = store.sliceRows(start, size);
            const outputs: Tensor2D[] = forward(images, parameters);
            images.dispose();
            return outputs.at(-1)!;
          });
          const values = logits.dataSync() as Float32Array;
          logits.dispose();
          for (const { range, scores } of results) {
            const last = Math.min(end, range.to);
            for (let example = Math.max(at, range.from); example < last; example++) {
              addScore(scores, values, example - start, store.labels[example]!);
            }
          }
          await eventLoopTurn();
        }
      }
    } finally {
      for (const parameter of parameters) parameter.dispose();
    }
    // An engine's ReLU may turn NaN into 0; a diverged model must show all the same.
    const isFinite = allFinite(weights);
    return results.map(({ range, scores }) => ({
      numExamples: range.to - range.from,
      ...scores,
      lossSum: isFinite ? scores.lossSum : NaN,
    }));
  }

  return {
    info,
    loadTrainingExamples(examples: Examples) {
      shard?.dispose();
      shard = storeExamples(operations, examples);
    },
    loadEvaluationExamples(split, examples) {
      splits.get(split)?.dispose();
      splits.set(split, storeExamples(operations, examples));
    },
    warmUp: (model, { optimizer, batchSize }) =>
      onDevice(async () => {
        if (!shard) throw new Error('no training examples are loaded');
        const { numExamples } = shard;
        const weights = initialWeights(model, 0);
        const rest = numExamples % batchSize;
        const whole = Math.min(numExamples - rest, WARM_UP_BATCHES * batchSize);
        const epochLengths = [whole, rest].filter((length) => length > 0);
        const order = Uint32Array.from(epochLengths.flatMap((length) => [...Array(length).keys()]));
        await train(model, weights, {
          optimizer,
          learningRate: 0,
          momentum: 0,
          batchSize,
          order,
          epochLengths,
          signal: { aborted: false },
          onProgress: () => {},
        });
        for (const store of splits.values()) {
          await evaluate(model, weights, store, [{ from: 0, to: Math.min(1, store.numExamples) }]);
        }
      }),
    train: (model, weights, job) => onDevice(() => train(model, weights, job)),
    evaluate: (model, weights, split, ranges) =>
      onDevice(() => {
        const store = splits.get(split);
        if (!store) throw new Error(`no ${split} examples are loaded`);
        requireWithin(ranges, store.numExamples);
        return evaluate(model, weights, store, ranges);
      }),
    memory() {
      const { numTensors, numBytes } = memory();
      return { numTensors, numBytes };
    },
    dispose() {
      for (const store of [shard, ...splits.values()]) store?.dispose();
      shard = null;
      splits.clear();
    },
  };
}

/** The job's order, cut into batches; none reaches over the end of an epoch. */
function* batchesOf(job: TrainingJob): Generator<Uint32Array> {
  let from = 0;
  for (const length of job.epochLengths) {
    for (let at = 0; at < length; at += job.batchSize) {
      yield job.order.subarray(from + at, from + Math.min(length, at + job.batchSize));
    }
    from += length;
  }
}

function throwIfAborted(job: TrainingJob): void {
  if (job.signal.aborted) throw new TrainingAborted('training was stopped');
}

/** Says whether the backend's WebGL context is gone; never, on other backends. */
async function lossDetector(info: BackendInfo): Promise<() => boolean> {
  if (info.backend !== 'webgl') return () => false;
  const { webglContextOf } = await import('./webgl-backend.ts');
  const context = webglContextOf(activeBackend());
  return () => context.isContextLost();
}
