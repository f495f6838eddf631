// Who has which engine: runs side by side in one worker share one, and none is given back while a run
// uses it. What makes an engine right for the next run is tested in run-effects.test.ts.
import { beforeEach, expect, it, vi } from 'vitest';
import { denseModel } from '../core/model/model-spec.ts';
import type { Trainer } from '../core/training/trainer.ts';
import { openTrainer } from './open-trainer.ts';
import { createTrainerMemory } from './trainer-memory.ts';

vi.mock('./open-trainer.ts', () => ({ openTrainer: vi.fn<typeof openTrainer>() }));

const shape = (units: number) =>
  ({ model: denseModel(units, 1), batchSize: 16, optimizer: 'sgd' }) as const;
let disposed: Trainer[] = [];

beforeEach(() => {
  disposed = [];
  vi.mocked(openTrainer)
    .mockReset()
    .mockImplementation(() => {
      const trainer = { dispose: () => disposed.push(trainer) } as unknown as Trainer;
      return Promise.resolve({ trainer, lead: 1.5, isStandIn: false });
    });
});

it('runs side by side share an engine, also for models that would have been measured anew', async () => {
  const memory = createTrainerMemory();
  const [one, other] = [{}, {}];
  const first = await memory.open(one, 'auto', shape(64));
  expect(await memory.open(other, 'auto', shape(256))).toBe(first);
  memory.release(one);
  expect(disposed).toEqual([]);
});

it('an engine in use stays when another is opened for another choice', async () => {
  const memory = createTrainerMemory();
  const [one, other] = [{}, {}];
  const first = await memory.open(one, 'auto', shape(64));
  const second = await memory.open(other, 'wasm', shape(64));
  expect(second).not.toBe(first);
  expect(disposed).toEqual([]);
  memory.release(one);
  memory.release(other);
  expect(disposed).toEqual([first]);
});

it('the last idle one is kept for the next run, and given back for one that it is not right for', async () => {
  const memory = createTrainerMemory();
  const [one, other] = [{}, {}];
  const first = await memory.open(one, 'auto', shape(64));
  memory.release(one);
  expect(await memory.open(other, 'auto', shape(64))).toBe(first);
  memory.release(other);
  expect(await memory.open({}, 'auto', shape(256))).not.toBe(first);
  expect(disposed).toEqual([first]);
});

it('a run that chooses again gives its engine back', async () => {
  const memory = createTrainerMemory();
  const run = {};
  const first = await memory.open(run, 'auto', shape(64));
  const second = await memory.open(run, 'wasm', shape(64));
  expect(await memory.open(run, 'wasm', shape(64))).toBe(second);
  expect(disposed).toEqual([first]);
});
