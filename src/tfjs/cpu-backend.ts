// The CPU backend (plain JavaScript) with the kernels of the training step alone.
import { addConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Add.js';
import { castConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Cast.js';
import { concatConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Concat.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-cpu/dist/kernels/GatherV2.js';
import { identityConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Multiply.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/RealDiv.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js';
import { sliceConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Slice.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Softmax.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sqrt.js';
import { squareConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Square.js';
import { stepConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Step.js';
import { subConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sub.js';
import { sumConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sum.js';
import { transposeConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Transpose.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/_FusedMatMul.js';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import { findBackendFactory, registerBackend, registerKernel } from '@tensorflow/tfjs-core';

for (const kernel of [
  addConfig,
  castConfig,
  concatConfig,
  gatherV2Config,
  identityConfig,
  multiplyConfig,
  realDivConfig,
  reshapeConfig,
  sliceConfig,
  softmaxConfig,
  sqrtConfig,
  squareConfig,
  stepConfig,
  subConfig,
  sumConfig,
  transposeConfig,
  _fusedMatMulConfig,
]) {
  registerKernel(kernel);
}

/** Makes `setBackend('cpu')` possible; again after `removeBackend`. */
export function registerCpuBackend(): void {
  if (!findBackendFactory('cpu')) registerBackend('cpu', () => new MathBackendCPU());
}
