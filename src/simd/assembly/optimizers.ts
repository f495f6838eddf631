// The update of 16 weights from their gradient, in the same forms as src/tfjs/optimizers.ts:
// gradients of SGD and momentum carry the learning rate, Adam's moments are kept undivided.
// Kingma & Ba 2015 (arXiv 1412.6980); epsilon is added to the square root, as Keras does.
import { Plan, ROW_BYTES } from './plan';

export const SGD: i32 = 0;
export const MOMENTUM: i32 = 1;

const BETA1: f64 = 0.9; // Kingma & Ba 2015
const BETA2: f64 = 0.999; // the same
const EPSILON: f64 = 1e-7; // Keras' default

// Numbers of the running step: read once a tile, where arguments would be handed on everywhere.
let optimizer: i32 = SGD;
let secondOffset: usize = 0;
let firstOffset: usize = 0;
let momentum: f32 = 0;
let rate: f32 = 0;
let epsilon: f32 = 0;

/** What the gradient by the logits is multiplied by: 1/n, and the learning rate where it is linear. */
export function gradientScale(plan: Plan, numExamples: i32): f64 {
  return (plan.optimizer <= MOMENTUM ? plan.learningRate : 1) / f64(numExamples);
}

/** Advances the optimizer by one step. */
export function beginStep(plan: Plan): void {
  optimizer = plan.optimizer;
  firstOffset = plan.stateBytes;
  secondOffset = 2 * plan.stateBytes;
  momentum = f32(plan.momentum);
  plan.beta1Power *= BETA1;
  plan.beta2Power *= BETA2;
  const correction = sqrt<f64>(1 - plan.beta2Power) / (1 - plan.beta1Power);
  rate = f32((plan.learningRate * correction * (1 - BETA1)) / sqrt<f64>(1 - BETA2));
  epsilon = f32(EPSILON / sqrt<f64>(1 - BETA2));
}

/** Moves `count` rows of 16 weights by their accumulated gradients, which are 0 from then on. */
export function descendRows(weights: usize, count: i32, gradientOffset: usize): void {
  const zero = f32x4.splat(0);
  for (const end = weights + count * ROW_BYTES; weights < end; weights += ROW_BYTES) {
    const gradient = weights + gradientOffset;
    update(
      weights,
      v128.load(gradient),
      v128.load(gradient, 16),
      v128.load(gradient, 32),
      v128.load(gradient, 48),
    );
    v128.store(gradient, zero);
    v128.store(gradient, zero, 16);
    v128.store(gradient, zero, 32);
    v128.store(gradient, zero, 48);
  }
}

/** Moves the 16 weights at `weights` by the gradient in four vectors. */
@inline
export function update(weights: usize, g0: v128, g1: v128, g2: v128, g3: v128): void {
  if (optimizer === SGD) {
    v128.store(weights, f32x4.sub(v128.load(weights), g0));
    v128.store(weights, f32x4.sub(v128.load(weights, 16), g1), 16);
    v128.store(weights, f32x4.sub(v128.load(weights, 32), g2), 32);
    v128.store(weights, f32x4.sub(v128.load(weights, 48), g3), 48);
  } else if (optimizer === MOMENTUM) {
    const decay = f32x4.splat(momentum);
    withMomentum(weights, g0, decay);
    withMomentum(weights + 16, g1, decay);
    withMomentum(weights + 32, g2, decay);
    withMomentum(weights + 48, g3, decay);
  } else {
    withAdam(weights, g0);
    withAdam(weights + 16, g1);
    withAdam(weights + 32, g2);
    withAdam(weights + 48, g3);
  }
}

@inline
function withMomentum(weights: usize, gradient: v128, decay: v128): void {
  const state = weights + firstOffset;
  const velocity = flush(f32x4.add(f32x4.mul(v128.load(state), decay), gradient));
  v128.store(state, velocity);
  v128.store(weights, f32x4.sub(v128.load(weights), velocity));
}

@inline
function withAdam(weights: usize, gradient: v128): void {
  const firstState = weights + firstOffset;
  const secondState = weights + secondOffset;
  const first = flush(
    f32x4.add(f32x4.mul(v128.load(firstState), f32x4.splat(f32(BETA1))), gradient),
  );
  const second = flush(
    f32x4.add(
      f32x4.mul(v128.load(secondState), f32x4.splat(f32(BETA2))),
      f32x4.mul(gradient, gradient),
    ),
  );
  v128.store(firstState, first);
  v128.store(secondState, second);
  const direction = f32x4.div(first, f32x4.add(f32x4.sqrt(second), f32x4.splat(epsilon)));
  v128.store(weights, f32x4.sub(v128.load(weights), f32x4.mul(direction, f32x4.splat(rate))));
}

/**
 * Takes what has decayed below 1e-27 to zero: moments of pixels that are no longer lit would end in
 * subnormal numbers, which many processors are a hundred times slower with.
 */
@inline
function flush(state: v128): v128 {
  const coarse = f32x4.splat(1e-20);
  return f32x4.sub(f32x4.add(state, coarse), coarse);
}
