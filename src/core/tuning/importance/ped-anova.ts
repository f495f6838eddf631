// PED-ANOVA: a parameter matters if its density among the best trials differs from that among all
// (Pearson divergence). Watanabe, Bansal & Hutter 2023, "PED-ANOVA: efficiently quantifying hyperparameter
// importance in arbitrary subspaces" (arXiv 2304.10255). It asks what characterises the best tenth, not
// what moves the value overall (that is fanova.ts): rankings may differ, and few trials make it noisy.
import { toInternal, isSingle, type Distribution } from '../distribution.ts';
import { intersectionSpace } from '../search-space.ts';
import type { StudyDirection, Trial } from '../trial.ts';
import { binCounts, gridDensity } from './grid-density.ts';
import { finiteLosses, rankImportances, type Importance } from './importance.ts';

interface PedAnovaOptions {
  /** Share of the trials that counts as best, in (0, 1]. */
  readonly targetQuantile?: number;
  /** Share of the trials they are compared with, in (0, 1], above `targetQuantile`. */
  readonly regionQuantile?: number;
  /** Compare with the region's density; false: with the uniform one. */
  readonly local?: boolean;
  /** `5.0`: every parameter, conditional ones by groups. `4.9`: only parameters of all complete trials. */
  readonly rules?: '5.0' | '4.9';
  readonly normalized?: boolean;
}

interface Judged {
  readonly trial: Trial;
  readonly loss: number;
}

/** Importances of the parameters of `trials`, largest first; empty if there are none. */
export function pedAnovaImportances(
  trials: readonly Trial[],
  direction: StudyDirection,
  options: PedAnovaOptions = {},
): readonly Importance[] {
  const { targetQuantile = 0.1, regionQuantile = 1, local = true, rules = '5.0' } = options;
  const judged = finiteLosses(trials, direction);
  const names = rules === '4.9' ? commonNames(judged) : allNames(judged);
  const values = new Map(names.map((name) => [name, 0]));
  if (judged.length > (rules === '4.9' ? 2 : 1)) {
    const minBest = rules === '4.9' ? 2 : 1;
    const top = bestOf(judged, targetQuantile, minBest);
    const region = bestOf(judged, regionQuantile, minBest);
    const share = top.length / region.length;
    for (const name of names) {
      values.set(name, share ** 2 * divergenceOverGroups(name, top, region, local));
    }
  }
  return rankImportances(values, options.normalized ?? true);
}

/** Those with a loss up to that of rank ceil(quantile·N), ties included, `minBest` at least. */
function bestOf(judged: readonly Judged[], quantile: number, minBest: number): readonly Judged[] {
  const losses = judged.map(({ loss }) => loss).sort((a, b) => a - b);
  const rank = Math.max(Math.ceil(quantile * losses.length), minBest);
  const cutoff = losses[Math.min(rank, losses.length) - 1]!;
  return judged.filter(({ loss }) => loss <= cutoff);
}

/** Trials are grouped by the parameter's distribution; those without it contribute nothing. */
function divergenceOverGroups(
  name: string,
  top: readonly Judged[],
  region: readonly Judged[],
  local: boolean,
): number {
  const groups = new Map<string, Distribution>();
  for (const { trial } of region) {
    const distribution = trial.distributions[name];
    if (distribution !== undefined) groups.set(JSON.stringify(distribution), distribution);
  }
  let sum = 0;
  for (const [key, distribution] of groups) {
    const valuesIn = (set: readonly Judged[]): number[] =>
      set
        .filter(({ trial }) => JSON.stringify(trial.distributions[name]) === key)
        .map(({ trial }) => toInternal(distribution, trial.params[name]!));
    const topValues = valuesIn(top);
    const regionValues = valuesIn(region);
    if (regionValues.length < 2 || topValues.length === 0 || isSingle(distribution)) continue;
    const topShare = topValues.length / top.length;
    const regionShare = regionValues.length / region.length;
    const divergence = pearsonDivergence(distribution, topValues, local ? regionValues : null);
    sum += (topShare ** 2 / regionShare) * divergence;
  }
  return sum;
}

/** Σ p_region (p_top/p_region − 1)²; against the uniform density without `regionValues`. */
export function pearsonDivergence(
  distribution: Distribution,
  topValues: readonly number[],
  regionValues: readonly number[] | null,
): number {
  const density = (values: readonly number[]): number[] =>
    gridDensity(distribution, binCounts(distribution, values)).map((p) => p + 1e-12); // never 0/0
  const top = density(topValues);
  const region = regionValues === null ? top.map(() => 1 / top.length) : density(regionValues);
  return top.reduce((sum, p, bin) => sum + region[bin]! * (p / region[bin]! - 1) ** 2, 0);
}

function commonNames(judged: readonly Judged[]): string[] {
  const trials = judged.map(({ trial }) => trial);
  return Object.keys(intersectionSpace(trials, { completeOnly: true, keepSingle: true }));
}

function allNames(judged: readonly Judged[]): string[] {
  return [...new Set(judged.flatMap(({ trial }) => Object.keys(trial.distributions)))].sort();
}
