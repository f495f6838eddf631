// Which engine a client gets, in a real browser (whose GPU is a software renderer).
import { deleteDB } from 'idb';
import { beforeEach, describe, expect, test } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import { describeTrainer } from '../testing/trainer-conformance.ts';
import { openTrainer } from './open-trainer.ts';

const options = { model: denseModel(32, 1), batchSize: 16 };

beforeEach(() => deleteDB('roundtable-calibration'));

describeTrainer('simd, as a client opens it', () => openTrainer('simd', options));

describe('auto', () => {
  test('takes the faster of SIMD and WASM where the GPU is not real, and says by how much', async () => {
    const trainer = await openTrainer('auto', options);
    const { backend, reason } = trainer.info;
    trainer.dispose();
    expect(reason).toContain('No real GPU; calibrated: ');
    const paces = [...reason.matchAll(/(\d+) examples\/s with (\w+)/g)];
    expect(new Set(paces.map(([, , name]) => name))).toEqual(new Set(['SIMD', 'WASM']));
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

test('the SIMD step runs batches of any size', async () => {
  const trainer = await openTrainer('simd', { ...options, batchSize: 1e6 });
  expect(trainer.info.backend).toBe('simd');
  trainer.dispose();
});
