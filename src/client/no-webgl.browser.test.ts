// A browser without WebGL (a file of its own: tfjs remembers what it found).
import { expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { BackendUnavailable, openBackend } from '../tfjs/backend.ts';
import { findFastest } from './choose-engine.ts';

test('forced WebGL is refused, auto goes on with WASM', async () => {
  vi.spyOn(OffscreenCanvas.prototype, 'getContext').mockReturnValue(null);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  for (const method of ['log', 'warn'] as const) vi.spyOn(console, method).mockReturnValue(); // tfjs
  await expect(openBackend('webgl')).rejects.toBeInstanceOf(BackendUnavailable);
  const shape = { model: denseModel(16, 1), batchSize: 8, optimizer: 'sgd' } as const;
  const { info, lead } = await findFastest(shape, null);
  expect(info.backend).toBe('wasm');
  expect(info.reason).toContain('WASM alone');
  expect(lead).toBe(Infinity);
});
