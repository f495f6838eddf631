// The rows' arithmetic over runs made up here.
import { expect, it } from 'vitest';
import { defaultRunConfig } from '../../src/core/experiment/run-config.ts';
import type { ServerView } from '../../src/core/protocol/view.ts';
import { finishedView } from '../../src/testing/samples/sample-view.ts';
import { shapeResult } from '../../headless/result.ts';
import { timedRunRows } from './timed-run-rows.ts';

it('tells the middle run, with its own shares', async () => {
  const wallMs = [16_000, 9000, 14_500];
  const lines = await timedRunRows.get('default-run')!((config, again = 0) => {
    expect(config).toEqual(defaultRunConfig);
    const view = finishedView({ endedAtMs: 2500 + 100 * again });
    return Promise.resolve({ view, result: shapeResult(view, wallMs[again]!) });
  });
  expect(lines[0]).toMatchObject({ measured: '14.5 s', met: true });
  const waiting = lines.find(({ what }) => what === 'that run: share of waiting')!;
  const totalMs = lines.slice(1).reduce((sum, { values }) => sum + values['milliseconds']!, 0);
  expect(totalMs).toBe(2700);
  expect(waiting.values['share']).toBe(waiting.values['milliseconds']! / 2700);
});

/** Of each browser, what its rounds 1, 2 and 3 cost beyond their training, saves included, ms. */
const beyondMs = [
  [160, 20, 30],
  [400, 40, 10],
  [90, 50, 500],
];

it('tells what a whole round costs beyond its training, and round 1 of the browsers alone', async () => {
  const [all, first] = await timedRunRows.get('small-rounds')!((config, again = 0) => {
    expect(config).toEqual({ ...defaultRunConfig, localBatches: 50 });
    const view = viewOf([5000, ...beyondMs[again]!, 6000]);
    return Promise.resolve({ view, result: shapeResult(view, 1000) });
  });
  expect(all).toMatchObject({ met: true, values: { medianMs: 50, largestMs: 500 } });
  expect(first).toMatchObject({ met: false, values: { medianMs: 160, largestMs: 400 } });
});

/** A run whose rounds, round 0 first, take so many ms beyond a training that grows by round. */
function viewOf(beyondMs: readonly number[]): ServerView {
  const config = { ...defaultRunConfig, rounds: beyondMs.length - 1 };
  const view = finishedView({ config });
  let openedAtMs = 100;
  const history = beyondMs.map((ms, round) => {
    const { milliseconds, path, ...record } = view.history[0]!;
    const train = 60 + 7 * round;
    const total = train + ms - (4 + round); // what is left of it: the save
    const committedAtMs = openedAtMs + total;
    openedAtMs += train + ms;
    return {
      ...{ ...record, round, committedAtMs },
      milliseconds: { ...milliseconds, total },
      path: { ...path, train },
    };
  });
  return { ...view, history };
}
