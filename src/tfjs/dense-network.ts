// A stack of dense layers on the active backend: parameters as tensors, forward pass, and a training
// step whose backward pass is written by hand. Rejected: automatic differentiation (40 GPU programs a
// step for the notebook's model, and forms that miss XNNPACK's fast path on WASM) and LayersModel (53).
import {
  dispose,
  fused,
  keep,
  scalar,
  tensor,
  tidy,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { numParameters, tensorSlots, type ModelSpec } from '../core/model/model-spec.ts';
import type { TrainingJob } from '../core/training/trainer.ts';
import {
  gradientScale,
  stateTensorsPerParameter,
  stepNumbers,
  updateParameter,
  type StepScalars,
} from './optimizers.ts';
import type { StepOperations } from './step-operations.ts';

/** Kernel and bias of each layer in the order of `tensorSlots`, copied from the flat vector. */
export function parameterTensors(model: ModelSpec, weights: Float32Array): Tensor[] {
  return tensorSlots(model).map((slot) =>
    tensor(weights.slice(slot.offset, slot.offset + slot.size), [...slot.shape], 'float32'),
  );
}

/** The images [batch, inputs] and every layer's output; the last one is the logits [batch, 10]. */
export function forward(images: Tensor2D, parameters: readonly Tensor[]): Tensor2D[] {
  const outputs = [images];
  for (let at = 0; at < parameters.length; at += 2) {
    const isLast = at + 2 === parameters.length;
    outputs.push(
      fused.matMul({
        a: outputs.at(-1)!,
        b: parameters[at] as Tensor2D,
        bias: parameters[at + 1] as Tensor1D,
        activation: isLast ? 'linear' : 'relu',
      }) as Tensor2D,
    );
  }
  return outputs;
}

type Hyperparameters = Pick<TrainingJob, 'optimizer' | 'learningRate' | 'momentum'>;

/** A network in training. It owns its tensors until `dispose`. */
interface NetworkInTraining {
  /**
   * One batch: `images` [batch, inputs] in [0, 1], `oneHot` [batch, 10]. Parameters move by the
   * gradient of the mean cross-entropy. Returns the logits as they were before, owned by the caller.
   */
  step(images: Tensor2D, oneHot: Tensor2D): Tensor2D;
  /** Reads the parameters back: waits for the device. */
  weights(): Float32Array<ArrayBuffer>;
  dispose(): void;
}

export function startTraining(
  operations: StepOperations,
  model: ModelSpec,
  weights: Float32Array,
  hyper: Hyperparameters,
): NetworkInTraining {
  const numStates = stateTensorsPerParameter[hyper.optimizer];
  const slots = tensorSlots(model);
  let parameters = parameterTensors(model, weights);
  let states = slots.map((slot) => Array.from({ length: numStates }, () => zeros([...slot.shape])));
  let stepsDone = 0;
  const scalars = new Map<number, Scalar>();
  const scalarOf = (value: number): Scalar => {
    const known = scalars.get(value);
    if (known) return known;
    const made = keep(scalar(value, 'float32'));
    scalars.set(value, made);
    return made;
  };

  function gradients(images: Tensor2D, oneHot: Tensor2D): { logits: Tensor2D; all: Tensor[] } {
    const outputs = forward(images, parameters);
    const logits = outputs.at(-1)!;
    const scale = gradientScale(hyper.optimizer, hyper.learningRate) / oneHot.shape[0];
    let error = operations.lossGradient(logits, oneHot, scale);
    const all: Tensor[] = [];
    for (let layer = outputs.length - 2; layer >= 0; layer--) {
      const inputs = outputs[layer]!;
      all[2 * layer] = operations.matMul(inputs, error, true, false);
      all[2 * layer + 1] = operations.columnSums(error);
      if (layer > 0) {
        const kernel = parameters[2 * layer] as Tensor2D;
        error = operations.reluGradient(operations.matMul(error, kernel, false, true), inputs);
      }
    }
    return { logits, all };
  }

  function step(images: Tensor2D, oneHot: Tensor2D): Tensor2D {
    stepsDone++;
    const numbers = stepNumbers(hyper.learningRate, hyper.momentum, stepsDone);
    const next = tidy(() => {
      const { logits, all } = gradients(images, oneHot);
      const stepScalars: StepScalars = {
        momentum: scalarOf(numbers.momentum),
        beta1: scalarOf(numbers.beta1),
        beta2: scalarOf(numbers.beta2),
        epsilon: scalarOf(numbers.epsilon),
        rate: scalar(numbers.rate, 'float32'),
      };
      const updated = parameters.map((parameter, at) =>
        updateParameter(hyper.optimizer, parameter, states[at]!, all[at]!, stepScalars),
      );
      return { logits, updated };
    });
    dispose([parameters, states]);
    parameters = next.updated.map((tensors) => tensors[0]!);
    states = next.updated.map((tensors) => tensors.slice(1));
    return next.logits;
  }

  return {
    step,
    weights() {
      const flat = new Float32Array(numParameters(model));
      slots.forEach((slot, at) => flat.set(parameters[at]!.dataSync(), slot.offset));
      return flat;
    },
    dispose() {
      dispose([parameters, states, [...scalars.values()]]);
    },
  };
}
