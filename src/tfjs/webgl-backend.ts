// WebGL with the kernels of the training step alone: half the bytes of the backend's own entry, which
// registers all of them.
import { addConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Add.js';
import { castConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Cast.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js';
import { gatherV2Config } from '@tensorflow/tfjs-backend-webgl/dist/kernels/GatherV2.js';
import { identityConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Multiply.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/RealDiv.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js';
import { sliceConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Slice.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Softmax.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sqrt.js';
import { squareConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Square.js';
import { stepConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Step.js';
import { subConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sub.js';
import { sumConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sum.js';
import { transposeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Transpose.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/_FusedMatMul.js';
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { env, findBackendFactory, registerBackend, registerKernel } from '@tensorflow/tfjs-core';

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

/** Makes `setBackend('webgl')` possible; again after `removeBackend`. */
export function registerWebglBackend(): void {
  if (!findBackendFactory('webgl')) registerBackend('webgl', () => new MathBackendWebGL());
}

/** The context of the running WebGL backend. */
export function webglContextOf(backend: unknown): WebGL2RenderingContext {
  return (backend as MathBackendWebGL).gpgpu.gl as WebGL2RenderingContext;
}

/**
 * Corrects a flaw of tfjs 4.22: on devices that do render float32 it takes them for float16 and
 * raises epsilon() to 1e-4 (the test in `floatPrecision` is inverted).
 */
export function correctFloatPrecision(backend: unknown): void {
  if (!env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return;
  (backend as { floatPrecisionValue: 16 | 32 }).floatPrecisionValue = 32;
}
