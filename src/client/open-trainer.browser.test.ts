// Which engine a client gets, in a real browser (whose GPU is a software renderer).
import { deleteDB } from 'idb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { describeTrainer } from '../testing/trainer-conformance.ts';
import { openTrainer } from './open-trainer.ts';

const options = { model: denseModel(32, 1), batchSize: 16 };

beforeEach(() => deleteDB('roundtable-calibration'));

describeTrainer('simd, as a client opens it', () => openTrainer('simd', options));

describe('auto', () => {
  test('takes the fastest of SIMD, WASM and WebGL, and says by how much', async () => {
    const trainer = await openTrainer('auto', options);
    const { backend, reason } = trainer.info;
    trainer.dispose();
    expect(reason).toContain('No real GPU; calibrated: ');
    const paces = [...reason.matchAll(/(\d+) examples\/s with (\w+)/g)];
    expect(paces.map(([, , name]) => name).toSorted()).toEqual(['SIMD', 'WASM', 'WebGL']);
    const speeds = paces.map(([, speed]) => Number(speed));
    expect(speeds).toEqual(speeds.toSorted((a, b) => b - a));
    expect(paces[0]![2]!.toLowerCase()).toBe(backend);
  });

  test('measures once: the next client is told the same', async () => {
    const first = await openTrainer('auto', options);
    const second = await openTrainer('auto', options);
    expect(second.info).toEqual(first.info);
    for (const trainer of [first, second]) trainer.dispose();
  });
});

test('forced SIMD loads nothing of tfjs; other backends load nothing of SIMD', async () => {
  const isStep = (name: string) => name.includes('training-step.wasm');
  performance.clearResourceTimings();
  const trainer = await openTrainer('wasm', options);
  trainer.dispose();
  const names = performance.getEntriesByType('resource').map(({ name }) => name);
  expect(names.filter(isStep)).toEqual([]);
});

describe('where the SIMD step does not run, tfjs does', () => {
  test('a batch whose lists would not fit', async () => {
    const trainer = await openTrainer('simd', { ...options, batchSize: 1e6 });
    expect(['wasm', 'webgl']).toContain(trainer.info.backend);
    trainer.dispose();
  });

  test('a browser that does not compile it', async () => {
    vi.resetModules();
    const { openTrainer: openAnew } = await import('./open-trainer.ts');
    const compile = vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new Error('no SIMD'));
    const trainer = await openAnew('simd', options);
    expect(compile).toHaveBeenCalled();
    compile.mockRestore();
    expect(['wasm', 'webgl']).toContain(trainer.info.backend);
    trainer.dispose();
  });
});
