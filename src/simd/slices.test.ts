// Slices under a made-up clock: work takes as long as the test says.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSlices } from './slices.ts';

let nowMs = 0;
beforeEach(() => {
  nowMs = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => vi.restoreAllMocks());

/** Runs `total` items of `msPerItem(at)` each → the ranges, and the longest time between turns. */
async function runSlices(total: number, step: number, msPerItem: (at: number) => number) {
  const ranges: [number, number][] = [];
  let longestMs = 0;
  let turnedAtMs = nowMs;
  const gap = () => {
    longestMs = Math.max(longestMs, nowMs - turnedAtMs);
    turnedAtMs = nowMs;
  };
  await createSlices().run(
    { from: 0, to: total, step },
    (from, to) => {
      ranges.push([from, to]);
      for (let at = from; at < to; at++) nowMs += msPerItem(at);
    },
    gap,
  );
  gap();
  return { ranges, longestMs };
}

test.each([
  ['fast work', 50_000, 16, 0.004],
  ['slow work', 300, 16, 1],
  ['work too quick for the clock', 1_000_000, 10, 0.000_001],
])('%s: whole batches, each once, a turn within 50 ms', async (_, total, step, ms) => {
  const { ranges, longestMs } = await runSlices(total, step, () => ms);
  expect(ranges[0]![0]).toBe(0);
  expect(ranges.at(-1)![1]).toBe(total);
  ranges.slice(1).forEach(([from], at) => expect(from).toBe(ranges[at]![1]));
  for (const [from] of ranges) expect(from % step).toBe(0);
  expect(longestMs).toBeLessThan(50);
});

test('work that becomes ten times slower still turns within 50 ms twice later at most', async () => {
  const { longestMs, ranges } = await runSlices(40_000, 16, (at) => (at < 20_000 ? 0.001 : 0.01));
  expect(longestMs).toBeLessThan(200); // the one slice that was cut for the old pace
  const late = ranges.filter(([from]) => from > 24_000);
  for (const [from, to] of late) expect((to - from) * 0.01).toBeLessThan(50);
});

test('a batch longer than a slice is a call of its own', async () => {
  const { ranges } = await runSlices(48, 16, () => 10);
  expect(ranges).toEqual([
    [0, 16],
    [16, 32],
    [32, 48],
  ]);
});

test('what `turned` throws ends the work', async () => {
  const done: number[] = [];
  const run = createSlices().run(
    { from: 5, to: 1000, step: 10 },
    (from, to) => {
      done.push(to - from);
      nowMs += 30;
    },
    () => {
      throw new Error('stop');
    },
  );
  await expect(run).rejects.toThrow('stop');
  expect(done).toEqual([10]);
});
