// Where a shard lives while it is trained on. On WebGL: on the device, uploaded once, batches gathered
// there. On WASM and CPU, whose device is this worker's own memory: as the bytes they came in, a
// quarter of the size, and each batch is scaled on its way in (a slice of a tensor would copy the
// whole shard on WASM: its Slice kernel reads all of its input).
import { slice, tensor1d, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { NUM_CLASSES } from '../core/model/model-spec.ts';
import type { Examples } from '../core/training/trainer.ts';
import type { StepOperations } from './step-operations.ts';

export interface ExampleStore {
  readonly numExamples: number;
  readonly labels: Uint8Array;
  /** Images at `rows` → [rows.length, pixels] in [0, 1], owned by the caller. */
  gatherRows(rows: Uint32Array): Tensor2D;
  /** Images [from, from + size) → [size, pixels] in [0, 1], owned by the caller. */
  sliceRows(from: number, size: number): Tensor2D;
  dispose(): void;
}

/** @throws RangeError when images and labels do not belong together. */
export function storeExamples(operations: StepOperations, examples: Examples): ExampleStore {
  const { images, labels } = examples;
  const numPixels = labels.length === 0 ? 0 : images.length / labels.length;
  if (!Number.isInteger(numPixels)) {
    throw new RangeError(`${images.length} pixels do not make ${labels.length} images`);
  }
  return operations.gatherRows
    ? storeOnDevice(operations.gatherRows, images, labels, numPixels)
    : storeAsBytes(images, labels, numPixels);
}

function storeOnDevice(
  gatherRows: NonNullable<StepOperations['gatherRows']>,
  images: Uint8Array,
  labels: Uint8Array,
  numPixels: number,
): ExampleStore {
  const scaled = Float32Array.from(images, (byte) => byte / 255);
  const all = tensor2d(scaled, [labels.length, numPixels], 'float32');
  return {
    numExamples: labels.length,
    labels,
    gatherRows(rows) {
      const indices = tensor1d(Float32Array.from(rows), 'float32');
      const batch = gatherRows(all, indices);
      indices.dispose();
      return batch;
    },
    sliceRows: (from, size) => slice(all, [from, 0], [size, numPixels]),
    dispose: () => all.dispose(),
  };
}

const scaledByte = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

function storeAsBytes(images: Uint8Array, labels: Uint8Array, numPixels: number): ExampleStore {
  const scale = (target: Float32Array, at: number, from: number, to: number) => {
    for (let i = from; i < to; i++) target[at++] = scaledByte[images[i]!]!;
  };
  return {
    numExamples: labels.length,
    labels,
    gatherRows(rows) {
      const batch = new Float32Array(rows.length * numPixels);
      rows.forEach((row, at) =>
        scale(batch, at * numPixels, row * numPixels, (row + 1) * numPixels),
      );
      return tensor2d(batch, [rows.length, numPixels], 'float32');
    },
    sliceRows(from, size) {
      const batch = new Float32Array(size * numPixels);
      scale(batch, 0, from * numPixels, (from + size) * numPixels);
      return tensor2d(batch, [size, numPixels], 'float32');
    },
    dispose: () => {},
  };
}

/** Labels at `rows` → [rows.length, 10], owned by the caller. */
export function oneHotRows(labels: Uint8Array, rows: Uint32Array): Tensor2D {
  const values = new Float32Array(rows.length * NUM_CLASSES);
  rows.forEach((row, at) => (values[at * NUM_CLASSES + labels[row]!] = 1));
  return tensor2d(values, [rows.length, NUM_CLASSES], 'float32');
}
