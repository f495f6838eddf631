import { expect, test } from 'vitest';
import type { Trial } from '../../../core/tuning/trial.ts';
import { sampleTrials } from '../../../testing/samples/sample-study.ts';
import type { Series } from '../../charts/series.ts';
import {
  bestSoFar,
  empiricalDistribution,
  rankShares,
  reportSeries,
  shownValue,
  valueMarks,
} from './trial-series.ts';

const [template] = sampleTrials(1, 3);

function trial(number: number, fields: Partial<Trial>): Trial {
  return { ...template!, number, ...fields };
}

function complete(number: number, value: number): Trial {
  return trial(number, { state: 'complete', value });
}

test('a report that is not a number, and a round without one, are gaps', () => {
  const broken = trial(0, {
    intermediateValues: [
      { step: 1, value: 0.5 },
      { step: 2, value: NaN },
      { step: 3, value: 0.6 },
      { step: 6, value: Infinity },
    ],
  });
  const [series] = reportSeries([broken], null, new WeakMap());
  expect(series!.points).toEqual([
    { x: 1, y: 0.5 },
    { x: 2, y: null },
    { x: 3, y: 0.6 },
    { x: 4, y: null },
    { x: 6, y: null },
  ]);
});

test('a trial that has not changed keeps its line, the best and the running ones are on top', () => {
  const trials = sampleTrials(12, 10, 4);
  const cache = new WeakMap();
  const best = trials[4]!;
  const before = reportSeries(trials, best, cache);
  const after = reportSeries([...trials.slice(0, -1), { ...trials[11]! }], best, cache);
  expect(before.at(-1)!.id).toBe('trial-11');
  expect(before.at(-2)!.id).toBe('trial-4');
  expect(after[0]).toBe(before[0]);
  expect(after.at(-1)).not.toBe(before.at(-1));
});

test('best so far counts complete trials only and reaches to the last trial', () => {
  const trials = [
    trial(0, { state: 'failed', value: null }),
    complete(1, 0.5),
    trial(2, { state: 'pruned', value: 0.9 }),
    complete(3, 0.4),
    complete(4, 0.7),
    complete(5, Infinity),
    trial(6, { state: 'running', value: null }),
  ];
  expect(bestSoFar(trials, 'maximize')).toEqual([
    { x: 1, y: 0.5 },
    { x: 4, y: 0.7 },
    { x: 6, y: 0.7 },
  ]);
  expect(bestSoFar(trials, 'minimize')).toEqual([
    { x: 1, y: 0.5 },
    { x: 3, y: 0.4 },
    { x: 6, y: 0.4 },
  ]);
  expect(bestSoFar(trials.slice(0, 1), 'maximize')).toEqual([]);
});

test('the empirical distribution counts what is at or below, ties together', () => {
  const values = [0.3, 0.1, 0.3, 0.2];
  const trials = values.map((value, number) => complete(number, value));
  const steps = empiricalDistribution([...trials, trial(4, { state: 'pruned', value: 0.05 })]);
  const bySteps = steps.map(({ value, share }) => [value, share]);
  const counted = [...values]
    .sort((a, b) => a - b)
    .map((value) => [value, values.filter((other) => other <= value).length / values.length]);
  expect(bySteps).toEqual(counted);
});

test('ranks run from 0 for the best to 1 for the worst, ties share their mean', () => {
  const trials = [0.2, 0.9, 0.5, 0.5, 0.1].map((value, number) => complete(number, value));
  const ranks = rankShares(trials, 'maximize');
  expect(trials.map((one) => ranks.get(one))).toEqual([0.75, 0, 0.375, 0.375, 1]);
  expect(rankShares(trials, 'minimize').get(trials[4]!)).toBe(0);
});

test('a mark needs both coordinates; a running trial stands at its last report', () => {
  const running = trial(1, {
    state: 'running',
    value: null,
    intermediateValues: [
      { step: 1, value: 0.3 },
      { step: 2, value: 0.4 },
    ],
  });
  const infinite = complete(2, -Infinity);
  expect(shownValue(running)).toBe(0.4);
  const marks = valueMarks([complete(0, 0.5), running, infinite], ({ number }) => number);
  expect(marks.map(({ id, y, shape }) => [id, y, shape])).toEqual([
    ['trial-0', 0.5, 'dot'],
    ['trial-1', 0.4, 'ring'],
  ]);
});

test('of many trials the best and the running ones stand out', () => {
  const cache = new WeakMap<Trial, Series>();
  const many = sampleTrials(60, 5, 2);
  const faintOf = (trials: readonly Trial[]) =>
    reportSeries(trials, many[0]!, cache).filter(({ faint }) => faint === true).length;
  expect(faintOf(many.slice(0, 30))).toBe(0);
  const drawn = many.filter(({ intermediateValues }) => intermediateValues.length > 0).length;
  expect(faintOf(many)).toBe(drawn - 2);
});
