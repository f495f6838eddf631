// A model as the two files that `tf.loadLayersModel` reads: the topology and weights manifest that
// TensorFlow.js 4's LayersModel.save() writes for a Sequential of Dense layers, and the weights as
// little-endian float32 in the manifest's order. Pure, so that exporting needs no TensorFlow.js.
import { tensorSlots, type ModelSpec } from './model-spec.ts';

export interface ExportedModel {
  /** Content of `model.json`; it names `weights.bin` as its neighbour. */
  readonly modelJson: string;
  /** Content of `weights.bin`. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/**
 * `metadata` is kept under `userDefinedMetadata`, next to what the input must look like. Throws
 * RangeError when `weights` does not have the model's number of parameters.
 */
export function exportForTfjs(
  model: ModelSpec,
  weights: Float32Array,
  metadata: Readonly<Record<string, unknown>>,
): ExportedModel {
  const slots = tensorSlots(model);
  const numParameters = slots.reduce((sum, slot) => sum + slot.size, 0);
  if (weights.length !== numParameters) {
    throw new RangeError(`${weights.length} weights for a model of ${numParameters}`);
  }
  const manifest = slots.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const modelJson = JSON.stringify(
    {
      format: 'layers-model',
      generatedBy: 'Roundtable',
      convertedBy: null,
      modelTopology: {
        class_name: 'Sequential',
        config: { name: 'roundtable', layers: denseLayers(model) },
        keras_version: 'tfjs-layers 4.22.0', // the version whose format this is
        backend: 'tensor_flow.js',
      },
      weightsManifest: [{ paths: ['./weights.bin'], weights: manifest }],
      userDefinedMetadata: {
        input: `[numImages, ${model.widths[0]}] pixels row by row, 0 = background, 1 = ink`,
        ...metadata,
      },
    },
    null,
    1,
  );
  return { modelJson, weights: littleEndian(weights) };
}

function denseLayers(model: ModelSpec): unknown[] {
  return model.widths.slice(1).map((units, layer) => ({
    class_name: 'Dense',
    config: {
      name: `dense${layer + 1}`,
      trainable: true,
      ...(layer === 0 ? { batch_input_shape: [null, model.widths[0]], dtype: 'float32' } : {}),
      units,
      activation: layer + 2 === model.widths.length ? 'softmax' : 'relu',
      use_bias: true,
    },
  }));
}

function littleEndian(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return bytes;
}
