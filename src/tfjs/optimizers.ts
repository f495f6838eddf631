// The clients' optimizers as tensor arithmetic, in forms that need the fewest kernels per step. Each
// is a plain update of one parameter; state starts at zero with every call of `train`.
import { add, div, mul, sqrt, sub, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerName } from '../core/training/trainer.ts';

const BETA1 = 0.9; // Kingma & Ba 2015 (arXiv 1412.6980), as Keras
const BETA2 = 0.999; // the same
const EPSILON = 1e-7; // Keras' default; added to the square root ("epsilon hat" of the paper)

/** How many state tensors of its own shape a parameter needs. */
export const stateTensorsPerParameter: Readonly<Record<OptimizerName, number>> = {
  sgd: 0,
  momentum: 1,
  adam: 2,
};

/**
 * What gradients are multiplied by where they arise (in the small gradient of the logits, which saves
 * a kernel per parameter): the learning rate where the update is linear in them, else 1.
 */
export function gradientScale(optimizer: OptimizerName, learningRate: number): number {
  return optimizer === 'adam' ? 1 : learningRate;
}

/** Scalars of one step, by name, on the device. */
export interface StepScalars {
  readonly momentum: Scalar;
  readonly beta1: Scalar;
  readonly beta2: Scalar;
  readonly epsilon: Scalar;
  readonly rate: Scalar;
}

/**
 * The numbers behind {@link StepScalars} at `step` (1-based). Adam's moments are kept undivided:
 * M = m/(1-β₁) = β₁M + g and V = v/(1-β₂) = β₂V + g², which leaves two products out; the factors
 * return in the rate, α√(1-β₂ᵗ)/(1-β₁ᵗ) · (1-β₁)/√(1-β₂), and in epsilon, ε/√(1-β₂).
 */
export function stepNumbers(learningRate: number, momentum: number, step: number) {
  const bias = Math.sqrt(1 - BETA2 ** step) / (1 - BETA1 ** step);
  return {
    momentum,
    beta1: BETA1,
    beta2: BETA2,
    epsilon: EPSILON / Math.sqrt(1 - BETA2),
    rate: (learningRate * bias * (1 - BETA1)) / Math.sqrt(1 - BETA2),
  };
}

/**
 * One parameter's update → [parameter, …state]. `gradient` carries {@link gradientScale}; momentum is
 * tf.train.momentum's v = μv + g, w -= αv, kept as u = αv.
 */
export function updateParameter(
  optimizer: OptimizerName,
  parameter: Tensor,
  state: readonly Tensor[],
  gradient: Tensor,
  scalars: StepScalars,
): Tensor[] {
  switch (optimizer) {
    case 'sgd':
      return [sub(parameter, gradient)];
    case 'momentum': {
      const velocity = add(mul(state[0]!, scalars.momentum), gradient);
      return [sub(parameter, velocity), velocity];
    }
    case 'adam': {
      const first = add(mul(state[0]!, scalars.beta1), gradient);
      const second = add(mul(state[1]!, scalars.beta2), mul(gradient, gradient));
      const direction = div(first, add(sqrt(second), scalars.epsilon));
      return [sub(parameter, mul(direction, scalars.rate)), first, second];
    }
    default:
      throw new Error(`unknown optimizer ${String(optimizer satisfies never)}`);
  }
}
