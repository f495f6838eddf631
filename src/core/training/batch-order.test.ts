import { expect, test } from 'vitest';
import { batchOrder } from './batch-order.ts';

const input = {
  seed: 1,
  round: 1,
  seat: 0,
  numExamples: 50,
  batchSize: 16,
  localEpochs: 3,
  localBatches: null,
};
const epochs = (of: ReturnType<typeof batchOrder>) => {
  let from = 0;
  return of.epochLengths.map((length) => [...of.order.subarray(from, (from += length))]);
};
const ascending = Array.from({ length: 50 }, (_, i) => i);

test('every epoch visits every example once, each in an order of its own', () => {
  const all = epochs(batchOrder(input));
  expect(all).toHaveLength(3);
  for (const epoch of all) expect([...epoch].sort((a, b) => a - b)).toEqual(ascending);
  expect(all[0]).not.toEqual(all[1]);
  expect(all[0]).not.toEqual(ascending);
});

test('the same seed, round and seat give the same order; another of any gives another', () => {
  const order = batchOrder(input).order;
  expect(batchOrder(input).order).toEqual(order);
  for (const other of [{ seed: 2 }, { round: 2 }, { seat: 1 }]) {
    expect(batchOrder({ ...input, ...other }).order).not.toEqual(order);
  }
});

test('a cap on batches keeps the first batches of the same shuffles', () => {
  const whole = batchOrder(input); // 4 batches an epoch, the last of two examples
  const cases = [
    [2, [32]],
    [4, [50]],
    [5, [50, 16]],
    [8, [50, 50]],
    [99, [50, 50, 50]],
  ] as const;
  for (const [localBatches, epochLengths] of cases) {
    const capped = batchOrder({ ...input, localBatches });
    expect(capped.epochLengths).toEqual(epochLengths);
    expect(capped.order).toEqual(whole.order.slice(0, capped.order.length));
  }
});

test('a batch larger than the shard is the whole shard, once an epoch', () => {
  const order = batchOrder({ ...input, batchSize: 60000, localBatches: 2 });
  expect(order.epochLengths).toEqual([50, 50]);
});

test('no examples, no batches', () => {
  expect(batchOrder({ ...input, numExamples: 0 })).toEqual({
    order: new Uint32Array(0),
    epochLengths: [],
  });
});
