// The models of the federation: stacks of dense layers with ReLU between them and softmax at the
// end. Weights travel and are stored as one flat float32 vector; this file fixes its layout.
import { createRandom } from '../math/random.ts';

export const IMAGE_SIDE = 28;
export const NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE;
export const NUM_CLASSES = 10;

/** Layer widths from input to output, e.g. [784, 128, 10]: the notebook's model. */
export interface ModelSpec {
  readonly widths: readonly number[];
}

/** One tensor's place in the flat vector. Kernels are row-major [inputs, outputs]; biases [outputs]. */
export interface TensorSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** The notebook's MLP for one hidden layer; McMahan's 2NN for two of 200. */
export function denseModel(units: number, hiddenLayers: number): ModelSpec {
  return { widths: [NUM_PIXELS, ...Array<number>(hiddenLayers).fill(units), NUM_CLASSES] };
}

/** Kernel and bias of each layer, in order. */
export function tensorSlots(model: ModelSpec): TensorSlot[] {
  const slots: TensorSlot[] = [];
  let offset = 0;
  const push = (name: string, shape: number[]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    slots.push({ name, shape, offset, size });
    offset += size;
  };
  for (let layer = 0; layer + 1 < model.widths.length; layer++) {
    const inputs = model.widths[layer]!;
    const outputs = model.widths[layer + 1]!;
    push(`dense${layer + 1}/kernel`, [inputs, outputs]);
    push(`dense${layer + 1}/bias`, [outputs]);
  }
  return slots;
}

export function numParameters(model: ModelSpec): number {
  return tensorSlots(model).reduce((sum, slot) => sum + slot.size, 0);
}

/**
 * Initial weights from a run's seed: Glorot uniform kernels (Glorot & Bengio 2010, as Keras), zero
 * biases. Every client derives the same bits, so round 0 needs no message with weights.
 */
export function initialWeights(model: ModelSpec, seed: number): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(numParameters(model));
  for (const slot of tensorSlots(model)) {
    if (slot.shape.length !== 2) continue;
    const limit = Math.sqrt(6 / (slot.shape[0]! + slot.shape[1]!));
    const random = createRandom(seed, 'initial-weights', slot.name);
    for (let i = 0; i < slot.size; i++) {
      weights[slot.offset + i] = (2 * random.uniform() - 1) * limit;
    }
  }
  return weights;
}
