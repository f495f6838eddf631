// The parts of a training step that no single tfjs kernel does. Everywhere they can be composed of
// several; on WebGL, where each kernel is a program with a fixed cost and an odd one brings
// conversions of its texture along, they are programs of their own (webgl-programs.ts).
import {
  fused,
  mul,
  softmax,
  step,
  sub,
  sum,
  transpose,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { BackendName } from '../core/training/trainer.ts';

export interface StepOperations {
  /**
   * Rows of `images` [numExamples, pixels] on the device → [rows.length, pixels]; null where the
   * device is this worker's own memory, and batches are better made of the bytes there.
   */
  readonly gatherRows: ((images: Tensor2D, rows: Tensor1D) => Tensor2D) | null;
  matMul(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D;
  /** (softmax(logits) - oneHot) · scale: all [batch, 10]. */
  lossGradient(logits: Tensor2D, oneHot: Tensor2D, scale: number): Tensor2D;
  /** `error` where `output`, a ReLU's, is above zero; zero elsewhere: all [batch, units]. */
  reluGradient(error: Tensor2D, output: Tensor2D): Tensor2D;
  /** [batch, units] → [units]. */
  columnSums(error: Tensor2D): Tensor1D;
}

/** The operations for the active backend, which is `backend`. */
export async function stepOperations(backend: BackendName): Promise<StepOperations> {
  if (backend === 'webgl') return (await import('./webgl-programs.ts')).webglOperations;
  return { ...composed, matMul: backend === 'wasm' ? matMulByTransposes : matMulByFlags };
}

const composed: Omit<StepOperations, 'matMul'> = {
  gatherRows: null,
  lossGradient: (logits, oneHot, scale) => mul(sub(softmax(logits), oneHot), scale),
  reluGradient: (error, output) => mul(error, step(output)),
  columnSums: (error) => sum(error, 0),
};

export const matMulByFlags: StepOperations['matMul'] = (a, b, transposeA, transposeB) =>
  fused.matMul({ a, b, transposeA, transposeB }) as Tensor2D;

/** On WASM only the fused kernel without transposition flags goes to XNNPACK: ten times faster. */
const matMulByTransposes: StepOperations['matMul'] = (a, b, transposeA, transposeB) =>
  fused.matMul({
    a: transposeA ? transpose(a) : a,
    b: transposeB ? transpose(b) : b,
  }) as Tensor2D;
