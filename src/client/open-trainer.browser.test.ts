// Which engine a client gets, in a real browser (whose GPU is a software renderer).
import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import type { TrainingShape } from '../core/training/training-shape.ts';
import { canRun, measureExamplesPerSecond } from '../simd/calibration.ts';
import { describeTrainer } from '../testing/conformance/trainer-conformance.ts';
import { openTrainer } from './open-trainer.ts';

vi.mock(import('../simd/calibration.ts'), { spy: true });

const shape: TrainingShape = { model: denseModel(32, 1), batchSize: 16, optimizer: 'sgd' };

beforeEach(async () => {
  await deleteDB('roundtable-calibration');
  vi.clearAllMocks();
});
afterEach(() => vi.mocked(canRun).mockReset());

/** What runs, and why; gives the trainer back. */
async function infoOf(choice: 'auto' | 'simd', of: TrainingShape) {
  const { trainer } = await openTrainer(choice, of);
  trainer.dispose();
  return trainer.info;
}

describeTrainer('simd, as a client opens it', async () => {
  const { trainer } = await openTrainer('simd', shape);
  return trainer;
});

describe('auto', () => {
  test('takes the faster of SIMD and WASM where the GPU is not real, and says by how much', async () => {
    const { trainer, lead } = await openTrainer('auto', shape);
    const { backend, reason } = trainer.info;
    trainer.dispose();
    expect(reason).toContain('No real GPU; calibrated: ');
    expect(reason).toContain('. Measured on 32 units, batch 16, sgd.');
    const paces = [...reason.matchAll(/(\d+) examples\/s with (\w+)/g)];
    expect(new Set(paces.map(([, , name]) => name))).toEqual(new Set(['SIMD', 'WASM']));
    const [first, second] = paces.map(([, speed]) => Number(speed)) as [number, number];
    expect(first).toBeGreaterThanOrEqual(second);
    expect(lead).toBeCloseTo(first / second, 0);
    expect(paces[0]![2]!.toLowerCase()).toBe(backend);
  });

  test('measures once: the next client is told the same', async () => {
    const first = await openTrainer('auto', shape);
    const second = await openTrainer('auto', shape);
    expect(measureExamplesPerSecond).toHaveBeenCalledTimes(1);
    expect(second.trainer.info).toEqual(first.trainer.info);
    expect(second.lead).toBe(first.lead);
    for (const { trainer } of [first, second]) trainer.dispose();
  });

  test.each<[string, Partial<TrainingShape>]>([
    ['model', { model: denseModel(32, 2) }],
    ['batch size', { batchSize: 17 }],
    ['optimizer', { optimizer: 'adam' }],
  ])('measures again, with the run’s own %s, and remembers both', async (_what, change) => {
    const other = { ...shape, ...change };
    const infos = [await infoOf('auto', shape), await infoOf('auto', other)];
    const measured = vi.mocked(measureExamplesPerSecond).mock.calls.map(([, of]) => of);
    expect(measured).toEqual([shape, other]);
    expect([await infoOf('auto', shape), await infoOf('auto', other)]).toEqual(infos);
    expect(measureExamplesPerSecond).toHaveBeenCalledTimes(2);
  });
});

test.each(['auto', 'simd'] as const)('%s: what SIMD cannot run goes to tfjs', async (choice) => {
  vi.mocked(canRun).mockReturnValue(false);
  const info = await infoOf(choice, shape);
  expect(['wasm', 'webgl']).toContain(info.backend);
  expect(info.reason).toMatch(/^The SIMD step cannot run this model\. No real GPU; calibrated: /);
  expect(await infoOf(choice, shape)).toEqual(info);
});

test('simd by hand says so even where auto found tfjs to be faster', async () => {
  vi.mocked(measureExamplesPerSecond).mockResolvedValueOnce(1);
  expect((await infoOf('auto', shape)).reason).toMatch(/^No real GPU; calibrated: \d+ .* WASM, 1 /);
  vi.mocked(canRun).mockReturnValue(false);
  expect((await infoOf('simd', shape)).reason).toMatch(
    /^The SIMD step cannot run this model\. No /,
  );
});
