// A browser that cannot compile the SIMD step (a file of its own: what was compiled is remembered).
import { deleteDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { openTrainer } from './open-trainer.ts';

test.each(['simd', 'auto'] as const)('%s goes on with tfjs', async (choice) => {
  await deleteDB('roundtable-calibration');
  const compile = vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new Error('no SIMD'));
  const trainer = await openTrainer(choice, { model: denseModel(16, 1), batchSize: 8 });
  expect(compile).toHaveBeenCalled();
  compile.mockRestore();
  expect(['wasm', 'webgl']).toContain(trainer.info.backend);
  expect(trainer.info.reason).not.toContain('SIMD');
  trainer.dispose();
});
