// WebGL with the kernels of the training step alone: half the bytes of the backend's own entry, which
// registers all of them.
import { addConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Add.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js';
import { identityConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Identity.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Multiply.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/RealDiv.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js';
import { sliceConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Slice.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sqrt.js';
import { subConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sub.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/_FusedMatMul.js';
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { env, findBackendFactory, registerBackend, registerKernel } from '@tensorflow/tfjs-core';

for (const kernel of [
  addConfig,
  concatConfig,
  identityConfig,
  multiplyConfig,
  realDivConfig,
  reshapeConfig,
  sliceConfig,
  sqrtConfig,
  subConfig,
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

/** Does the device render float32? Half floats would be too coarse for weights and row numbers. */
export function rendersFloat32(): boolean {
  return env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
}

/**
 * Corrects a flaw of tfjs 4.22: where float32 is rendered it takes it for float16 and raises
 * epsilon() to 1e-4 (the test in `floatPrecision` is inverted).
 */
export function correctFloatPrecision(backend: unknown): void {
  (backend as { floatPrecisionValue: 16 | 32 }).floatPrecisionValue = 32;
}
