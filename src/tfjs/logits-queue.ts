// Logits of past steps wait on the device and are read together now and then: each read waits for the
// device. On WebGL they are joined in eights first, always the same shape and so one shader.
import { concat, type Tensor2D } from '@tensorflow/tfjs-core';
import type { BackendName } from '../core/training/trainer.ts';

/** Batches read in one go on WebGL; a shader may read 16 textures (MAX_TEXTURE_IMAGE_UNITS). */
export const LOGITS_GROUP = 8;

interface LogitsQueue {
  /** Takes over `logits` [rows, 10]. */
  push(logits: Tensor2D): void;
  /** Reads and frees all that waits, in order: waits until the device has done it. */
  drain(onLogits: (logits: Float32Array) => void): void;
  dispose(): void;
}

export function createLogitsQueue(backend: BackendName): LogitsQueue {
  const joined: Tensor2D[] = [];
  let single: Tensor2D[] = [];

  function join(): void {
    joined.push(concat(single, 0));
    for (const logits of single) logits.dispose();
    single = [];
  }

  return {
    push(logits) {
      if (single.length > 0 && single[0]!.shape[0] !== logits.shape[0]) {
        joined.push(...single);
        single = [];
      }
      single.push(logits);
      if (backend === 'webgl' && single.length === LOGITS_GROUP) join();
    },
    drain(onLogits) {
      for (const logits of [...joined, ...single]) {
        onLogits(logits.dataSync() as Float32Array);
        logits.dispose();
      }
      joined.length = 0;
      single = [];
    },
    dispose() {
      for (const logits of [...joined, ...single]) logits.dispose();
      joined.length = 0;
      single = [];
    },
  };
}
