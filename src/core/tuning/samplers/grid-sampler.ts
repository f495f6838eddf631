// Every point of a grid once, in a seeded order. The first trials take the point of their own number;
// later ones (failed trials leave gaps) an unvisited point at random, then one that is only being
// visited. A trial remembers its grid and point, so that parallel and resumed studies agree. An enqueued
// trial has no point; what it does not fix is drawn at random (Optuna stops the study there).
import { createRandom } from '../../math/random.ts';
import {
  contains,
  toInternal,
  type Distribution,
  type ParamValue,
  type SearchSpace,
} from '../distribution.ts';
import type { GridValues } from '../study-config.ts';
import { FIXED_PARAMS, type Trial } from '../trial.ts';
import { randomSampler } from './random-sampler.ts';
import { ontoGrid } from './unit-interval.ts';
import type { Sampler, SamplerContext } from './sampler.ts';

const GRID_ID = 'grid_id';

/** A sampler over the product of `values`; `seed` shuffles it. */
export function gridSampler(values: GridValues, seed: number): Sampler {
  const names = Object.keys(values).sort();
  const numPoints = names.reduce((product, name) => product * values[name]!.length, 1);
  const order = createRandom(seed, 'grid').permutation(numPoints);

  const pointOf = (trial: Trial): number | null => {
    const id = trial.systemAttrs[GRID_ID];
    return typeof id === 'number' && sameGrid(trial.systemAttrs['search_space'], values)
      ? id
      : null;
  };
  // A failed trial has not visited its point.
  const unvisited = (trials: readonly Trial[], countRunning: boolean): number[] => {
    const visited = new Set<number>();
    for (const trial of trials) {
      const counts =
        trial.state === 'complete' ||
        trial.state === 'pruned' ||
        (countRunning && trial.state === 'running');
      const id = counts ? pointOf(trial) : null;
      if (id !== null) visited.add(id);
    }
    return Array.from({ length: numPoints }, (_, id) => id).filter((id) => !visited.has(id));
  };

  function choosePoint(context: SamplerContext): number {
    const { trial } = context;
    if (trial.number < numPoints) return trial.number;
    const others = context.trials.filter((other) => other.number !== trial.number);
    const free = unvisited(others, true);
    const candidates = free.length > 0 ? free : unvisited(others, false);
    const random = context.random('grid');
    return candidates.length > 0
      ? candidates[random.below(candidates.length)]!
      : random.below(numPoints);
  }

  function valueAt(id: number, name: string): ParamValue {
    let rest = order[id]!;
    for (const other of names.toReversed()) {
      const choices = values[other]!;
      if (other === name) return choices[rest % choices.length]!;
      rest = Math.floor(rest / choices.length);
    }
    throw new RangeError(`grid: no values are given for ${name}`);
  }

  return {
    beforeTrial(context) {
      const { systemAttrs } = context.trial;
      if (FIXED_PARAMS in systemAttrs || GRID_ID in systemAttrs) return {}; // enqueued, retried
      return { search_space: values, [GRID_ID]: choosePoint(context) };
    },
    sampleRelative: () => ({ params: {} }),
    sampleIndependent(context, name, distribution) {
      const id = pointOf(context.trial);
      if (id === null) return randomSampler.sampleIndependent(context, name, distribution);
      const value = valueAt(id, name);
      if (!contains(distribution, value)) {
        throw new RangeError(`grid: ${String(value)} is not a value of ${name}`);
      }
      return toInternal(distribution, value);
    },
    isExhausted: ({ trials }) => unvisited(trials, true).length === 0,
  };
}

/** About `numPoints` values a numeric parameter, evenly spread on its own scale; every choice. */
export function spreadGrid(space: SearchSpace, numPoints: number): GridValues {
  const spread = (distribution: Distribution): readonly ParamValue[] => {
    if (distribution.kind === 'categorical') return distribution.choices;
    const { low, high, log } = distribution;
    const values = Array.from({ length: numPoints }, (_, i) => {
      const share = numPoints === 1 ? 0.5 : i / (numPoints - 1);
      if (share === 0) return low;
      if (share === 1) return high;
      return ontoGrid(distribution, log ? low * (high / low) ** share : low + share * (high - low));
    });
    return [...new Set(values)];
  };
  return Object.fromEntries(Object.entries(space).map(([name, each]) => [name, spread(each)]));
}

function sameGrid(recorded: unknown, values: GridValues): boolean {
  return JSON.stringify(recorded) === JSON.stringify(values);
}
