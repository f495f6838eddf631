// The log-density (log-mass for grids and choices) of a Parzen estimator. Kernels whose upper bound is
// e^40 below the largest term are skipped: a thousand of them change the sum by less than 1e-14, and it
// is what keeps a thousand trials cheap, because integrating a kernel over a grid cell costs two erfc.
import { LN_SQRT_TWO_PI, logNormalMass } from '../../../math/normal-distribution.ts';
import type { Kernels, NumericKernels, ParzenEstimator } from './parzen-estimator.ts';

const NEGLIGIBLE = 40; // e^−40 = 4e-18

/** A grid parameter at one point: the cell around it on the transformed axis. */
interface Cell {
  readonly kernels: NumericKernels;
  readonly left: number;
  readonly right: number;
}

/**
 * The function ln p(point) of the estimator; points are internal values, [numParameters]. For log scales
 * without a step p is the density with respect to ln x: the Jacobian cancels in the ratio TPE needs.
 * −Infinity outside the range.
 */
export function logDensityOf(estimator: ParzenEstimator): (point: readonly number[]) => number {
  const { weights, kernels } = estimator;
  const logWeights = weights.map(Math.log);
  const logOf = new Map(
    kernels.map((each) => [
      each,
      each.kind === 'categorical' ? each.probabilities.map(Math.log) : each.sigmas.map(Math.log),
    ]),
  );
  const terms = new Float64Array(weights.length);

  return (point) => {
    terms.set(logWeights);
    const cells: Cell[] = [];
    for (let i = 0; i < kernels.length; i++) {
      const each = kernels[i]!;
      if (each.kind === 'categorical') {
        addChoice(terms, logOf.get(each)!, each.distribution.choices.length, point[i]!);
      } else {
        const [left, right] = cellOf(each, point[i]!);
        if (left === right && (left < each.low || left > each.high)) return -Infinity;
        addLargest(terms, each, left, right);
        if (left < right) cells.push({ kernels: each, left, right });
      }
    }
    let likeliest = 0;
    for (let k = 1; k < terms.length; k++) if (terms[k]! > terms[likeliest]!) likeliest = k;
    let largest = terms[likeliest]! + exactExcess(cells, logOf, likeliest);
    const threshold = largest - NEGLIGIBLE;
    let sum = 0;
    for (let k = 0; k < terms.length; k++) {
      if (terms[k]! < threshold) continue;
      const term = cells.length === 0 ? terms[k]! : terms[k]! + exactExcess(cells, logOf, k);
      if (term > largest) {
        sum *= Math.exp(largest - term);
        largest = term;
      }
      sum += Math.exp(term - largest);
    }
    return largest + Math.log(sum);
  };
}

/** The grid cell around x, or [x, x] if there is no grid, on the transformed axis. */
function cellOf({ distribution }: NumericKernels, x: number): readonly [number, number] {
  const { step, log } = distribution;
  const margin = step === null ? 0 : step / 2;
  return log ? [Math.log(x - margin), Math.log(x + margin)] : [x - margin, x + margin];
}

function addChoice(
  terms: Float64Array,
  logProbabilities: Float64Array,
  numChoices: number,
  choice: number,
): void {
  for (let k = 0; k < terms.length; k++) terms[k]! += logProbabilities[k * numChoices + choice]!;
}

/** Adds each kernel's largest log-density on [left, right], times the width if that is not 0. */
function addLargest(
  terms: Float64Array,
  { mus, sigmas, logPeaks }: NumericKernels,
  left: number,
  right: number,
): void {
  const logWidth = left < right ? Math.log(right - left) : 0;
  for (let k = 0; k < terms.length; k++) {
    const z = distanceTo(mus[k]!, left, right) / sigmas[k]!;
    terms[k]! += logPeaks[k]! + logWidth - (z * z) / 2;
  }
}

/** Over all cells: ln(mass of kernel k in the cell) minus the bound that `addLargest` put in its place. */
function exactExcess(
  cells: readonly Cell[],
  logOf: ReadonlyMap<Kernels, Float64Array>,
  k: number,
): number {
  let excess = 0;
  for (const { kernels, left, right } of cells) {
    const mu = kernels.mus[k]!;
    const sigma = kernels.sigmas[k]!;
    const z = distanceTo(mu, left, right) / sigma;
    const logSigma = logOf.get(kernels)![k]!;
    const bound = Math.log(right - left) - logSigma - LN_SQRT_TWO_PI - (z * z) / 2;
    excess += logNormalMass((left - mu) / sigma, (right - mu) / sigma) - bound;
  }
  return excess;
}

function distanceTo(mu: number, left: number, right: number): number {
  return mu < left ? left - mu : mu > right ? mu - right : 0;
}
