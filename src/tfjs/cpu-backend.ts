// The CPU backend (plain JavaScript) with the kernels of the training step alone.
import { addConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Add.js';
import { identityConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Multiply.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/RealDiv.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Softmax.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sqrt.js';
import { stepConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Step.js';
import { subConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sub.js';
import { sumConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/Sum.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-cpu/dist/kernels/_FusedMatMul.js';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/backend_cpu.js';
import { findBackendFactory, registerBackend, registerKernel } from '@tensorflow/tfjs-core';

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
  _fusedMatMulConfig,
]) {
  registerKernel(kernel);
}

/** Makes `setBackend('cpu')` possible; again after `removeBackend`. */
export function registerCpuBackend(): void {
  if (!findBackendFactory('cpu')) registerBackend('cpu', () => new MathBackendCPU());
}
