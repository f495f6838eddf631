// Training and evaluation with the fused SIMD step: the engine of tabs without a GPU. The shard stays
// in the module's memory as bytes; a local epoch is a few calls (src/simd/slices.ts).
import { allFinite } from '../core/math/finite.ts';
import { initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
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
import { instantiateKernels } from './kernels.ts';
import { createNetwork, type Network } from './network.ts';
import { createSlices } from './slices.ts';

/**
 * `sparse` leaves out products with zero pixels; `measured` takes the faster one on the loaded images.
 * Results are the same, bit for bit, while weights are finite.
 */
export type KernelChoice = 'measured' | 'dense' | 'sparse';

export interface SimdTrainerOptions {
  /** The compiled src/simd/assembly. */
  readonly module: WebAssembly.Module;
  /** Why this trainer runs, in one sentence for the dashboard. */
  readonly reason: string;
  readonly kernels?: KernelChoice;
}

/** Images that the faster kernels are found with, and measurements of each. */
const PROBE_EXAMPLES = 64;
const PROBE_TURNS = 3;

export function simdInfo(reason: string): BackendInfo {
  return { backend: 'simd', renderer: 'WASM SIMD, fused step', reason };
}

export async function createSimdTrainer(options: SimdTrainerOptions): Promise<Trainer> {
  const { kernels: choice = 'measured' } = options;
  const kernels = await instantiateKernels(options.module);
  const arena = createArena(kernels.memory, kernels.heapBase());
  const splits = new Map<EvaluationSplit, ExampleStore>();
  let shard: ExampleStore | null = null;
  let network: Network | null = null;
  /** What was found to be faster, by the images that it was measured on; for this network. */
  let isSparseFaster = new WeakMap<ExampleStore, boolean>();

  function networkFor(model: ModelSpec, batchCapacity: number, optimizer: OptimizerName): Network {
    const size = { model, batchCapacity, optimizer };
    if (network?.fits(size)) return network;
    network?.dispose();
    network = null; // should there be no room for the next
    isSparseFaster = new WeakMap();
    return (network = createNetwork(kernels, arena, size));
  }

  /** Which kernels to take for `examples`; `probe` does a little of the work that is to come. */
  function decideSparse(examples: ExampleStore, probe: (isSparse: boolean) => void): boolean {
    if (choice !== 'measured') return choice === 'sparse';
    const known = isSparseFaster.get(examples);
    if (known !== undefined) return known;
    const fastestMs = { dense: Infinity, sparse: Infinity };
    for (let turn = 0; turn < PROBE_TURNS; turn++) {
      for (const kind of ['dense', 'sparse'] as const) {
        const startedMs = performance.now();
        probe(kind === 'sparse');
        fastestMs[kind] = Math.min(fastestMs[kind], performance.now() - startedMs);
      }
    }
    const isSparse = fastestMs.sparse < fastestMs.dense;
    isSparseFaster.set(examples, isSparse);
    return isSparse;
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
    const order = arena.allocate(job.order.byteLength);
    try {
      new Uint32Array(arena.memory.buffer, order, numExamples).set(job.order);
      trained.visit(examples, order);
      const isSparse = decideSparse(examples, (isSparse) => {
        trained.begin(job, isSparse);
        trained.train(0, Math.min(numExamples, Math.max(PROBE_EXAMPLES, largestBatch)));
      });
      trained.loadWeights(weights);
      trained.begin(job, isSparse);
      const slices = createSlices();
      let from = 0;
      for (const length of job.epochLengths) {
        const range = { from, to: from + length, step: job.batchSize };
        await slices.run(range, trained.train, (done) => {
          job.onProgress(done / numExamples);
          throwIfAborted(job);
        });
        from += length;
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
    from: number,
    to: number,
  ): Promise<EvaluationResult> {
    const evaluated = networkFor(model, 1, 'sgd');
    evaluated.loadWeights(weights);
    evaluated.visit(examples, 0);
    const isSparse = decideSparse(examples, (isSparse) => {
      evaluated.beginEvaluation(isSparse);
      evaluated.evaluate(0, Math.min(examples.numExamples, PROBE_EXAMPLES));
    });
    evaluated.beginEvaluation(isSparse);
    await createSlices().run({ from, to, step: PROBE_EXAMPLES }, evaluated.evaluate, () => {});
    const scores = evaluated.scores();
    // Zero-skipping may pass over a weight that is NaN; a diverged model must show all the same.
    const lossSum = allFinite(weights) ? scores.lossSum : NaN;
    return { numExamples: to - from, ...scores, lossSum };
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
      const numExamples = Math.min(shard.numExamples, Math.max(PROBE_EXAMPLES, batchSize));
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
        await evaluate(model, weights, examples, 0, Math.min(1, examples.numExamples));
      }
    },
    train,
    async evaluate(model, weights, split, from, to) {
      const examples = splits.get(split);
      if (!examples) throw new Error(`no ${split} examples are loaded`);
      if (!(0 <= from && from <= to && to <= examples.numExamples)) {
        throw new RangeError(`[${from}, ${to}) is not within ${examples.numExamples} examples`);
      }
      return evaluate(model, weights, examples, from, to);
    },
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

function throwIfAborted(job: TrainingJob): void {
  if (job.signal.aborted) throw new TrainingAborted('training was stopped');
}

function largestOf(order: Uint32Array): number {
  let largest = 0;
  for (let i = 0; i < order.length; i++) largest = Math.max(largest, order[i]!);
  return largest;
}
