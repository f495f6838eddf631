// A regression tree (CART: Breiman et al. 1984) with the squared-error criterion, grown until leaves are
// pure, and the variance of its prediction over a box, in all and by features (Hutter, Hoos &
// Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance", ICML, section 4).

import type { Random } from '../../math/random.ts';

/** Flat arrays, one entry a node, the root first; as scikit-learn's. */
export interface RegressionTree {
  /** Feature that the node tests, −2 for a leaf. */
  readonly feature: readonly number[];
  /** Left if x ≤ threshold. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Mean target of the node's examples. */
  readonly value: readonly number[];
}

/** [low, high] of each feature. */
export type Box = readonly (readonly [number, number])[];

const LEAF = -2;
const MAX_DEPTH = 64; // Optuna's fANOVA

/**
 * The tree of the examples named by `rows` (repeats allowed) of `features` [n][numFeatures]. `random`
 * decides between features that split a node equally well: small nodes have many such ties, and a fixed
 * order would credit the first feature with all of them.
 */
export function growTree(
  features: readonly (readonly number[])[],
  targets: readonly number[],
  rows: readonly number[],
  random: Random,
): RegressionTree {
  const tree = {
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };
  const grow = (members: readonly number[], depth: number): number => {
    const node = tree.value.length;
    const sum = members.reduce((total, row) => total + targets[row]!, 0);
    tree.value.push(sum / members.length);
    tree.feature.push(LEAF);
    tree.threshold.push(LEAF);
    tree.left.push(-1);
    tree.right.push(-1);
    const split = depth < MAX_DEPTH ? bestSplit(features, targets, members, random) : null;
    if (split !== null) {
      const goesLeft = (row: number): boolean => features[row]![split.feature]! <= split.threshold;
      tree.feature[node] = split.feature;
      tree.threshold[node] = split.threshold;
      tree.left[node] = grow(members.filter(goesLeft), depth + 1);
      tree.right[node] = grow(
        members.filter((row) => !goesLeft(row)),
        depth + 1,
      );
    }
    return node;
  };
  grow(rows, 0);
  return tree;
}

/** The split with the largest fall of squared error; null if the node is pure or cannot be split. */
function bestSplit(
  features: readonly (readonly number[])[],
  targets: readonly number[],
  members: readonly number[],
  random: Random,
): { readonly feature: number; readonly threshold: number } | null {
  const first = targets[members[0]!]!;
  if (members.every((row) => targets[row] === first)) return null;
  const n = members.length;
  const total = members.reduce((sum, row) => sum + targets[row]!, 0);
  let best: { feature: number; threshold: number } | null = null;
  let bestScore = -Infinity;
  for (const feature of random.permutation(features[0]!.length)) {
    const sorted = members.toSorted((a, b) => features[a]![feature]! - features[b]![feature]!);
    let leftSum = 0;
    for (let i = 0; i + 1 < n; i++) {
      leftSum += targets[sorted[i]!]!;
      const here = features[sorted[i]!]![feature]!;
      const next = features[sorted[i + 1]!]![feature]!;
      if (here === next) continue;
      const score = leftSum ** 2 / (i + 1) + (total - leftSum) ** 2 / (n - i - 1);
      if (score > bestScore) {
        bestScore = score;
        const middle = (here + next) / 2;
        best = { feature, threshold: middle < next ? middle : here };
      }
    }
  }
  return best;
}

/** Variance of the prediction over the box. */
export function treeVariance(tree: RegressionTree, box: Box): number {
  const all = box.map((_, feature) => feature);
  return weightedVariance(leavesAt(tree, box, new Map(), all));
}

/** Variance of the prediction's mean over all other features, as `varied` features move through the box. */
export function marginalVariance(
  tree: RegressionTree,
  box: Box,
  varied: readonly number[],
): number {
  const others = box.map((_, feature) => feature).filter((feature) => !varied.includes(feature));
  const means: Weighted[] = [];
  const visit = (index: number, fixed: Map<number, number>, weight: number): void => {
    if (index === varied.length) {
      means.push({ value: weightedMean(leavesAt(tree, box, fixed, others)), weight });
      return;
    }
    const feature = varied[index]!;
    const cuts = cutsOf(tree, box, feature);
    for (let i = 0; i + 1 < cuts.length; i++) {
      const width = cuts[i + 1]! - cuts[i]!;
      visit(index + 1, new Map(fixed).set(feature, (cuts[i]! + cuts[i + 1]!) / 2), weight * width);
    }
  };
  visit(0, new Map(), 1);
  return weightedVariance(means);
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Leaves reached with `fixed` features held, weighted by their volume in the `free` ones. */
function leavesAt(
  tree: RegressionTree,
  box: Box,
  fixed: ReadonlyMap<number, number>,
  free: readonly number[],
): Weighted[] {
  const leaves: Weighted[] = [];
  const low = box.map(([from]) => from);
  const high = box.map(([, to]) => to);
  const visit = (node: number): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) {
      const weight = free.reduce((volume, each) => volume * (high[each]! - low[each]!), 1);
      leaves.push({ value: tree.value[node]!, weight });
      return;
    }
    const threshold = tree.threshold[node]!;
    const held = fixed.get(feature);
    if (held !== undefined) {
      visit(held <= threshold ? tree.left[node]! : tree.right[node]!);
      return;
    }
    const [from, to] = [low[feature]!, high[feature]!];
    if (from < threshold) {
      high[feature] = Math.min(to, threshold);
      visit(tree.left[node]!);
      high[feature] = to;
    }
    if (threshold < to) {
      low[feature] = Math.max(from, threshold);
      visit(tree.right[node]!);
      low[feature] = from;
    }
  };
  visit(0);
  return leaves;
}

/** The box's ends and the tree's thresholds of a feature between them, ascending. */
function cutsOf(tree: RegressionTree, box: Box, feature: number): number[] {
  const [low, high] = box[feature]!;
  const inside = tree.threshold.filter(
    (threshold, node) => tree.feature[node] === feature && threshold > low && threshold < high,
  );
  return [...new Set([low, ...inside, high])].sort((a, b) => a - b);
}

function weightedMean(items: readonly Weighted[]): number {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  return items.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
}

function weightedVariance(items: readonly Weighted[]): number {
  const mean = weightedMean(items);
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  return items.reduce((sum, { value, weight }) => sum + weight * (value - mean) ** 2, 0) / total;
}
