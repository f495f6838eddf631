// The log-density (log-mass for grids and choices) of a Parzen estimator. Kernels whose upper bound is
// e^40 below the largest term are skipped: a thousand of them change the sum by less than 1e-14, and it
// is what keeps a thousand trials cheap, because integrating a kernel over a grid cell costs two erfc.
import { logSumExp } from '../../../math/log-sum.ts';
import { LN_SQRT_TWO_PI, logNormalMass } from '../../../math/normal-distribution.ts';
import type { NumericKernels, ParzenEstimator } from './parzen-estimator.ts';

const NEGLIGIBLE = 40; // e^−40 = 4e-18

/** A grid parameter at one point: the cell around it on the transformed axis. */
interface Cell {
  readonly kernels: NumericKernels;
  readonly left: number;
  readonly right: number;
  readonly logWidth: number;
}

/**
 * ln p at `point` (internal values, [numParameters]). For log scales without a step it is the density with
 * respect to ln x: the Jacobian cancels in the ratio TPE needs. −Infinity outside the range.
 */
export function logDensity(estimator: ParzenEstimator, point: readonly number[]): number {
  const { weights, kernels } = estimator;
  const numKernels = weights.length;
  const bounds = new Float64Array(numKernels);
  for (let k = 0; k < numKernels; k++) bounds[k] = Math.log(weights[k]!);
  const cells: Cell[] = [];
  for (const [i, each] of kernels.entries()) {
    const x = point[i]!;
    if (each.kind === 'categorical') {
      const numChoices = each.distribution.choices.length;
      for (let k = 0; k < numKernels; k++) {
        bounds[k]! += Math.log(each.probabilities[k * numChoices + x]!);
      }
    } else if (each.distribution.step === null) {
      const transformed = each.distribution.log ? Math.log(x) : x;
      if (transformed < each.low || transformed > each.high) return -Infinity;
      addDensities(bounds, each, transformed, transformed, 0);
    } else {
      const { step, log } = each.distribution;
      const left = log ? Math.log(x - step / 2) : x - step / 2;
      const right = log ? Math.log(x + step / 2) : x + step / 2;
      const logWidth = Math.log(right - left);
      addDensities(bounds, each, left, right, logWidth);
      cells.push({ kernels: each, left, right, logWidth });
    }
  }
  if (cells.length === 0) return logSumExp(bounds);

  let likeliest = 0;
  for (let k = 1; k < numKernels; k++) if (bounds[k]! > bounds[likeliest]!) likeliest = k;
  const threshold = bounds[likeliest]! + exactExcess(cells, likeliest) - NEGLIGIBLE;
  for (let k = 0; k < numKernels; k++) {
    bounds[k]! = bounds[k]! < threshold ? -Infinity : bounds[k]! + exactExcess(cells, k);
  }
  return logSumExp(bounds);
}

/** Adds each kernel's largest log-density on [left, right] (plus `logWidth`) to `sums`. */
function addDensities(
  sums: Float64Array,
  { mus, sigmas, logPeaks }: NumericKernels,
  left: number,
  right: number,
  logWidth: number,
): void {
  for (let k = 0; k < sums.length; k++) {
    const mu = mus[k]!;
    const distance = mu < left ? left - mu : mu > right ? mu - right : 0;
    const z = distance / sigmas[k]!;
    sums[k]! += logPeaks[k]! + logWidth - (z * z) / 2;
  }
}

/** Over all cells: ln(mass of kernel k in the cell) minus the bound that `addDensities` used for it. */
function exactExcess(cells: readonly Cell[], k: number): number {
  let excess = 0;
  for (const { kernels, left, right, logWidth } of cells) {
    const mu = kernels.mus[k]!;
    const sigma = kernels.sigmas[k]!;
    const distance = mu < left ? left - mu : mu > right ? mu - right : 0;
    const bound = -((distance / sigma) ** 2) / 2 + logWidth - Math.log(sigma) - LN_SQRT_TWO_PI;
    excess += logNormalMass((left - mu) / sigma, (right - mu) / sigma) - bound;
  }
  return excess;
}
