// The SIMD step's file does not come (a file of its own: what was compiled is remembered).
import { deleteDB } from 'idb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { openTrainer } from './open-trainer.ts';

const shape = { model: denseModel(16, 1), batchSize: 8, optimizer: 'sgd' } as const;

beforeEach(() => deleteDB('roundtable-calibration'));
afterEach(() => vi.restoreAllMocks());

/** The next fetch of the file fails; all others go on. */
function failOnce(answer: () => Promise<Response>): void {
  const original = globalThis.fetch;
  let isDue = true;
  vi.spyOn(globalThis, 'fetch').mockImplementation((request, init) => {
    const url = request instanceof Request ? request.url : String(request);
    if (!isDue || !url.includes('training-step.wasm')) return original(request, init);
    isDue = false;
    return answer();
  });
}

const failures: readonly [string, () => Promise<Response>][] = [
  ['a lost connection', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['an error of the server', () => Promise.resolve(new Response('', { status: 503 }))],
  ['a page in its place', () => Promise.resolve(new Response('<!doctype html>'))],
];

// One test: once the file has come, it is remembered for as long as the page lives.
test('tfjs stands in, which is not remembered: the next opening has SIMD in the race', async () => {
  for (const [what, answer] of failures) {
    for (const choice of ['auto', 'simd'] as const) {
      failOnce(answer);
      const { trainer, isStandIn } = await openTrainer(choice, shape);
      expect(['wasm', 'webgl'], what).toContain(trainer.info.backend);
      expect(trainer.info.reason).toMatch(/^The SIMD step could not be fetched\. No real GPU; /);
      expect(isStandIn).toBe(true);
      trainer.dispose();
      vi.restoreAllMocks();
    }
  }
  const { trainer, isStandIn } = await openTrainer('auto', shape);
  expect(trainer.info.reason).toContain('examples/s with SIMD');
  expect(isStandIn).toBe(false);
  trainer.dispose();
});
