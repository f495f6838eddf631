// Trials follow each other on one trainer: what lies on it is not loaded again, and never mistaken for
// another shard.
import { describe, expect, it, vi } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import type { Trainer } from '../core/training/trainer.ts';
import type { Dataset } from '../data/static-dataset.ts';
import { partitionExamples } from '../core/partitioning/partition.ts';
import { createShardMemory, type LoadedShard } from './shard-memory.ts';

function setUp() {
  const loads: string[] = [];
  const labels = Uint8Array.from({ length: 100 }, (_, index) => index % 10);
  const prefetched: string[] = [];
  const data = {
    prefetch: (split: string) => prefetched.push(split),
    loadLabels: () => Promise.resolve(labels),
    loadExamples: (split: string, indices?: Uint32Array) =>
      Promise.resolve({ split, indices: indices && [...indices] }),
  } as unknown as Dataset;
  /** What lies on the trainers, as positions in the training split. */
  const lying: number[][] = [];
  const trainer = (name: string) =>
    ({
      loadTrainingExamples: ({ indices }: { readonly indices: number[] }) => {
        loads.push(`${name} shard`);
        lying.push(indices);
      },
      loadEvaluationExamples: (split: string) => loads.push(`${name} ${split}`),
    }) as unknown as Trainer;
  return {
    loads,
    prefetched,
    lying,
    labels,
    trainer,
    shards: createShardMemory(() => Promise.resolve(data)),
  };
}

describe('the shard memory', () => {
  const config = { ...defaultRunConfig, clients: 3 };

  it('loads once for runs that differ in the model and how it is trained', async () => {
    const { loads, trainer, shards } = setUp();
    const on = trainer('a');
    const first = await shards.load(on, config, 1);
    const changes = { units: 200, learningRate: 0.5, optimizer: 'adam', rounds: 3 } as const;
    const again = await shards.load(on, { ...config, ...changes }, 1);
    expect(again.labelHistogram).toBe(first.labelHistogram);
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

  it('fetches ahead what is announced, unless it was loaded before', async () => {
    const { prefetched, trainer, shards } = setUp();
    shards.announce(config, 1);
    await shards.load(trainer('a'), config, 1);
    expect(prefetched).toEqual(['train', 'validation']);
    shards.announce(config, 1);
    await Promise.resolve();
    expect(prefetched).toHaveLength(2);
  });

  describe('of several clients', () => {
    /** What a shard's client trains on. */
    const own = (lying: readonly number[], shard: LoadedShard) =>
      lying.slice(shard.offset(), shard.offset() + shard.numExamples);

    it('loads those that were announced together, each at its own place', async () => {
      const { loads, lying, labels, trainer, shards } = setUp();
      const on = trainer('a');
      for (const seat of [0, 2, 1]) shards.announce(config, seat);
      const loaded: LoadedShard[] = [];
      for (const seat of [0, 2, 1]) loaded.push(await shards.load(on, config, seat));
      expect(loads).toEqual(['a shard']);
      const partition = partitionExamples(config, labels);
      [0, 2, 1].forEach((seat, at) => {
        expect(own(lying[0]!, loaded[at]!)).toEqual([...partition[seat]!]);
      });
    });

    it('hears what is announced just after the first is asked for', async () => {
      const { loads, trainer, shards } = setUp();
      const on = trainer('a');
      const first = shards.load(on, config, 0);
      shards.announce(config, 1);
      await first;
      await shards.load(on, config, 1);
      expect(loads).toEqual(['a shard']);
    });

    it('keeps shards in use beside those of another partition, and lets go of released ones', async () => {
      const { lying, trainer, shards } = setUp();
      const on = trainer('a');
      const kept = await shards.load(on, config, 0);
      const before = own(lying[0]!, kept);
      const other = await shards.load(on, { ...config, seed: 2 }, 1);
      expect(own(lying[1]!, kept)).toEqual(before);
      expect(lying[1]).toHaveLength(kept.numExamples + other.numExamples);
      kept.release();
      kept.release();
      const third = await shards.load(on, { ...config, seed: 3 }, 1);
      expect(lying[2]).toHaveLength(other.numExamples + third.numExamples);
    });

    it('takes nothing to lie there after a load that failed', async () => {
      const { loads, trainer, shards } = setUp();
      const on = trainer('a');
      await shards.load(on, config, 0);
      const bad = { ...trainer('a'), loadTrainingExamples: vi.fn<() => void>() };
      bad.loadTrainingExamples.mockImplementationOnce(() => {
        throw new RangeError('no memory');
      });
      await expect(shards.load(bad, config, 0)).rejects.toThrow('no memory');
      await shards.load(bad, config, 0);
      expect(bad.loadTrainingExamples).toHaveBeenCalledTimes(2);
      expect(loads).toEqual(['a shard']);
    });
  });
});
