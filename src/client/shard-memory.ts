// The examples that lie on this worker's trainer, over the runs: the next run with the same partition
// and seat (the next trial of a study) finds its shard and the evaluation examples loaded. The shards of
// all clients of the worker lie one after the other in one set of training examples, put there in as few
// loads as their preparations allow.
import type { RunConfig } from '../core/experiment/run-config.ts';
import { labelHistogram, partitionExamples } from '../core/partitioning/partition.ts';
import type { EvaluationSplit, Trainer } from '../core/training/trainer.ts';
import type { Dataset } from '../data/static-dataset.ts';
import { eventLoopTurn } from '../worker/event-loop-turn.ts';

export interface LoadedShard {
  readonly numExamples: number;
  /** [10] counts by label. */
  readonly labelHistogram: readonly number[];
  /** Its first example among the trainer's training examples; another after shards beside it came or went. */
  offset(): number;
  /** Nobody trains on it any more: the next load may leave it out. */
  release(): void;
}

export interface ShardMemory {
  /** This shard will be asked for: it is loaded together with the next one that is. */
  announce(config: RunConfig, seat: number): void;
  /** Fetches the examples ahead: a shard and an evaluation of validation examples will be asked for. */
  prefetch(): void;
  /** Loads the shard of this seat, unless it lies there already. Throws on a seat that there is not. */
  load(trainer: Trainer, config: RunConfig, seat: number): Promise<LoadedShard>;
  /** Puts the split on the device, once. */
  ensureSplit(trainer: Trainer, split: EvaluationSplit): Promise<void>;
}

/** A shard on a trainer, or one that is to lie there. */
interface Lying {
  readonly config: RunConfig;
  readonly seat: number;
  readonly numExamples: number;
  readonly labelHistogram: readonly number[];
  readonly indices: Uint32Array;
  offset: number;
  numUsers: number;
}

interface OnTrainer {
  readonly shards: Map<string, Lying>;
  readonly splits: Set<EvaluationSplit>;
}

export function createShardMemory(openData: () => Promise<Dataset>): ShardMemory {
  const trainers = new WeakMap<Trainer, OnTrainer>();
  const announced = new Map<string, { readonly config: RunConfig; readonly seat: number }>();
  /** Shards that were loaded once: most of them lie there still. */
  const everLoaded = new Set<string>();
  let partition: { readonly key: string; readonly seats: readonly Uint32Array[] } | null = null;

  function on(trainer: Trainer): OnTrainer {
    const known = trainers.get(trainer) ?? { shards: new Map(), splits: new Set() };
    trainers.set(trainer, known);
    return known;
  }

  function prefetch(): void {
    const splits = ['train', 'validation'] as const;
    // Whoever loads is told what is wrong.
    openData().then(
      (data) => splits.forEach((split) => data.prefetch(split)),
      () => undefined,
    );
  }

  /** Of all seats; the last one made is remembered. */
  function partitionOf(config: RunConfig, labels: Uint8Array): readonly Uint32Array[] {
    const key = partitionKey(config);
    if (partition?.key !== key) partition = { key, seats: partitionExamples(config, labels) };
    return partition.seats;
  }

  function layDown(config: RunConfig, seat: number, labels: Uint8Array): Lying {
    const indices = partitionOf(config, labels)[seat];
    if (indices === undefined) throw new Error(`There is no seat ${seat}.`);
    return {
      config,
      seat,
      numExamples: indices.length,
      labelHistogram: labelHistogram(labels, indices),
      indices,
      offset: 0,
      numUsers: 0,
    };
  }

  /** Loads what is asked for with what was announced beside it and with what is still needed. */
  async function loadBeside(trainer: Trainer, config: RunConfig, seat: number): Promise<void> {
    const data = await openData();
    const labels = await data.loadLabels('train');
    const { shards } = on(trainer);
    const key = partitionKey(config);
    const next = new Map<string, Lying>();
    for (const [shardKey, lying] of shards) {
      if (lying.numUsers > 0 || partitionKey(lying.config) === key) next.set(shardKey, lying);
    }
    const wanted = [...announced.values()].filter((other) => partitionKey(other.config) === key);
    announced.clear();
    for (const one of [{ config, seat }, ...wanted]) {
      const shardKey = keyOf(one.config, one.seat);
      if (!next.has(shardKey)) next.set(shardKey, layDown(one.config, one.seat, labels));
    }
    const examples = await data.loadExamples('train', joined([...next.values()]));
    shards.clear(); // should loading fail, nothing is taken to lie there
    trainer.loadTrainingExamples(examples);
    let offset = 0;
    for (const [shardKey, lying] of next) {
      lying.offset = offset;
      offset += lying.numExamples;
      shards.set(shardKey, lying);
      everLoaded.add(shardKey);
    }
  }

  return {
    announce(config, seat) {
      const shardKey = keyOf(config, seat);
      announced.set(shardKey, { config, seat });
      if (!everLoaded.has(shardKey)) prefetch();
    },

    prefetch,

    async load(trainer, config, seat) {
      const shardKey = keyOf(config, seat);
      if (!on(trainer).shards.has(shardKey)) {
        await eventLoopTurn(); // the server seats all clients in one go: the others announce theirs
        await loadBeside(trainer, config, seat);
      }
      announced.delete(shardKey);
      const lying = on(trainer).shards.get(shardKey)!;
      lying.numUsers++;
      let isReleased = false;
      return {
        numExamples: lying.numExamples,
        labelHistogram: lying.labelHistogram,
        offset: () => lying.offset,
        release() {
          if (!isReleased) lying.numUsers--;
          isReleased = true;
        },
      };
    },

    async ensureSplit(trainer, split) {
      const { splits } = on(trainer);
      if (splits.has(split)) return;
      const data = await openData();
      trainer.loadEvaluationExamples(split, await data.loadExamples(split));
      splits.add(split);
    },
  };
}

function joined(shards: readonly Lying[]): Uint32Array {
  const all = new Uint32Array(shards.reduce((sum, { numExamples }) => sum + numExamples, 0));
  let at = 0;
  for (const { indices } of shards) {
    all.set(indices, at);
    at += indices.length;
  }
  return all;
}

/** Equal for equal partitions. */
function partitionKey({ seed, clients, partition, alpha, shardsPerClient }: RunConfig): string {
  return JSON.stringify([seed, clients, partition, alpha, shardsPerClient]);
}

function keyOf(config: RunConfig, seat: number): string {
  return `${partitionKey(config)} ${seat}`;
}
