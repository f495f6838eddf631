import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../src/core/experiment/run-config.ts';
import { defaultStudySetup } from '../src/core/experiment/study-setup.ts';
import { parseOptions } from './options.ts';

function optionsOf(line: string) {
  const parsed = parseOptions(line.split(' '));
  if (parsed.kind !== 'study') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

const studyOf = (line: string) => optionsOf(line).setup.study;

describe('the options of a study', () => {
  it("sweep the notebook's space where nothing is given", () => {
    expect(optionsOf('study')).toEqual({
      clientsPerTab: 1,
      setup: defaultStudySetup,
      numTrials: null,
      journal: null,
      resume: null,
      out: null,
      headed: false,
      dist: null,
    });
  });

  it('read the documented command line', () => {
    const { setup, numTrials, journal } = optionsOf(
      'study --trials 12 --optimizer adam --sampler random --pruner hyperband --units 32:64 --learning-rate 1e-4:1e-2:log --parallel-trials 1 --clients 3 --seed 7 --journal study.log',
    );
    expect(setup.base).toEqual({ ...defaultRunConfig, optimizer: 'adam', clients: 3, seed: 7 });
    expect(setup.study).toMatchObject({
      searchSpace: {
        units: { kind: 'int', low: 32, high: 64, step: 1, log: false },
        learningRate: { kind: 'float', low: 1e-4, high: 1e-2, step: null, log: true },
      },
      sampler: { type: 'random' },
      pruner: { type: 'hyperband' },
      numTrials: 12,
      seed: 7,
    });
    expect([numTrials, journal]).toEqual([12, 'study.log']);
  });

  it('sweep only what is given a range, and choices', () => {
    expect(studyOf('study --optimizer sgd,adam --momentum 0:0.9:0.3').searchSpace).toEqual({
      optimizer: { kind: 'categorical', choices: ['sgd', 'adam'] },
      momentum: { kind: 'float', low: 0, high: 0.9, step: 0.3, log: false },
    });
  });

  it('do not sweep a field of the default space that is fixed', () => {
    expect(Object.keys(studyOf('study --units 100').searchSpace)).toEqual(['learningRate']);
    expect(optionsOf('study --units 100').setup.base.units).toBe(100);
  });

  it('spread a grid evenly, on a log scale where the range has one', () => {
    const { sampler } = studyOf(
      'study --sampler grid --units 64:256 --learning-rate 1e-4:1e-1:log',
    );
    if (sampler.type !== 'grid') throw new Error(sampler.type);
    expect(sampler.values['units']).toEqual([64, 128, 192, 256]);
    const rates = sampler.values['learningRate'] as number[];
    [1e-4, 1e-3, 1e-2, 1e-1].forEach((rate, index) => expect(rates[index]).toBeCloseTo(rate, 12));
  });

  it('take every sampler and pruner that a study can have', () => {
    const samplers = ['tpe', 'random', 'grid', 'qmc'];
    const pruners = [
      'none',
      'median',
      'percentile',
      'threshold',
      'halving',
      'hyperband',
      'patient',
    ];
    expect(samplers.map((name) => studyOf(`study --sampler ${name}`).sampler.type)).toEqual(
      samplers,
    );
    expect(pruners.map((name) => studyOf(`study --pruner ${name}`).pruner.type)).toEqual(pruners);
    expect(studyOf('study --pruner threshold').pruner).toMatchObject({ lower: 0.2, upper: null });
    expect(studyOf('study --pruner patient').pruner).toMatchObject({
      patience: 3,
      wrapped: { type: 'median', numStartupTrials: 2 },
    });
  });

  it('keep the journal that they resume up to date', () => {
    expect(optionsOf('study --resume a.log --trials 20')).toMatchObject({
      resume: 'a.log',
      journal: 'a.log',
      numTrials: 20,
    });
  });

  it.each([
    ['study --trials ten', '--trials must be a whole number from 1, not "ten"'],
    ['study --trials 0', '--trials must be'],
    ['study --sampler best', '--sampler must be one of tpe, random, grid, qmc, not "best"'],
    ['study --pruner axe', '--pruner must be one of none, median'],
    ['study --parallel-trials 0', '--parallel-trials must be a whole number from 1 to 20, not "0"'],
    ['study --parallel-trials 21', '--parallel-trials must be a whole number from 1 to 20'],
    ['study --units 256:64', '--units cannot be swept over "256:64"'],
    ['study --units 1:64', '--units cannot be swept over "1:64"'],
    ['study --rounds 1:5', '--rounds must be a whole number'],
    ['study --units 64 --learning-rate 0.1', 'nothing is swept'],
    ['study --resume a.log --units 64:128', '--units is settled by the journal of --resume'],
    ['study --resume a.log --sampler qmc', '--sampler is settled by the journal'],
    ['study --journal=', '--journal needs a value'],
    ['run --trials 3', 'unknown option --trials'],
  ])('refuse "%s" in one line', (line, message) => {
    const parsed = parseOptions(line.split(' '));
    expect(parsed).toEqual({ kind: 'bad', message: expect.stringContaining(message) });
  });
});
