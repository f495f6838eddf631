// Quasi-random search: the points of one low-discrepancy sequence, spread more evenly than random ones
// (Bergstra & Bengio 2012, section 4). Trials share the sequence; each remembers its index. Over the
// declared space, or without one over that of the first finished trial.
import { isSingle, type SearchSpace } from '../distribution.ts';
import { isFinished, type Trial } from '../trial.ts';
import { randomSampler } from './random-sampler.ts';
import { scrambledHalton } from './halton.ts';
import type { Sampler } from './sampler.ts';
import { atQuantile } from './unit-interval.ts';

const INDEX = 'qmc_index';

/** A sampler over scrambled Halton points; `seed` scrambles. */
export function qmcSampler(seed: number): Sampler {
  return {
    sampleRelative({ trials, searchSpace }) {
      const declared = Object.keys(searchSpace).length > 0;
      const space = declared ? searchSpace : firstFinishedSpace(trials);
      const names = Object.keys(space)
        .filter((name) => !isSingle(space[name]!))
        .sort();
      if (names.length === 0) return { params: {} };
      const index = trials.filter((trial) => trial.systemAttrs[INDEX] !== undefined).length;
      const point = scrambledHalton(seed, index, names.length);
      const params = names.map((name, i) => [name, atQuantile(space[name]!, point[i]!)] as const);
      return { params: Object.fromEntries(params), attrs: { [INDEX]: index } };
    },
    sampleIndependent: randomSampler.sampleIndependent,
  };
}

function firstFinishedSpace(trials: readonly Trial[]): SearchSpace {
  const first = trials.find((trial) => isFinished(trial) && trial.state !== 'failed');
  return first?.distributions ?? {};
}
