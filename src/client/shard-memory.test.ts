// Trials follow each other on one trainer: what lies on it is not loaded again, and never mistaken for
// another shard.
import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import type { Trainer } from '../core/training/trainer.ts';
import type { Dataset } from '../data/static-dataset.ts';
import { createShardMemory } from './shard-memory.ts';

function setUp() {
  const loads: string[] = [];
  const labels = Uint8Array.from({ length: 100 }, (_, index) => index % 10);
  const data = {
    loadLabels: () => Promise.resolve(labels),
    loadExamples: (split: string, indices?: Uint32Array) =>
      Promise.resolve({ split, indices: indices && [...indices] }),
  } as unknown as Dataset;
  const trainer = (name: string) =>
    ({
      loadTrainingExamples: () => loads.push(`${name} shard`),
      loadEvaluationExamples: (split: string) => loads.push(`${name} ${split}`),
    }) as unknown as Trainer;
  return { loads, trainer, shards: createShardMemory(() => Promise.resolve(data)) };
}

describe('the shard memory', () => {
  const config = { ...defaultRunConfig, clients: 3 };

  it('loads once for runs that differ in the model and how it is trained', async () => {
    const { loads, trainer, shards } = setUp();
    const on = trainer('a');
    const first = await shards.load(on, config, 1);
    const changes = { units: 200, learningRate: 0.5, optimizer: 'adam', rounds: 3 } as const;
    expect(await shards.load(on, { ...config, ...changes }, 1)).toBe(first);
    expect(loads).toEqual(['a shard']);
    expect(first.labelHistogram.reduce((sum, count) => sum + count, 0)).toBe(first.numExamples);
  });

  it.each([
    ['another seat', {}, 2],
    ['another seed', { seed: 2 }, 1],
    ['another number of seats', { clients: 4 }, 1],
    ['another partition', { partition: 'shards' }, 1],
    ['another concentration', { alpha: 3 }, 1],
  ] as const)('loads again for %s', async (_what, changes, seat) => {
    const { loads, trainer, shards } = setUp();
    const on = trainer('a');
    await shards.load(on, config, 1);
    await shards.load(on, { ...config, ...changes }, seat);
    expect(loads).toEqual(['a shard', 'a shard']);
  });

  it('loads everything again on another trainer', async () => {
    const { loads, trainer, shards } = setUp();
    for (const name of ['a', 'b']) {
      const on = trainer(name);
      for (let times = 0; times < 2; times++) {
        await shards.load(on, config, 1);
        await shards.ensureSplit(on, 'validation');
      }
    }
    expect(loads).toEqual(['a shard', 'a validation', 'b shard', 'b validation']);
  });

  it('has no shard for a seat that there is not', async () => {
    const { trainer, shards } = setUp();
    await expect(shards.load(trainer('a'), config, 3)).rejects.toThrow('There is no seat 3.');
  });
});
