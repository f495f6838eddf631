import { expect, test } from 'vitest';
import { sampleSpace, sampleTrials } from '../../testing/samples/sample-study.ts';
import { brushBetween, brushedTrials, nudgedBrush } from './brushing.ts';
import { paramAxis } from './plots/param-axis.ts';

const trials = sampleTrials(40, 5);
const axes = ['units', 'learningRate', 'momentum'].map((name) =>
  paramAxis(name, trials, sampleSpace)!,
);
const [units, rate, momentum] = axes as [(typeof axes)[0], (typeof axes)[0], (typeof axes)[0]];

test('without brushes nothing is brushed; with several a trial must be inside all', () => {
  expect(brushedTrials(trials, axes, {})).toBeNull();
  const inside = brushedTrials(trials, axes, { units: [100, 200], learningRate: [1e-4, 1e-2] })!;
  const expected = trials.filter(({ params }) => {
    const [n, lr] = [params['units'] as number, params['learningRate'] as number];
    return n >= 100 && n <= 200 && lr >= 1e-4 && lr <= 1e-2;
  });
  expect(expected.length).toBeGreaterThan(2);
  expect([...inside]).toEqual(expected.map(({ number }) => number));
});

test('a trial without the parameter is outside its brush', () => {
  const inside = brushedTrials(trials, axes, { momentum: momentum.domain })!;
  expect(inside.size).toBe(trials.filter(({ params }) => 'momentum' in params).length);
  expect(inside.size).toBeLessThan(trials.length);
});

test('shares are turned into the axis’ units on its scale, in either direction', () => {
  const [low, high] = brushBetween(rate, 0.75, 0.25)!;
  expect(low).toBeCloseTo(1e-4, 8);
  expect(high).toBeCloseTo(1e-2, 8);
  expect(brushBetween(units, 0.4, 0.4)).toBeNull();
  expect(brushBetween(units, -0.2, 1.3)).toBeNull();
});

test('the keyboard moves one end and never past the other', () => {
  expect(nudgedBrush(units, undefined, 'low', 0.25)).toEqual([112, 256]);
  const narrow = nudgedBrush(units, [112, 160], 'low', 2)!;
  expect(narrow[0]).toBeLessThan(160);
  expect(narrow[1]).toBeCloseTo(160, 9);
  expect(nudgedBrush(units, [112, 256], 'low', -2)).toBeNull();
});
