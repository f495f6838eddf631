// The density of a parameter's values on a coarse grid, for PED-ANOVA: one kernel an occupied bin and one
// for the prior. Watanabe, Bansal & Hutter 2023 (arXiv 2304.10255), section 4; constants as Optuna's.
import { logNormalMass } from '../../math/normal-distribution.ts';
import { roundHalfEven } from '../../math/rounding.ts';
import type { Distribution } from '../distribution.ts';

const MAX_BINS = 50; // Optuna's n_steps
const MIN_SIGMA = 0.5 / 1.64; // 1.64 sigma, 90 % of a kernel, covers at least its own bin

/** Number of bins of a parameter: its values if they are few, else 50; log2 of the range for int logs. */
export function gridSize(distribution: Distribution): number {
  if (distribution.kind === 'categorical') return distribution.choices.length;
  const { kind, low, high, step, log } = distribution;
  if (step === null) return MAX_BINS;
  const numBins =
    kind === 'int' && log
      ? Math.ceil(Math.log2(high - low + 1)) + 1
      : roundHalfEven((high - low) / step) + 1;
  return Math.min(numBins, MAX_BINS);
}

/** How many of the internal values fall into each bin. */
export function binCounts(distribution: Distribution, values: readonly number[]): number[] {
  const numBins = gridSize(distribution);
  const counts = Array<number>(numBins).fill(0);
  for (const value of values) counts[binOf(distribution, value, numBins)]!++;
  return counts;
}

function binOf(distribution: Distribution, value: number, numBins: number): number {
  if (distribution.kind === 'categorical') return value;
  const transform = (x: number): number => (distribution.log ? Math.log(x) : x);
  const low = transform(distribution.low);
  const width = (transform(distribution.high) - low) / (numBins - 1);
  const bin = Math.ceil((transform(value) - low) / width - 0.5);
  return Math.min(Math.max(bin, 0), numBins - 1);
}

/** The density over the bins, sum 1: kernels weighted by `counts`, and a prior of weight 1. */
export function gridDensity(distribution: Distribution, counts: readonly number[]): number[] {
  const numValues = counts.reduce((sum, count) => sum + count, 0);
  const density =
    distribution.kind === 'categorical' ? smoothedChoices(counts) : smoothedBins(counts, numValues);
  return density.map((weight) => weight / (numValues + 1));
}

function smoothedChoices(counts: readonly number[]): number[] {
  const numOccupied = counts.filter((count) => count > 0).length;
  const smoothing = 1 / (numOccupied + 1);
  const rowSum = counts.length * smoothing + 1;
  const others = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (others * smoothing + count) / rowSum + 1 / counts.length);
}

function smoothedBins(counts: readonly number[], numValues: number): number[] {
  const numBins = counts.length;
  const density = Array<number>(numBins).fill(0);
  const add = (mean: number, sigma: number, weight: number): void => {
    const total = logNormalMass((-0.5 - mean) / sigma, (numBins - 0.5 - mean) / sigma);
    for (let bin = 0; bin < numBins; bin++) {
      const mass = logNormalMass((bin - 0.5 - mean) / sigma, (bin + 0.5 - mean) / sigma);
      density[bin]! += weight * Math.exp(mass - total);
    }
  };
  const sigma = commonSigma(counts, numValues);
  counts.forEach((count, bin) => {
    if (count > 0) add(bin, sigma, count);
  });
  add((numBins - 1) / 2, numBins, 1);
  return density;
}

/** Silverman's rule on binned data (Silverman 1986, "Density estimation", eq. 3.30 with Scott's 1.059). */
function commonSigma(counts: readonly number[], numValues: number): number {
  const mean = counts.reduce((sum, count, bin) => sum + count * bin, 0) / numValues;
  const squares = counts.reduce((sum, count, bin) => sum + count * (bin - mean) ** 2, 0);
  const stdDev = Math.sqrt(squares / Math.max(1, numValues - 1));
  let sum = 0;
  const cumulative = counts.map((count) => (sum += count));
  const firstQuartile = cumulative.findIndex((each) => each >= Math.floor(numValues / 4));
  const thirdQuartile = cumulative.findIndex((each) => each > Math.floor((3 * numValues) / 4));
  const spread = Math.min((thirdQuartile - firstQuartile) / 1.34, stdDev); // 1.34: IQR of a normal
  return Math.max(1.059 * spread * numValues ** (-1 / 5), MIN_SIGMA);
}
