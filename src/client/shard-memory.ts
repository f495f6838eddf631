// The examples that lie on this client's trainer, over the runs: the next run with the same partition
// and seat (the next trial of a study) finds its shard and the evaluation examples loaded.
import type { RunConfig } from '../core/experiment/run-config.ts';
import { labelHistogram, partitionExamples } from '../core/partitioning/partition.ts';
import type { EvaluationSplit, Trainer } from '../core/training/trainer.ts';
import type { Dataset } from '../data/static-dataset.ts';

export interface LoadedShard {
  readonly numExamples: number;
  /** [10] counts by label. */
  readonly labelHistogram: readonly number[];
}

export interface ShardMemory {
  /** Loads the shard of this seat, unless it lies there already. Throws on a seat that there is not. */
  load(trainer: Trainer, config: RunConfig, seat: number): Promise<LoadedShard>;
  /** Puts the split on the device, once. */
  ensureSplit(trainer: Trainer, split: EvaluationSplit): Promise<void>;
}

export function createShardMemory(openData: () => Promise<Dataset>): ShardMemory {
  let loaded: {
    readonly trainer: Trainer;
    readonly key: string;
    readonly shard: LoadedShard;
  } | null = null;
  let splits: { readonly trainer: Trainer; readonly names: Set<EvaluationSplit> } | null = null;
  return {
    async load(trainer, config, seat) {
      const key = partitionKey(config, seat);
      if (loaded?.trainer === trainer && loaded.key === key) return loaded.shard;
      const data = await openData();
      const labels = await data.loadLabels('train');
      const indices = partitionExamples(config, labels)[seat];
      if (indices === undefined) throw new Error(`There is no seat ${seat}.`);
      loaded = null;
      trainer.loadTrainingExamples(await data.loadExamples('train', indices));
      const shard = {
        numExamples: indices.length,
        labelHistogram: labelHistogram(labels, indices),
      };
      loaded = { trainer, key, shard };
      return shard;
    },

    async ensureSplit(trainer, split) {
      if (splits?.trainer !== trainer) splits = { trainer, names: new Set() };
      const { names } = splits;
      if (names.has(split)) return;
      const data = await openData();
      trainer.loadEvaluationExamples(split, await data.loadExamples(split));
      names.add(split);
    },
  };
}

/** Equal for equal shards. */
function partitionKey(config: RunConfig, seat: number): string {
  const { seed, clients, partition, alpha, shardsPerClient } = config;
  return JSON.stringify([seed, clients, partition, alpha, shardsPerClient, seat]);
}
