// WebGL programs for the training step, registered as tfjs kernels. They read and write tfjs' packed
// textures, where a texel holds a 2 × 2 block (row, column), (row, column+1), (row+1, column),
// (row+1, column+1), as the matrix products around them do, so nothing is converted in between.
// Lanes beyond the last row or column must be zero: products sum over them.
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl/dist/gpgpu_math.js';
import {
  engine,
  registerKernel,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { matMulByFlags, type StepOperations } from './step-operations.ts';

function gatherRowsProgram(images: number[], rows: number[]): GPGPUProgram {
  return {
    variableNames: ['images', 'rows'],
    outputShape: [rows[0]!, images[1]!],
    packedInputs: true,
    packedOutput: true,
    userCode: `
      vec2 pixels(int row, int column) {
        vec4 block = getImages(row, column);
        return row % 2 == 0 ? block.xy : block.zw;
      }
      void main() {
        ivec2 at = getOutputCoords();
        vec4 chosen = getRows(at.x);
        vec2 below = at.x + 1 < ${rows[0]!} ? pixels(int(chosen.y), at.y) : vec2(0.0);
        setOutput(vec4(pixels(int(chosen.x), at.y), below));
      }`,
  };
}

function lossGradientProgram([rows, columns]: number[]): GPGPUProgram {
  return {
    variableNames: ['logits', 'oneHot'],
    outputShape: [rows!, columns!],
    packedInputs: true,
    packedOutput: true,
    customUniforms: [{ name: 'scale', type: 'float' }],
    userCode: `
      void main() {
        ivec2 at = getOutputCoords();
        vec4 first = getLogits(at.x, 0);
        vec2 largest = max(first.xz, first.yw);
        for (int column = 2; column < ${columns}; column += 2) {
          vec4 block = getLogits(at.x, column);
          largest = max(largest, max(block.xz, block.yw));
        }
        vec2 total = vec2(0.0);
        for (int column = 0; column < ${columns}; column += 2) {
          vec4 block = getLogits(at.x, column);
          total += exp(block.xz - largest) + exp(block.yw - largest);
        }
        vec4 softmax = exp(getLogits(at.x, at.y) - largest.xxyy) / total.xxyy;
        vec4 gradient = (softmax - getOneHot(at.x, at.y)) * scale;
        if (at.x + 1 >= ${rows}) gradient.zw = vec2(0.0);
        setOutput(gradient);
      }`,
  };
}

function reluGradientProgram(shape: number[]): GPGPUProgram {
  return {
    variableNames: ['error', 'unit'],
    outputShape: shape,
    packedInputs: true,
    packedOutput: true,
    userCode: `
      void main() {
        ivec2 at = getOutputCoords();
        vec4 isOpen = vec4(greaterThan(getUnit(at.x, at.y), vec4(0.0)));
        setOutput(getError(at.x, at.y) * isOpen);
      }`,
  };
}

function columnSumsProgram([rows, columns]: number[]): GPGPUProgram {
  return {
    variableNames: ['error'],
    outputShape: [columns!],
    packedInputs: true,
    packedOutput: true,
    userCode: `
      void main() {
        int column = getOutputCoords();
        vec2 total = vec2(0.0);
        for (int row = 0; row < ${rows}; row += 2) {
          vec4 block = getError(row, column);
          total += block.xy + block.zw;
        }
        setOutput(vec4(total, 0.0, 0.0));
      }`,
  };
}

/** Registers `program` as a kernel and returns the function that runs it. */
function operation(
  kernelName: string,
  program: (...shapes: number[][]) => GPGPUProgram,
): (inputs: Record<string, Tensor>, scale?: number) => Tensor {
  registerKernel({
    kernelName,
    backendName: 'webgl',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const operands = Object.values(inputs) as TensorInfo[];
      const shapes = operands.map((operand) => operand.shape);
      const uniforms = typeof attrs?.['scale'] === 'number' ? [[attrs['scale']]] : undefined;
      const run = backend as MathBackendWebGL;
      return run.compileAndRun(program(...shapes), operands, 'float32', uniforms);
    },
  });
  return (inputs, scale) =>
    engine().runKernel(kernelName, inputs, scale === undefined ? {} : { scale }) as Tensor;
}

const gatherRows = operation('GatherRows', gatherRowsProgram);
const lossGradient = operation('LossGradient', lossGradientProgram);
const reluGradient = operation('ReluGradient', reluGradientProgram);
const columnSums = operation('ColumnSums', columnSumsProgram);

/** The number of classes is even (10): blocks are summed up to the end of a row without a check. */
export const webglOperations: StepOperations = {
  gatherRows: (images, rows) => gatherRows({ images, rows }) as Tensor2D,
  matMul: matMulByFlags,
  lossGradient: (logits, oneHot, scale) => lossGradient({ logits, oneHot }, scale) as Tensor2D,
  reluGradient: (error, output) => reluGradient({ error, output }) as Tensor2D,
  columnSums: (error) => columnSums({ error }) as Tensor1D,
};
