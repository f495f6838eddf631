// Draws candidates from a Parzen estimator and chooses among them: the one where good trials are most
// likely relative to the others (the ratio that maximises expected improvement, Bergstra et al. 2011,
// section 4.1). The uniforms come in, so that recorded draws can be replayed.
import { truncatedNormalQuantile } from '../../../math/normal-distribution.ts';
import { ontoGrid } from '../unit-interval.ts';
import { logDensityOf } from './log-density.ts';
import type { CategoricalKernels, NumericKernels, ParzenEstimator } from './parzen-estimator.ts';

/** The mixture component for each uniform in [0, 1): inverse of the cumulative weights. */
export function drawComponents(weights: Float64Array, uniforms: readonly number[]): number[] {
  const cumulative = cumulate(weights);
  return uniforms.map((u) => {
    const index = cumulative.findIndex((sum) => sum > u);
    return index < 0 ? weights.length - 1 : index;
  });
}

/**
 * Candidates as internal values, [numCandidates][numParameters]. `uniforms[parameter][candidate]`;
 * candidate i uses component `components[i]` for every parameter.
 */
export function drawCandidates(
  estimator: ParzenEstimator,
  components: readonly number[],
  uniforms: readonly (readonly number[])[],
): number[][] {
  return components.map((component, i) =>
    estimator.kernels.map((kernels, parameter) => {
      const u = uniforms[parameter]![i]!;
      return kernels.kind === 'categorical'
        ? drawChoice(kernels, component, u)
        : drawNumber(kernels, component, u);
    }),
  );
}

/** ln p_below − ln p_above of each candidate, and the place of the first largest. */
export function judgeCandidates(
  below: ParzenEstimator,
  above: ParzenEstimator,
  candidates: readonly (readonly number[])[],
): { readonly acquisition: number[]; readonly best: number } {
  const logBelow = logDensityOf(below);
  const logAbove = logDensityOf(above);
  const judge = (candidate: readonly number[]): number => logBelow(candidate) - logAbove(candidate);
  const known = new Map<number, number>(); // a single grid parameter or choice repeats itself
  const acquisition = candidates.map((candidate) => {
    if (candidate.length !== 1) return judge(candidate);
    const value = known.get(candidate[0]!) ?? judge(candidate);
    known.set(candidate[0]!, value);
    return value;
  });
  let best = 0;
  acquisition.forEach((value, i) => {
    if (value > acquisition[best]!) best = i;
  });
  return { acquisition, best };
}

function drawNumber(kernels: NumericKernels, component: number, u: number): number {
  const { distribution, low, high } = kernels;
  const mu = kernels.mus[component]!;
  const sigma = kernels.sigmas[component]!;
  const z = truncatedNormalQuantile(
    u,
    (low - mu) / sigma,
    (high - mu) / sigma,
    kernels.logMasses[component],
  );
  const position = mu + sigma * z;
  return ontoGrid(distribution, distribution.log ? Math.exp(position) : position);
}

function drawChoice(
  { distribution, probabilities }: CategoricalKernels,
  component: number,
  u: number,
): number {
  const numChoices = distribution.choices.length;
  const row = probabilities.subarray(component * numChoices, (component + 1) * numChoices);
  const cumulative = cumulate(row);
  return cumulative.slice(0, -1).filter((sum) => sum < u).length; // the last is 1 by definition
}

function cumulate(values: Float64Array): number[] {
  let sum = 0;
  return Array.from(values, (value) => (sum += value));
}
