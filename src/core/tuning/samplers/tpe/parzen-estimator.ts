// The adaptive Parzen estimator of TPE: a mixture of one kernel per observation and one for the prior.
// Bergstra et al. 2011, "Algorithms for hyper-parameter optimization" (NeurIPS 24); the weights, widths
// and clips are Optuna's, as analysed by Watanabe 2023 (arXiv 2304.11127). Numbers have normal kernels
// truncated to the range (in the logarithm for log scales, integrated over grid cells for steps),
// choices have smoothed one-hot kernels.
import { LN_SQRT_TWO_PI, logNormalMass } from '../../../math/normal-distribution.ts';
import type {
  CategoricalDistribution,
  Distribution,
  NumericDistribution,
} from '../../distribution.ts';

/** `gaps`: by the distance to the neighbours. `scott`: one width for all, by number and dimension. */
export type SigmaRule = 'gaps' | 'scott';

/** Kernels of a numeric parameter on its transformed axis; the prior is the last of them. */
export interface NumericKernels {
  readonly kind: 'numeric';
  readonly distribution: NumericDistribution;
  /** Bounds of the axis: half a step beyond the range, ln if log. */
  readonly low: number;
  readonly high: number;
  readonly mus: Float64Array;
  readonly sigmas: Float64Array;
  /** ln of each kernel's mass inside the bounds. */
  readonly logMasses: Float64Array;
  /** −ln sigma − ln √2π − logMass: the log-density at a kernel's centre. */
  readonly logPeaks: Float64Array;
}

export interface CategoricalKernels {
  readonly kind: 'categorical';
  readonly distribution: CategoricalDistribution;
  /** [numKernels × numChoices], each row sums to 1; the prior is the last. */
  readonly probabilities: Float64Array;
}

export type Kernels = NumericKernels | CategoricalKernels;

export interface ParzenEstimator {
  /** [numKernels], sum 1; the same component is used for all parameters of a point. */
  readonly weights: Float64Array;
  /** One a parameter, in the order of the space. */
  readonly kernels: readonly Kernels[];
}

const PRIOR_WEIGHT = 1;
/** Observations older than the last 25 count less (Bergstra's hyperopt). */
const NUM_FLAT_WEIGHTS = 25;

/**
 * The estimator of `observations` ([numObservations][numParameters] internal values, oldest first) over
 * `space` ([numParameters]).
 */
export function fitParzenEstimator(
  space: readonly Distribution[],
  observations: readonly (readonly number[])[],
  sigmaRule: SigmaRule,
): ParzenEstimator {
  return {
    weights: kernelWeights(observations.length),
    kernels: space.map((distribution, i) => {
      const column = observations.map((observation) => observation[i]!);
      return distribution.kind === 'categorical'
        ? categoricalKernels(distribution, column)
        : numericKernels(distribution, column, sigmaRule, space.length);
    }),
  };
}

/** One kernel an observation, oldest first, and the prior: flat up to 24, then a ramp. Sum 1. */
function kernelWeights(numObservations: number): Float64Array {
  const weights = new Float64Array(numObservations + 1).fill(1);
  const numRamp = Math.max(numObservations - NUM_FLAT_WEIGHTS, 0);
  const first = 1 / numObservations;
  for (let i = 0; i < numRamp; i++) {
    weights[i] = numRamp === 1 ? first : first + (i * (1 - first)) / (numRamp - 1);
  }
  weights[numObservations] = PRIOR_WEIGHT;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function numericKernels(
  distribution: NumericDistribution,
  observed: readonly number[],
  sigmaRule: SigmaRule,
  numParameters: number,
): NumericKernels {
  const { step, log } = distribution;
  const margin = step === null ? 0 : step / 2;
  const transform = (x: number): number => (log ? Math.log(x) : x);
  const low = transform(distribution.low - margin);
  const high = transform(distribution.high + margin);
  const range = high - low;
  const n = observed.length;
  const mus = Float64Array.of(...observed.map(transform), (low + high) / 2);

  const sigmas = new Float64Array(n + 1);
  if (sigmaRule === 'gaps') setGapSigmas(sigmas, mus.subarray(0, n), low, high);
  else sigmas.fill(0.2 * Math.max(n, 1) ** (-1 / (numParameters + 4)) * range); // Scott's exponent
  const narrowest = range / Math.min(100, n + 2); // "magic clip"
  for (let i = 0; i < n; i++) sigmas[i] = Math.min(Math.max(sigmas[i]!, narrowest), range);
  sigmas[n] = range;

  const logMasses = sigmas.map((sigma, i) =>
    logNormalMass((low - mus[i]!) / sigma, (high - mus[i]!) / sigma),
  );
  const logPeaks = sigmas.map((sigma, i) => -Math.log(sigma) - LN_SQRT_TWO_PI - logMasses[i]!);
  return { kind: 'numeric', distribution, low, high, mus, sigmas, logMasses, logPeaks };
}

/**
 * The larger gap to a neighbour; the outermost observations look inwards only, a lone one to the bounds.
 * Equal observations keep their order (numpy's unstable sort makes Optuna depend on the platform here).
 */
function setGapSigmas(sigmas: Float64Array, mus: Float64Array, low: number, high: number): void {
  const n = mus.length;
  if (n === 1) {
    sigmas[0] = Math.max(mus[0]! - low, high - mus[0]!);
    return;
  }
  const order = Array.from(mus.keys()).sort((a, b) => mus[a]! - mus[b]!);
  order.forEach((index, rank) => {
    const left = rank === 0 ? 0 : mus[index]! - mus[order[rank - 1]!]!;
    const right = rank === n - 1 ? 0 : mus[order[rank + 1]!]! - mus[index]!;
    sigmas[index] = Math.max(left, right);
  });
}

function categoricalKernels(
  distribution: CategoricalDistribution,
  observed: readonly number[],
): CategoricalKernels {
  const numChoices = distribution.choices.length;
  const numKernels = observed.length + 1;
  const smoothing = PRIOR_WEIGHT / numKernels;
  const probabilities = new Float64Array(numKernels * numChoices);
  for (let k = 0; k < numKernels; k++) {
    const chosen = k < observed.length ? observed[k]! : -1;
    const total = smoothing * numChoices + (chosen < 0 ? 0 : 1);
    for (let c = 0; c < numChoices; c++) {
      probabilities[k * numChoices + c] = (smoothing + (c === chosen ? 1 : 0)) / total;
    }
  }
  return { kind: 'categorical', distribution, probabilities };
}
