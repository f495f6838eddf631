// fANOVA: the share of a random forest's variance that a parameter explains alone (Hutter, Hoos &
// Leyton-Brown 2014, ICML). Features are raw values, as Optuna's, so a log-uniform learning rate is
// judged mostly on its top decade; PED-ANOVA is the default for that reason.
import type { Random } from '../../math/random.ts';
import { toInternal, type Distribution } from '../distribution.ts';
import { intersectionSpace } from '../search-space.ts';
import type { StudyDirection, Trial } from '../trial.ts';
import { finiteLosses, rankImportances, type Importance } from './importance.ts';
import { growTree, marginalVariance, treeVariance, type Box } from './regression-tree.ts';

const NUM_TREES = 64; // Optuna's default

/**
 * Importances of the parameters that all complete trials have, largest first; all 0 (or equal, if
 * normalised) when the values do not vary. `random` draws the bootstrap samples and breaks ties.
 */
export function fanovaImportances(
  trials: readonly Trial[],
  direction: StudyDirection,
  random: Random,
  options: { readonly normalized?: boolean } = {},
): readonly Importance[] {
  const judged = finiteLosses(trials, direction);
  const space = Object.entries(intersectionSpace(judged.map(({ trial }) => trial)));
  const { box, groups, rowOf } = encodingOf(space);
  const features = judged.map(({ trial }) => rowOf(trial));
  const targets = judged.map(({ loss }) => loss);
  const sums = space.map(() => 0);
  let numTrees = 0;
  for (let tree = 0; tree < NUM_TREES && targets.length > 1; tree++) {
    const bootstrap = targets.map(() => random.below(targets.length));
    const grown = growTree(features, targets, bootstrap, random);
    const variance = treeVariance(grown, box);
    if (!(variance > 0)) continue;
    numTrees++;
    groups.forEach((group, i) => {
      sums[i]! += marginalVariance(grown, box, group) / variance;
    });
  }
  const values = new Map(
    space.map(([name], i) => [name, numTrees === 0 ? 0 : sums[i]! / numTrees]),
  );
  return rankImportances(values, options.normalized ?? true);
}

/** One feature a number, one-hot features for choices; `groups[i]` are the features of parameter i. */
function encodingOf(space: readonly (readonly [string, Distribution])[]) {
  const box: [number, number][] = [];
  const groups = space.map(([, distribution]) => {
    const isChoice = distribution.kind === 'categorical';
    const ranges: [number, number][] = isChoice
      ? distribution.choices.map(() => [0, 1])
      : [[distribution.low, distribution.high]];
    const first = box.length;
    box.push(...ranges);
    return ranges.map((_, i) => first + i);
  });
  const rowOf = (trial: Trial): number[] =>
    space.flatMap(([name, distribution]) => {
      const internal = toInternal(distribution, trial.params[name]!);
      if (distribution.kind !== 'categorical') return [internal];
      return distribution.choices.map((_, choice) => (choice === internal ? 1 : 0));
    });
  return { box: box as Box, groups, rowOf };
}
