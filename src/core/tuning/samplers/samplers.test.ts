// Every sampler passes the conformance suite; what is a sampler's own is tested below it.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { describeSampler } from '../../../testing/conformance/sampler-conformance.ts';
import { floatDistribution, intDistribution, categoricalDistribution } from '../distribution.ts';
import { ask, canAsk, createStudy, tell, type Study } from '../study.ts';
import { samplerSchema, type SamplerConfig, type SamplerInput } from '../study-config.ts';
import { spreadGrid } from './grid-sampler.ts';
import { scrambledHalton } from './halton.ts';
import { atQuantile } from './unit-interval.ts';

const sampler = (config: SamplerInput): SamplerConfig => v.parse(samplerSchema, config);

type Suite = Parameters<typeof describeSampler>;

const suites: Readonly<Record<SamplerConfig['type'], readonly Suite[]>> = {
  random: [['random', () => sampler({ type: 'random' }), { conditional: true, coversGridIn: 150 }]],
  qmc: [['qmc', () => sampler({ type: 'qmc' }), { conditional: true, coversGridIn: 60 }]],
  grid: [
    [
      'grid',
      (space) => sampler({ type: 'grid', values: spreadGrid(space, 3) }),
      { conditional: false },
    ],
  ],
  tpe: [
    ['tpe', () => sampler({ type: 'tpe' }), { conditional: true }],
    ['tpe, joint', () => sampler({ type: 'tpe', joint: true }), { conditional: true }],
    [
      'tpe, joint by Scott',
      () => sampler({ type: 'tpe', joint: true, sigmaRule: 'scott', constantLiar: false }),
      { conditional: true },
    ],
  ],
};
for (const suite of Object.values(suites).flat()) describeSampler(...suite);

describe('grid', () => {
  const values = { a: [1, 2, 3], b: ['x', 'y'] };
  const start = (): Study =>
    createStudy({
      name: 'grid',
      direction: 'minimize',
      searchSpace: { a: intDistribution(1, 3), b: categoricalDistribution(['x', 'y']) },
      sampler: { type: 'grid', values },
      numTrials: 100,
    });
  const pointOf = (study: Study, number: number): string =>
    Object.values(study.trials[number]!.params).join('');

  it('visits every point once, then is exhausted', () => {
    let study = start();
    while (canAsk(study)) {
      const asked = ask(study, 0);
      study = tell(asked.study, asked.trial.number, { value: 1, atMs: 1 });
    }
    expect(study.trials.map(({ number }) => pointOf(study, number)).sort()).toEqual(
      ['1x', '1y', '2x', '2y', '3x', '3y'].sort(),
    );
  });

  it('visits again what failed, and nothing that runs', () => {
    let study = start();
    for (let i = 0; i < 6; i++) study = ask(study, 0).study;
    expect(canAsk(study)).toBe(false);
    study = tell(study, 2, { state: 'failed', atMs: 1 });
    expect(canAsk(study)).toBe(true);
    study = ask(study, 2).study;
    expect(pointOf(study, 6)).toBe(pointOf(study, 2));
    expect(canAsk(study)).toBe(false);
  });

  it('refuses a configuration that lacks a parameter or has a value out of range', () => {
    const withValues = (grid: Record<string, (number | string)[]>) => () =>
      createStudy({ ...start().config, sampler: { type: 'grid', values: grid } });
    expect(withValues({ a: [1] })).toThrow(/grid/);
    expect(withValues({ a: [1, 9], b: ['x'] })).toThrow(/grid/);
    expect(withValues(values)).not.toThrow();
  });

  it('spreads values on the scale of the parameter', () => {
    expect(spreadGrid({ lr: floatDistribution(1e-4, 1, { log: true }) }, 3)['lr']).toEqual([
      1e-4,
      expect.closeTo(1e-2, 12),
      1,
    ]);
    expect(spreadGrid({ n: intDistribution(1, 3) }, 9)['n']).toEqual([1, 2, 3]);
    expect(spreadGrid({ c: categoricalDistribution(['a', 'b']) }, 5)['c']).toEqual(['a', 'b']);
  });
});

describe('scrambled Halton', () => {
  const points = Array.from({ length: 216 }, (_, i) => scrambledHalton(3, i, 3));

  it('puts 2^a, 3^b points in a row into as many equal intervals, one each', () => {
    const strata = (dimension: number, count: number, from: number): number =>
      new Set(
        points.slice(from, from + count).map((point) => Math.floor(point[dimension]! * count)),
      ).size;
    expect(strata(0, 64, 0)).toBe(64);
    expect(strata(0, 64, 128)).toBe(64);
    expect(strata(1, 81, 81)).toBe(81);
    expect(strata(2, 125, 0)).toBe(125);
  });

  it('puts one of 2^a·3^b points into each box of that many', () => {
    const boxes = new Set(points.map(([x, y]) => `${Math.floor(x! * 8)},${Math.floor(y! * 27)}`));
    expect(boxes.size).toBe(216);
  });

  it('differs by seed and is not the plain sequence', () => {
    expect(scrambledHalton(4, 1, 2)).not.toEqual(scrambledHalton(3, 1, 2));
    expect(scrambledHalton(3, 0, 2)).not.toEqual([0, 0]);
  });
});

describe('quantiles of distributions', () => {
  it('give grid points equal shares', () => {
    const shares = (distribution: Parameters<typeof atQuantile>[0]): number[] => {
      const counts = new Map<number, number>();
      for (let i = 0; i < 1000; i++) {
        const value = atQuantile(distribution, (i + 0.5) / 1000);
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return [...counts.values()];
    };
    expect(shares(intDistribution(2, 9, { step: 1 }))).toEqual(Array<number>(8).fill(125));
    expect(shares(floatDistribution(0, 1, { step: 0.25 }))).toEqual(Array<number>(5).fill(200));
    expect(shares(categoricalDistribution(['a', 'b', 'c', 'd']))).toEqual(
      Array<number>(4).fill(250),
    );
  });

  it('are uniform in the logarithm for log scales', () => {
    const rate = floatDistribution(1e-4, 1, { log: true });
    expect(atQuantile(rate, 0.25)).toBeCloseTo(1e-3, 15);
    expect(atQuantile(rate, 0.5)).toBeCloseTo(1e-2, 14);
    const units = intDistribution(1, 1000, { log: true });
    // P(units ≤ 10) = ln(10.5/0.5)/ln(1000.5/0.5)
    const edge = Math.log(21) / Math.log(2001);
    expect(atQuantile(units, edge - 1e-9)).toBe(10);
    expect(atQuantile(units, edge + 1e-9)).toBe(11);
  });
});
