// A browser that cannot compile the SIMD step (a file of its own: what was compiled is remembered).
import { deleteDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { openTrainer } from './open-trainer.ts';

const shape = { model: denseModel(16, 1), batchSize: 8, optimizer: 'sgd' } as const;

test.each(['simd', 'auto'] as const)('%s goes on with tfjs, and says why', async (choice) => {
  await deleteDB('roundtable-calibration');
  const compile = vi
    .spyOn(WebAssembly, 'compile')
    .mockRejectedValue(new WebAssembly.CompileError('no SIMD'));
  const opened = await openTrainer(choice, shape);
  expect(compile).toHaveBeenCalledTimes(1);
  const { backend, reason } = opened.trainer.info;
  expect(['wasm', 'webgl']).toContain(backend);
  expect(reason).toMatch(/^The SIMD step cannot run in this browser\. No real GPU; calibrated: /);
  expect(reason.match(/SIMD/g)).toHaveLength(1);
  expect(opened.isStandIn).toBe(false);
  opened.trainer.dispose();

  const next = await openTrainer('auto', shape);
  expect(compile).toHaveBeenCalledTimes(1); // what was found holds for this browser
  expect(next.trainer.info).toEqual(opened.trainer.info);
  next.trainer.dispose();
  compile.mockRestore();
});
