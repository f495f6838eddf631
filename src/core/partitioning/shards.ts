// The pathological non-IID partition of McMahan et al. 2017 (arXiv 1602.05629): sort by label, cut
// into equal shards (the paper: 200 of 300 examples), give each client so many of them (2).
import type { Random } from '../math/random.ts';

/**
 * All examples over `clients` lists of `shardsPerClient` shards each. Where the number of shards
 * does not divide the number of examples, shards differ by one example instead of leaving some out.
 */
export function partitionShards(
  labels: Uint8Array,
  clients: number,
  shardsPerClient: number,
  random: Random,
): Uint32Array<ArrayBuffer>[] {
  const numShards = clients * shardsPerClient;
  const byLabel = Uint32Array.from(labels.keys()).sort((a, b) => labels[a]! - labels[b]! || a - b);
  const shard = (index: number) =>
    byLabel.subarray(
      Math.floor((index * labels.length) / numShards),
      Math.floor(((index + 1) * labels.length) / numShards),
    );
  const dealt = random.permutation(numShards);
  return Array.from({ length: clients }, (_, seat) => {
    const mine = dealt.subarray(seat * shardsPerClient, (seat + 1) * shardsPerClient);
    return Uint32Array.from([...mine].flatMap((index) => [...shard(index)]));
  });
}
