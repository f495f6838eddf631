// TPE against what Optuna computed on recorded histories, at the tolerances of the vectors' README.
import { describe, expect, it } from 'vitest';
import {
  readVector,
  trialsOf,
  type RecordedTrial,
} from '../../../../testing/vectors/optuna/load.ts';
import {
  toExternal,
  toInternal,
  type Distribution,
  type ParamValue,
  type SearchSpace,
} from '../../distribution.ts';
import { intersectionSpace } from '../../search-space.ts';
import type { StudyDirection } from '../../trial.ts';
import { drawCandidates, drawComponents, judgeCandidates } from './candidates.ts';
import { logDensityOf } from './log-density.ts';
import { fitParzenEstimator, type Kernels, type ParzenEstimator } from './parzen-estimator.ts';
import { numGood, splitTrials } from './split.ts';
import { observationsOf } from './tpe-sampler.ts';

interface RecordedKernels {
  readonly mus?: number[];
  readonly sigmas?: number[];
  readonly choice_probs?: number[][];
}

interface CommonVector {
  readonly direction: StudyDirection;
  readonly constant_liar: boolean;
  readonly search_space: SearchSpace;
  readonly trials: RecordedTrial[];
  readonly below_trials: number[];
  readonly above_trials: number[];
}

interface Judgement {
  readonly log_pdf_below: number[];
  readonly log_pdf_above: number[];
  readonly u_component: number[];
  readonly acquisition: number[];
  readonly best_index: number;
}

interface UnivariateParam extends Judgement {
  readonly below: RecordedKernels & { trials: number[]; kernel_weights: number[] };
  readonly above: RecordedKernels & { trials: number[]; kernel_weights: number[] };
  readonly transformed_low?: number;
  readonly transformed_high?: number;
  readonly points: ParamValue[];
  readonly u_quantile: number[];
  readonly chosen_component: number[];
  readonly candidates: ParamValue[];
  readonly suggested: ParamValue;
}

interface UnivariateVector extends CommonVector {
  readonly n_finished: number;
  readonly n_below: number;
  readonly params: Readonly<Record<string, UnivariateParam>>;
}

type Point = Readonly<Record<string, ParamValue>>;
interface RecordedEstimator {
  readonly kernel_weights: number[];
  readonly params: Readonly<Record<string, RecordedKernels>>;
}

interface JointVector extends CommonVector, Judgement {
  readonly intersection_search_space: string[];
  readonly below: RecordedEstimator;
  readonly above: RecordedEstimator;
  readonly points: Point[];
  readonly u_quantile: Readonly<Record<string, number[]>>;
  readonly candidates: Point[];
  readonly suggested: Point;
}

const univariateCases = [
  'fl_012',
  'fl_024_duplicates',
  'fl_030',
  'fl_030_all_pruned_min',
  'fl_030_liar',
  'fl_030_mostly_pruned',
  'fl_100',
  'fl_100_min',
  'fl_300',
  'mixed_030',
  'mixed_060_conditional',
  'mixed_100_min',
];

describe.each(univariateCases)('univariate TPE on %s', (name) => {
  const vector = readVector(`tpe_${name}.json`) as UnivariateVector;
  const { finished, split } = splitOf(vector);

  it('splits the trials', () => {
    expect(finished).toBe(vector.n_finished);
    expect(numGood(finished)).toBe(vector.n_below);
    expect(split.below.map(({ number }) => number)).toEqual(vector.below_trials);
    expect(split.above.map(({ number }) => number)).toEqual(vector.above_trials);
  });

  describe.each(Object.entries(vector.params))('%s', (param, recorded) => {
    const distribution = vector.search_space[param]!;
    const space = [[param, distribution]] as const;
    const below = fitParzenEstimator([distribution], observationsOf(split.below, space), 'gaps');
    const above = fitParzenEstimator([distribution], observationsOf(split.above, space), 'gaps');

    it('fits the kernels', () => {
      expectKernels(below, 0, recorded.below, recorded.below.kernel_weights);
      expectKernels(above, 0, recorded.above, recorded.above.kernel_weights);
      const kernels = below.kernels[0]!;
      if (kernels.kind === 'numeric') {
        expectEach([kernels.low], [recorded.transformed_low!], 1e-12);
        expectEach([kernels.high], [recorded.transformed_high!], 1e-12);
      }
    });

    it('gives the log-densities', () => {
      const points = recorded.points.map((value) => [toInternal(distribution, value)]);
      expectDensities(below, points, recorded.log_pdf_below);
      expectDensities(above, points, recorded.log_pdf_above);
    });

    it('draws the candidates and chooses among them', () => {
      const components = drawComponents(below.weights, recorded.u_component);
      expect(components).toEqual(recorded.chosen_component);
      const candidates = drawCandidates(below, components, [recorded.u_quantile]);
      candidates.forEach(([x], i) => {
        expectValue(toExternal(distribution, x!), recorded.candidates[i]!, distribution);
      });
      const { acquisition, best } = judgeCandidates(below, above, candidates);
      expectEach(acquisition, recorded.acquisition, 1e-9);
      expect(best).toBe(recorded.best_index);
      expectValue(
        toExternal(distribution, candidates[best]![0]!),
        recorded.suggested,
        distribution,
      );
    });
  });
});

