// A lost WebGL context (a file of its own: the context does not come back).
import { backend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
import { DeviceLost } from '../core/training/trainer.ts';
import { syntheticExamples, trainingJob } from '../testing/conformance/training-samples.ts';
import { createTfjsTrainer } from './trainer.ts';
import { webglContextOf } from './webgl-backend.ts';

test('losing the context in the middle of training rejects with DeviceLost, and so does what follows', async () => {
  const model: ModelSpec = { widths: [64, 32, 10] };
  const trainer = await createTfjsTrainer('webgl');
  trainer.loadTrainingExamples(syntheticExamples(64, 1));
  trainer.loadEvaluationExamples('validation', syntheticExamples(64, 2));
  const weights = initialWeights(model, 1);
  const context = webglContextOf(backend());
  const job = trainingJob(64, {
    localEpochs: 5000,
    onProgress: (fraction) => {
      if (fraction > 0) context.getExtension('WEBGL_lose_context')?.loseContext();
    },
  });
  await expect(trainer.train(model, weights, job)).rejects.toBeInstanceOf(DeviceLost);
  await expect(
    trainer.train(model, weights, trainingJob(64, { localEpochs: 1 })),
  ).rejects.toBeInstanceOf(DeviceLost);
  await expect(
    trainer.evaluate(model, weights, 'validation', [{ from: 0, to: 64 }]),
  ).rejects.toBeInstanceOf(DeviceLost);
});
