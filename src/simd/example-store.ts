// Examples in the module's memory: bytes as they came, each image padded with zeros to a multiple of
// 16 pixels, which the kernels read at once.
import type { Examples } from '../core/training/trainer.ts';
import type { Arena } from './arena.ts';

export interface ExampleStore {
  readonly numExamples: number;
  readonly numPixels: number;
  /** Addresses and bytes from one image to the next. */
  readonly images: number;
  readonly imageStride: number;
  readonly labels: number;
  readonly largestLabel: number;
  dispose(): void;
}

/** Bytes that an image of `numPixels` takes. */
export function paddedPixels(numPixels: number): number {
  return Math.ceil(numPixels / 16) * 16;
}

/** @throws RangeError when images and labels do not belong together. */
export function storeExamples(arena: Arena, { images, labels }: Examples): ExampleStore {
  const numExamples = labels.length;
  const numPixels = numExamples === 0 ? 0 : images.length / numExamples;
  if (!Number.isInteger(numPixels)) {
    throw new RangeError(`${images.length} pixels do not make ${numExamples} images`);
  }
  const imageStride = paddedPixels(numPixels);
  const imagesAt = arena.allocate(numExamples * imageStride + numExamples);
  const labelsAt = imagesAt + numExamples * imageStride;
  const bytes = new Uint8Array(arena.memory.buffer);
  if (imageStride === numPixels) {
    bytes.set(images, imagesAt);
  } else {
    for (let example = 0; example < numExamples; example++) {
      const from = example * numPixels;
      bytes.set(images.subarray(from, from + numPixels), imagesAt + example * imageStride);
    }
  }
  bytes.set(labels, labelsAt);
  return {
    numExamples,
    numPixels,
    images: imagesAt,
    imageStride,
    labels: labelsAt,
    largestLabel: labels.reduce((largest, label) => Math.max(largest, label), 0),
    dispose: () => arena.free(imagesAt),
  };
}
