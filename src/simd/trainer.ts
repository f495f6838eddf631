// Training and evaluation with the fused SIMD step: the engine of tabs without a GPU. The shard stays
// in the module's memory as bytes; a local epoch is a few calls (src/simd/slices.ts).
import { allFinite } from '../core/math/finite.ts';
import { initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
import { requireWithin, type ExampleRange } from '../core/training/example-ranges.ts';
import {
  TrainingAborted,
  type BackendInfo,
  type EvaluationResult,
  type EvaluationSplit,
  type OptimizerName,
  type Trainer,
  type TrainingJob,
  type TrainingResult,
} from '../core/training/trainer.ts';
import { createArena } from './arena.ts';
import { storeExamples, type ExampleStore } from './example-store.ts';
import { createKernelChooser, type KernelChoice } from './kernel-choice.ts';
import { instantiateKernels } from './kernels.ts';
import { pieceSizeOf } from './layout.ts';
import { createNetwork, type Network } from './network.ts';
import { createSlices, type Range, type Slices } from './slices.ts';

export interface SimdTrainerOptions {
  /** The compiled src/simd/assembly. */
  readonly module: WebAssembly.Module;
  /** Why this trainer runs, in one sentence for the dashboard. */
  readonly reason: string;
  readonly kernels?: KernelChoice;
}

/** Images that the faster kernels are found with. */
const PROBE_EXAMPLES = 64;

export function simdInfo(reason: string): BackendInfo {
  return { backend: 'simd', renderer: 'WASM SIMD, fused step', reason };
}

export interface SimdTrainer extends Trainer {
  /** Which kernels the last training took; null before the first. */
  trainingKernels(): Exclude<KernelChoice, 'measured'> | null;
}

export async function createSimdTrainer(options: SimdTrainerOptions): Promise<SimdTrainer> {
  const { kernels: choice = 'measured' } = options;
  const kernels = await instantiateKernels(options.module);
  const arena = createArena(kernels.memory, kernels.heapBase());
  const splits = new Map<EvaluationSplit, ExampleStore>();
  let shard: ExampleStore | null = null;
  let network: Network | null = null;
  let lastTraining: ReturnType<SimdTrainer['trainingKernels']> = null;
  const chooser = createKernelChooser(choice);

  function networkFor(model: ModelSpec, batchCapacity: number, optimizer: OptimizerName): Network {
    const size = { model, batchCapacity, optimizer };
    if (network?.fits(size)) return network;
    network?.dispose();
    network = null; // should there be no room for the next
    chooser.forget();
    return (network = createNetwork(kernels, arena, size));
  }

  async function train(
    model: ModelSpec,
    weights: Float32Array,
    job: TrainingJob,
  ): Promise<TrainingResult> {
    const examples = shard;
    if (!examples) throw new Error('no training examples are loaded');
    const numExamples = job.order.length;
    if (numExamples === 0) throw new RangeError('there is nothing to train on');
    if (largestOf(job.order) >= examples.numExamples) {
      throw new RangeError(`the order names more than the ${examples.numExamples} examples`);
    }
    throwIfAborted(job);
    const largestBatch = Math.min(job.batchSize, Math.max(...job.epochLengths));
    const trained = networkFor(model, largestBatch, job.optimizer);
    const isPiecewise = largestBatch > trained.pieceSize;
    const order = arena.allocate(job.order.byteLength);
    try {
      new Uint32Array(arena.memory.buffer, order, numExamples).set(job.order);
      trained.visit(examples, order);
      const probe = (isSparse: boolean) => {
        trained.begin(job, isSparse);
        const enough = Math.min(trained.pieceSize, Math.max(PROBE_EXAMPLES, largestBatch));
        const numProbed = Math.min(numExamples, enough);
        if (isPiecewise) trained.trainPieces(0, numProbed, largestBatch);
        else trained.train(0, numProbed);
      };
      const work = `${job.optimizer}, ${largestBatch}`;
      const isSparse = await chooser.isSparse(examples, work, probe, () => throwIfAborted(job));
      lastTraining = isSparse ? 'sparse' : 'dense';
      trained.loadWeights(weights);
      trained.begin(job, isSparse);
      const slices = createSlices();
      const turned = (done: number) => {
        job.onProgress(done / numExamples);
        throwIfAborted(job);
      };
      let from = 0;
      for (const length of job.epochLengths) {
        const to = from + length;
        if (!isPiecewise) {
          await slices.run({ from, to, step: job.batchSize }, trained.train, turned);
        } else {
          await trainLargeBatches(trained, { from, to, step: job.batchSize }, slices, turned);
        }
        from = to;
      }
      const { lossSum, numCorrect } = trained.scores();
      job.onProgress(1);
      return {
        weights: trained.weights(),
        meanLoss: lossSum / numExamples,
        accuracy: numCorrect / numExamples,
        numExamplesSeen: numExamples,
      };
    } finally {
      arena.free(order);
    }
  }

  async function evaluate(
    model: ModelSpec,
    weights: Float32Array,
    examples: ExampleStore,
    ranges: readonly ExampleRange[],
  ): Promise<EvaluationResult[]> {
    const evaluated = networkFor(model, 1, 'sgd');
    evaluated.loadWeights(weights);
    evaluated.visit(examples, 0);
    const probe = (isSparse: boolean) => {
      evaluated.beginEvaluation(isSparse);
      evaluated.evaluate(0, Math.min(examples.numExamples, PROBE_EXAMPLES));
    };
    const isSparse = await chooser.isSparse(examples, 'evaluation', probe, () => {});
    const slices = createSlices();
    // Zero-skipping may pass over a weight that is NaN; a diverged model must show all the same.
    const isFinite = allFinite(weights);
    const results: EvaluationResult[] = [];
    for (const { from, to } of ranges) {
      evaluated.beginEvaluation(isSparse);
      await slices.run({ from, to, step: PROBE_EXAMPLES }, evaluated.evaluate, () => {});
      const scores = evaluated.scores();
      const lossSum = isFinite ? scores.lossSum : NaN;
      results.push({ numExamples: to - from, ...scores, lossSum });
    }
    return results;
  }

  return {
    info: simdInfo(options.reason),
    loadTrainingExamples(examples) {
      shard?.dispose();
      shard = null;
      shard = storeExamples(arena, examples);
    },
    loadEvaluationExamples(split, examples) {
      splits.get(split)?.dispose();
      splits.delete(split);
      splits.set(split, storeExamples(arena, examples));
    },
    async warmUp(model, { optimizer, batchSize }) {
      if (!shard) throw new Error('no training examples are loaded');
      const enough = Math.max(PROBE_EXAMPLES, Math.min(batchSize, 2 * pieceSizeOf(model)));
      const numExamples = Math.min(shard.numExamples, enough);
      const weights = initialWeights(model, 0);
      await train(model, weights, {
        optimizer,
        learningRate: 0,
        momentum: 0,
        batchSize,
        order: Uint32Array.from({ length: numExamples }, (_, index) => index),
        epochLengths: [numExamples],
        signal: { aborted: false },
        onProgress: () => {},
      });
      for (const examples of splits.values()) {
        await evaluate(model, weights, examples, [
          { from: 0, to: Math.min(1, examples.numExamples) },
        ]);
      }
    },
    train,
    async evaluate(model, weights, split, ranges) {
      const examples = splits.get(split);
      if (!examples) throw new Error(`no ${split} examples are loaded`);
      requireWithin(ranges, examples.numExamples);
      return evaluate(model, weights, examples, ranges);
    },
    trainingKernels: () => lastTraining,
    memory() {
      const { numBlocks, numBytes } = arena.usage();
      return { numTensors: numBlocks, numBytes };
    },
    dispose() {
      shard?.dispose();
      network?.dispose();
      for (const examples of splits.values()) examples.dispose();
      shard = null;
      network = null;
      splits.clear();
    },
  };
}

/** Batches that are larger than the network's pieces, from `from` on; the last may be shorter. */
async function trainLargeBatches(
  network: Network,
  { from, to, step }: Range,
  slices: Slices,
  turned: (done: number) => void,
): Promise<void> {
  for (let first = from; first < to; first += step) {
    const end = Math.min(first + step, to);
    await slices.run(
      { from: first, to: end, step: network.pieceSize },
      (pieceFrom, pieceTo) => network.trainPieces(pieceFrom, pieceTo, end - first),
      turned,
    );
    network.endBatch();
  }
}

function throwIfAborted(job: TrainingJob): void {
  if (job.signal.aborted) throw new TrainingAborted('training was stopped');
}

function largestOf(order: Uint32Array): number {
  let largest = 0;
  for (let i = 0; i < order.length; i++) largest = Math.max(largest, order[i]!);
  return largest;
}
