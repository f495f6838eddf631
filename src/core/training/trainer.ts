// What a client needs from a machine-learning engine. One interface, several engines (tfjs on
// WebGL, WASM or CPU, and a SIMD training step of its own), one conformance suite. The trainer owns its device memory; weights cross as
// flat float32 vectors in the layout of core/model/model-spec.ts.
import type { ModelSpec } from '../model/model-spec.ts';
import type { ExampleRange } from './example-ranges.ts';

/** `simd` is the fused training step of src/simd, the others are backends of tfjs. */
export const backendNames = ['webgl', 'simd', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];
/** What a user may ask for: `auto` takes the fastest of WebGL on a real GPU, `simd` and `wasm`, and WebGL of equals. */
export const backendChoices = ['auto', ...backendNames] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** In a sentence. */
export const backendLabel: Readonly<Record<BackendName, string>> = {
  webgl: 'WebGL',
  simd: 'SIMD',
  wasm: 'WASM',
  cpu: 'CPU',
};

export interface BackendInfo {
  readonly backend: BackendName;
  /** The GPU's or engine's own name, e.g. "ANGLE (NVIDIA …)" or "WASM SIMD". */
  readonly renderer: string;
  /** Why this backend runs, in one sentence for the dashboard. */
  readonly reason: string;
}

/** Examples as they are stored: `images` [numExamples, 784] bytes, `labels` [numExamples] in 0–9. */
export interface Examples {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

export const optimizerNames = ['sgd', 'momentum', 'adam'] as const;
export type OptimizerName = (typeof optimizerNames)[number];
export type EvaluationSplit = 'validation' | 'test';

export interface TrainingJob {
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** Used by `momentum` only. */
  readonly momentum: number;
  readonly batchSize: number;
  /**
   * Indices of training examples in the order they are visited, all epochs one after the other;
   * cut into batches of `batchSize` per epoch (`epochLengths`), the last of an epoch may be shorter.
   */
  readonly order: Uint32Array<ArrayBuffer>;
  readonly epochLengths: readonly number[];
  /** Checked between batches; training then rejects with an AbortError-like `TrainingAborted`. */
  readonly signal: AbortSignalLike;
  /** Called now and then with the share of batches done, in [0, 1]. */
  readonly onProgress: (fraction: number) => void;
}

/** The part of AbortSignal that training needs (the core knows no DOM). */
export interface AbortSignalLike {
  readonly aborted: boolean;
}

export interface TrainingResult {
  readonly weights: Float32Array<ArrayBuffer>;
  /** Mean cross-entropy over the visited examples, in nats, as the weights stood when each was seen. */
  readonly meanLoss: number;
  readonly accuracy: number;
  readonly numExamplesSeen: number;
}

export interface EvaluationResult {
  readonly numExamples: number;
  readonly numCorrect: number;
  /** Sum of cross-entropies in nats. */
  readonly lossSum: number;
  /** [NUM_CLASSES × NUM_CLASSES] counts, row = true label, column = prediction. */
  readonly confusion: Uint32Array<ArrayBuffer>;
}

export interface Trainer {
  readonly info: BackendInfo;
  /** Puts a shard on the device in place of the previous one. */
  loadTrainingExamples(examples: Examples): void;
  loadEvaluationExamples(split: EvaluationSplit, examples: Examples): void;
  /**
   * Compiles whatever `model` with this batch size needs, by training on the loaded shard and
   * throwing the result away, so that round 1 pays for no compilation.
   */
  warmUp(model: ModelSpec, job: Pick<TrainingJob, 'optimizer' | 'batchSize'>): Promise<void>;
  /** Optimizer state starts at zero in each call (clients are stateless between rounds). */
  train(model: ModelSpec, weights: Float32Array, job: TrainingJob): Promise<TrainingResult>;
  /**
   * Evaluates these examples of the loaded split, with one result a range; the weights are put on the
   * device once, and an example of several ranges may be computed once. Rejects with RangeError when a
   * range is not within the split.
   */
  evaluate(
    model: ModelSpec,
    weights: Float32Array,
    split: EvaluationSplit,
    ranges: readonly ExampleRange[],
  ): Promise<EvaluationResult[]>;
  /** Device objects alive now; constant over rounds (asserted by tests). */
  memory(): { readonly numTensors: number; readonly numBytes: number };
  dispose(): void;
}

/** Training stopped because its signal was aborted: not a failure. */
export class TrainingAborted extends Error {
  override readonly name = 'TrainingAborted';
}

/** The device is gone (lost WebGL context, killed GPU process): only a new worker helps. */
export class DeviceLost extends Error {
  override readonly name = 'DeviceLost';
}