const jointCases = ['fl_012', 'fl_030', 'fl_100', 'mixed_030', 'mixed_060_conditional'];
const versions = [
  ['v490', 'scott'],
  ['v5dev', 'gaps'],
] as const;

describe.each(versions)('joint TPE of %s', (version, sigmaRule) => {
  describe.each(jointCases)('on %s', (name) => {
    const vector = readVector(`tpe_joint_${version}_${name}.json`) as JointVector;
    const { split, trials } = splitOf(vector);
    const names = vector.intersection_search_space;
    const distributions = names.map((each) => vector.search_space[each]!);
    const space = names.map((each, i) => [each, distributions[i]!] as const);
    const below = fitParzenEstimator(distributions, observationsOf(split.below, space), sigmaRule);
    const above = fitParzenEstimator(distributions, observationsOf(split.above, space), sigmaRule);

    it('models the intersection of the spaces', () => {
      expect(Object.keys(intersectionSpace(trials))).toEqual(names);
      expect(split.below.map(({ number }) => number)).toEqual(vector.below_trials);
      expect(split.above.map(({ number }) => number)).toEqual(vector.above_trials);
    });

    it('fits the kernels', () => {
      names.forEach((each, i) => {
        expectKernels(below, i, vector.below.params[each]!, vector.below.kernel_weights);
        expectKernels(above, i, vector.above.params[each]!, vector.above.kernel_weights);
      });
    });

    it('gives the log-densities', () => {
      const points = vector.points.map((point) =>
        space.map(([each, distribution]) => toInternal(distribution, point[each]!)),
      );
      expectDensities(below, points, vector.log_pdf_below);
      expectDensities(above, points, vector.log_pdf_above);
    });

    it('draws the candidates and chooses among them', () => {
      const components = drawComponents(below.weights, vector.u_component);
      const uniforms = names.map((each) => vector.u_quantile[each]!);
      const candidates = drawCandidates(below, components, uniforms);
      const expectPoint = (candidate: number[], recorded: Point): void => {
        space.forEach(([each, distribution], i) => {
          expectValue(toExternal(distribution, candidate[i]!), recorded[each]!, distribution);
        });
      };
      candidates.forEach((candidate, i) => expectPoint(candidate, vector.candidates[i]!));
      const { acquisition, best } = judgeCandidates(below, above, candidates);
      expectEach(acquisition, vector.acquisition, 1e-9);
      expect(best).toBe(vector.best_index);
      expectPoint(candidates[best]!, vector.suggested);
    });
  });
});

function splitOf(vector: CommonVector) {
  const trials = trialsOf(vector.trials, vector.search_space);
  const used = trials.filter(
    ({ state }) =>
      state === 'complete' || state === 'pruned' || (state === 'running' && vector.constant_liar),
  );
  const finished = used.filter(({ state }) => state !== 'running').length;
  return { trials, finished, split: splitTrials(used, vector.direction, numGood(finished)) };
}

function expectKernels(
  estimator: ParzenEstimator,
  index: number,
  recorded: RecordedKernels,
  weights: readonly number[],
): void {
  expectEach(estimator.weights, weights, 1e-12);
  const kernels: Kernels = estimator.kernels[index]!;
  if (kernels.kind === 'categorical') {
    expectEach(kernels.probabilities, recorded.choice_probs!.flat(), 1e-12);
  } else {
    expectEach(kernels.mus, recorded.mus!, 1e-12);
    expectEach(kernels.sigmas, recorded.sigmas!, 1e-12);
  }
}

function expectDensities(
  estimator: ParzenEstimator,
  points: readonly (readonly number[])[],
  recorded: readonly number[],
): void {
  expectEach(points.map(logDensityOf(estimator)), recorded, 1e-9);
}

function expectEach(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    expect(error).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i]!)));
  }
}

function expectValue(actual: ParamValue, expected: ParamValue, distribution: Distribution): void {
  if (distribution.kind !== 'float') expect(actual).toBe(expected);
  else {
    const relative = Math.abs((actual as number) - (expected as number));
    expect(relative).toBeLessThanOrEqual(1e-6 * Math.abs(expected as number));
  }
}
