// Ranges as text, and the runs of trials; expected values are typed in.
import { describe, expect, it } from 'vitest';
import { configFields } from './config-fields.ts';
import { defaultRunConfig } from './run-config.ts';
import {
  categoricalDistribution,
  floatDistribution,
  intDistribution,
} from '../tuning/distribution.ts';
import { ask, createStudy } from '../tuning/study.ts';
import {
  defaultStudyConfig,
  readDistribution,
  trialRunConfig,
  tunableFields,
  writeDistribution,
} from './sweep.ts';

const fieldOf = (name: string) => configFields.find((field) => field.name === name)!;

describe('a range as text', () => {
  it.each([
    ['units', '64:256', intDistribution(64, 256)],
    ['units', '64:256:log', intDistribution(64, 256, { log: true })],
    ['units', '64:250:32', intDistribution(64, 224, { step: 32 })],
    ['learningRate', '1e-5:1e-1:log', floatDistribution(1e-5, 0.1, { log: true })],
    ['momentum', '0:0.9:0.1', floatDistribution(0, 0.9, { step: 0.1 })],
    ['momentum', ' 0 : 0.9 ', floatDistribution(0, 0.9)],
    ['optimizer', 'sgd, adam', categoricalDistribution(['sgd', 'adam'])],
  ])('of %s: %s', (name, text, expected) => {
    const read = readDistribution(fieldOf(name), text)!;
    expect(read).toEqual(expected);
    expect(readDistribution(fieldOf(name), writeDistribution(read))).toEqual(expected);
  });

  it.each([
    ['units', '256:64'],
    ['units', '64'],
    ['units', '64:'],
    ['units', '64:256:'],
    ['units', '64:256:log:2'],
    ['units', '64:256:lin'],
    ['units', '1:256'],
    ['units', '64.5:256'],
    ['learningRate', '0:1:log'],
    ['learningRate', 'a:b'],
    ['optimizer', 'sgd,lion'],
    ['optimizer', 'sgd,sgd'],
    ['optimizer', ''],
  ])('that is none of %s: %s', (name, text) => {
    expect(readDistribution(fieldOf(name), text)).toBeNull();
  });
});

describe('the run of a trial', () => {
  it('is the base with the parameters', () => {
    const { trial } = ask(createStudy(defaultStudyConfig), 0);
    const run = trialRunConfig({ ...defaultRunConfig, optimizer: 'adam' }, trial.params)!;
    expect(run).toMatchObject({ ...trial.params, optimizer: 'adam', rounds: 10 });
  });

  it('is none if a value is impossible or no field', () => {
    expect(trialRunConfig(defaultRunConfig, { units: 1e6 })).toBeNull();
    expect(trialRunConfig(defaultRunConfig, { depth: 2 })).toBeNull();
  });

  it('has a field for every name that can be tuned', () => {
    expect(tunableFields.filter((name) => fieldOf(name) === undefined)).toEqual([]);
  });
});
