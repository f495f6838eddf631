// The WASM backend with the kernels of the training step alone, from the SIMD binary alone: the
// threaded one needs cross-origin isolation, where the bundled backend hangs, and every browser that
// runs node-seal has SIMD.
import { addConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Add.js';
import { identityConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Multiply.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/RealDiv.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Softmax.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Sqrt.js';
import { stepConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Step.js';
import { subConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Sub.js';
import { sumConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Sum.js';
import { transposeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Transpose.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul.js';
import {
  BackendWasm,
  init,
  setWasmPaths,
} from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import '@tensorflow/tfjs-backend-wasm/dist/flags_wasm.js';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { env, findBackendFactory, registerBackend, registerKernel } from '@tensorflow/tfjs-core';

for (const kernel of [
  addConfig,
  identityConfig,
  multiplyConfig,
  realDivConfig,
  reshapeConfig,
  softmaxConfig,
  sqrtConfig,
  stepConfig,
  subConfig,
  sumConfig,
  transposeConfig,
  _fusedMatMulConfig,
]) {
  registerKernel(kernel);
}

/** Makes `setBackend('wasm')` possible; again after `removeBackend`. */
export function registerWasmBackend(): void {
  if (findBackendFactory('wasm')) return;
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
  registerBackend('wasm', async () => new BackendWasm((await init()).wasm));
}
