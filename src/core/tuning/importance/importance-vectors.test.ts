// Importances against what Optuna computed on recorded histories.
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../math/random.ts';
import { readVector, trialsOf, type RecordedTrial } from '../../../testing/vectors/optuna/load.ts';
import { toInternal, type SearchSpace } from '../distribution.ts';
import type { StudyDirection } from '../trial.ts';
import { fanovaImportances } from './fanova.ts';
import { binCounts, gridDensity, gridSize } from './grid-density.ts';
import type { Importance } from './importance.ts';
import { pearsonDivergence, pedAnovaImportances } from './ped-anova.ts';
import {
  marginalVariance,
  treeVariance,
  type Box,
  type RegressionTree,
} from './regression-tree.ts';

interface Recorded {
  readonly cases: readonly {
    readonly config: {
      readonly target_quantile?: number;
      readonly region_quantile?: number;
      readonly evaluate_on_local?: boolean;
    };
    readonly raw: Readonly<Record<string, number>>;
    readonly normalized: Readonly<Record<string, number>>;
  }[];
  readonly top_trials: number[];
  readonly region_trials: number[];
  readonly default_internals: Readonly<
    Record<
      string,
      {
        readonly grid_size: number;
        readonly counts_top: number[];
        readonly counts_region: number[];
        readonly pdf_top: number[];
        readonly pdf_region: number[];
        readonly pearson_divergence: number;
      }
    >
  >;
  readonly fanova_reference?: Readonly<Record<string, { mean: number; std: number }>>;
}

const versions = [
  ['v490', '4.9'],
  ['v5dev', '5.0'],
] as const;

describe.each(versions)('importance as Optuna %s', (version, rules) => {
  const { histories } = readVector(`importance_${version}.json`) as {
    histories: Record<string, Recorded>;
  };

  describe.each(Object.entries(histories))('on %s', (name, recorded) => {
    const history = readVector(`tpe_${name}.json`) as {
      direction: StudyDirection;
      search_space: SearchSpace;
      trials: RecordedTrial[];
    };
    const trials = trialsOf(history.trials, history.search_space);

    it.each(recorded.cases)('PED-ANOVA with $config', ({ config, raw, normalized }) => {
      const options = {
        rules,
        ...(config.target_quantile !== undefined && { targetQuantile: config.target_quantile }),
        ...(config.region_quantile !== undefined && { regionQuantile: config.region_quantile }),
        ...(config.evaluate_on_local !== undefined && { local: config.evaluate_on_local }),
      };
      const run = (normalize: boolean) =>
        pedAnovaImportances(trials, history.direction, { ...options, normalized: normalize });
      expectSame(run(false), raw, 1e-9);
      expectSame(run(true), normalized, 1e-9);
    });

    it.each(Object.entries(recorded.default_internals))('densities of %s', (param, internals) => {
      const distribution = history.search_space[param]!;
      const valuesOf = (numbers: readonly number[]): number[] =>
        numbers
          .map((number) => trials[number]!.params[param])
          .filter((value) => value !== undefined)
          .map((value) => toInternal(distribution, value));
      const top = valuesOf(recorded.top_trials);
      const region = valuesOf(recorded.region_trials);
      expect(gridSize(distribution)).toBe(internals.grid_size);
      expect(binCounts(distribution, top)).toEqual(internals.counts_top);
      expect(binCounts(distribution, region)).toEqual(internals.counts_region);
      const close = (actual: number[], expected: number[]): void =>
        actual.forEach((p, i) => expect(Math.abs(p - expected[i]!)).toBeLessThan(1e-11));
      close(gridDensity(distribution, internals.counts_top), internals.pdf_top);
      close(gridDensity(distribution, internals.counts_region), internals.pdf_region);
      expect(pearsonDivergence(distribution, top, region)).toBeCloseTo(
        internals.pearson_divergence,
        9,
      );
    });

    it.skipIf(recorded.fanova_reference === undefined)('fANOVA within 4 sd + 0.03', () => {
      const reference = recorded.fanova_reference!;
      const importances = fanovaImportances(trials, history.direction, createRandom(1, 'forest'), {
        normalized: false,
      });
      expect(importances.map(({ name: each }) => each).sort()).toEqual(
        Object.keys(reference).sort(),
      );
      for (const { name: each, value } of importances) {
        const { mean, std } = reference[each]!;
        expect(Math.abs(value - mean)).toBeLessThan(4 * std + 0.03);
      }
    });
  });
});

describe('fANOVA on recorded trees', () => {
  interface RecordedTree extends RegressionTree {
    readonly bounds: Box;
    readonly variance: number;
    readonly marginal_variance: readonly { features: number[]; variance: number }[];
  }
  const { trees } = readVector('fanova_trees.json') as { trees: RecordedTree[] };

  it.each(trees.map((tree, i) => [i, tree] as const))('tree %d', (_, tree) => {
    expectRelative(treeVariance(tree, tree.bounds), tree.variance);
    for (const { features, variance } of tree.marginal_variance) {
      expectRelative(marginalVariance(tree, tree.bounds, features), variance);
    }
  });
});

function expectRelative(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-10 * Math.abs(expected));
}

function expectSame(
  actual: readonly Importance[],
  expected: Readonly<Record<string, number>>,
  tolerance: number,
): void {
  expect(actual.map(({ name }) => name)).toEqual(Object.keys(expected)); // recorded largest first
  for (const { name, value } of actual) {
    expect(Math.abs(value - expected[name]!)).toBeLessThan(tolerance);
  }
}
