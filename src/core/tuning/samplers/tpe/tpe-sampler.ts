// The Tree-structured Parzen Estimator: models where good and where other trials lie and tries what is
// likelier among the good. Bergstra et al. 2011 (NeurIPS 24); joint (multivariate) form as in Falkner
// et al. 2018 (BOHB, arXiv 1807.01774); behaviour and constants as Optuna 4.9 (each parameter alone)
// and 5.0 (jointly). Trials in flight count as bad (constant liar: Ginsbourger et al. 2010), so that
// clients working side by side do not all try the same.
import { toInternal, type Distribution } from '../../distribution.ts';
import { intersectionSpace } from '../../search-space.ts';
import type { TpeConfig } from '../../study-config.ts';
import type { Trial } from '../../trial.ts';
import { randomSampler } from '../random-sampler.ts';
import type { Sampler, SamplerContext } from '../sampler.ts';
import { drawCandidates, drawComponents, judgeCandidates } from './candidates.ts';
import { fitParzenEstimator, type SigmaRule } from './parzen-estimator.ts';
import { numGood, splitTrials } from './split.ts';

type NamedDistribution = readonly [name: string, distribution: Distribution];

export function tpeSampler(config: TpeConfig): Sampler {
  /** Internal values for `space` drawn together, or null in the random phase. */
  function sample(
    context: SamplerContext,
    space: readonly NamedDistribution[],
    sigmaRule: SigmaRule,
    stream: string,
  ): readonly number[] | null {
    const { trial, trials, direction } = context;
    const finished = trials.filter(isFinishedForTpe);
    if (finished.length < config.numStartupTrials) return null;
    const isLiar = (other: Trial): boolean =>
      config.constantLiar && other.state === 'running' && other.number !== trial.number;
    const used = trials.filter((other) => isFinishedForTpe(other) || isLiar(other));
    const split = splitTrials(used, direction, numGood(finished.length));
    const distributions = space.map(([, distribution]) => distribution);
    const fit = (group: readonly Trial[]) =>
      fitParzenEstimator(distributions, observationsOf(group, space), sigmaRule);
    const below = fit(split.below);
    const random = context.random('tpe', stream);
    const uniforms = (): number[] =>
      Array.from({ length: config.numCandidates }, () => random.uniform());
    const components = drawComponents(below.weights, uniforms());
    const candidates = drawCandidates(
      below,
      components,
      space.map(() => uniforms()),
    );
    return candidates[judgeCandidates(below, fit(split.above), candidates).best]!;
  }

  return {
    sampleRelative(context) {
      if (!config.joint) return { params: {} };
      const space = Object.entries(intersectionSpace(context.trials));
      if (space.length === 0) return { params: {} };
      const values = sample(context, space, config.sigmaRule, 'joint');
      if (values === null) return { params: {} };
      return { params: Object.fromEntries(space.map(([name], i) => [name, values[i]!])) };
    },
    sampleIndependent(context, name, distribution) {
      const values = sample(context, [[name, distribution]], 'gaps', `single:${name}`);
      return values?.[0] ?? randomSampler.sampleIndependent(context, name, distribution);
    },
  };
}

/** Failed trials do not exist for a sampler. */
function isFinishedForTpe({ state }: Trial): boolean {
  return state === 'complete' || state === 'pruned';
}

/** Internal values of the trials that have all parameters of `space`, [numTrials][numParameters]. */
export function observationsOf(
  trials: readonly Trial[],
  space: readonly NamedDistribution[],
): number[][] {
  const observations: number[][] = [];
  for (const trial of trials) {
    const values = space.map(([name, distribution]) => {
      const value = trial.params[name];
      if (value !== undefined) return toInternal(distribution, value);
      return trial.relativeParams?.[name]; // drawn for a trial in flight, not yet suggested
    });
    if (values.every((value) => value !== undefined)) observations.push(values);
  }
  return observations;
}
