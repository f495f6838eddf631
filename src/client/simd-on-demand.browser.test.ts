// The SIMD step is fetched by clients that use it and by no others (a file of its own: what was
// fetched is remembered).
import { expect, test } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { openTrainer } from './open-trainer.ts';

test.each([
  ['wasm', false],
  ['webgl', false],
  ['cpu', false],
  ['simd', true],
] as const)('for %s the step is fetched: %s', async (choice, isExpected) => {
  performance.clearResourceTimings();
  const shape = { model: denseModel(16, 1), batchSize: 8, optimizer: 'sgd' } as const;
  const { trainer } = await openTrainer(choice, shape);
  expect(trainer.info.backend).toBe(choice);
  trainer.dispose();
  const names = performance.getEntriesByType('resource').map(({ name }) => name);
  expect(names.some((name) => name.includes('training-step.wasm'))).toBe(isExpected);
});
