// Which training examples belong to which seat: a function of the run's seed, so that every client
// finds its own share without being told. Disjoint by construction: no example lands with two clients.
import { createRandom } from '../math/random.ts';
import type { RunConfig } from '../experiment/run-config.ts';
import { partitionDirichlet } from './dirichlet.ts';
import { partitionIid } from './iid.ts';
import { partitionShards } from './shards.ts';

export type PartitionConfig = Pick<
  RunConfig,
  'seed' | 'clients' | 'partition' | 'alpha' | 'shardsPerClient'
>;

/**
 * One list of positions in `labels` for each seat; every example is in exactly one list.
 * @throws RangeError when there are too few examples for so many clients.
 */
export function partitionExamples(
  config: PartitionConfig,
  labels: Uint8Array,
): Uint32Array<ArrayBuffer>[] {
  const { seed, clients, partition } = config;
  if (clients > labels.length) {
    throw new RangeError(`${labels.length} examples cannot be split over ${clients} clients`);
  }
  const random = createRandom(seed, 'partition', partition);
  switch (partition) {
    case 'iid':
      return partitionIid(labels.length, clients, random);
    case 'shards':
      return partitionShards(labels, clients, config.shardsPerClient, random);
    case 'dirichlet':
      return partitionDirichlet(labels, clients, config.alpha, random);
    default:
      throw new Error(`unknown partition ${String(partition satisfies never)}`);
  }
}

/** [10] counts: how many of the examples at `indices` carry each label. */
export function labelHistogram(labels: Uint8Array, indices: Uint32Array): number[] {
  const counts = Array<number>(10).fill(0);
  for (const index of indices) counts[labels[index]!]!++;
  return counts;
}
