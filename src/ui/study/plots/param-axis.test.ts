import { expect, test } from 'vitest';
import { categoricalDistribution } from '../../../core/tuning/distribution.ts';
import { sampleSpace, sampleTrials } from '../../../testing/samples/sample-study.ts';
import { paramAxis, paramNames } from './param-axis.ts';

const trials = sampleTrials(30, 5);

test('a logarithmic distribution makes a logarithmic axis over its whole range', () => {
  const axis = paramAxis('learningRate', trials, sampleSpace)!;
  expect(axis.scale).toBe('log');
  expect(axis.domain).toEqual([1e-5, 1e-1]);
  expect(axis.ticks(400).every((tick) => tick >= 1e-5 && tick <= 1e-1)).toBe(true);
  expect(paramAxis('units', trials, sampleSpace)!.scale).toBe('linear');
});

test('choices stand in the order of the distribution, not of the trials', () => {
  const axis = paramAxis('optimizer', trials, sampleSpace)!;
  expect(axis.choices).toEqual(['sgd', 'momentum', 'adam']);
  for (const trial of trials) {
    expect(axis.format(axis.place(trial)!)).toBe(trial.params['optimizer']);
  }
});

test('a choice that only a trial has is added behind, whatever its type', () => {
  const odd = { ...trials[0]!, params: { optimizer: false }, distributions: {} };
  const space = { optimizer: categoricalDistribution(['sgd', 1, null]) };
  const axis = paramAxis('optimizer', [odd], space)!;
  expect(axis.choices).toEqual(['sgd', 1, null, false]);
  expect(axis.place(odd)).toBe(3);
});

test('a trial without the parameter has no place; a parameter that nobody has has no axis', () => {
  const axis = paramAxis('momentum', trials, sampleSpace)!;
  const without = trials.find(({ params }) => params['momentum'] === undefined)!;
  expect(axis.place(without)).toBeNull();
  expect(paramAxis('units', [], sampleSpace)).toBeNull();
  expect(paramAxis('unknown', trials, sampleSpace)).toBeNull();
});

test('an enqueued value outside the range widens the axis; one below 0 makes it linear', () => {
  const far = { ...trials[0]!, params: { ...trials[0]!.params, learningRate: 2 } };
  expect(paramAxis('learningRate', [far], sampleSpace)!.domain).toEqual([1e-5, 2]);
  const negative = { ...trials[0]!, params: { learningRate: -1 } };
  expect(paramAxis('learningRate', [negative], sampleSpace)!.scale).toBe('linear');
});

test('parameters of the search space come first, others of the trials after them', () => {
  const extra = { ...trials[0]!, params: { ...trials[0]!.params, dropout: 0.1 } };
  expect(paramNames([extra], sampleSpace)).toEqual([...Object.keys(sampleSpace), 'dropout']);
});
