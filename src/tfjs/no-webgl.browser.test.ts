// A browser without WebGL (a file of its own: tfjs remembers what it found).
import { expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { BackendUnavailable, openBackend } from './backend.ts';

test('forced WebGL is refused, auto goes on with WASM', async () => {
  vi.spyOn(OffscreenCanvas.prototype, 'getContext').mockReturnValue(null);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  for (const method of ['log', 'warn'] as const) vi.spyOn(console, method).mockReturnValue(); // tfjs
  const options = { model: denseModel(16, 1), batchSize: 8 };
  await expect(openBackend('webgl', options)).rejects.toBeInstanceOf(BackendUnavailable);
  const info = await openBackend('auto', options);
  expect(info.backend).toBe('wasm');
  expect(info.reason).toContain('WASM alone');
});
