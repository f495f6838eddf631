// Every parameter uniformly at random (in the logarithm where the distribution is log), independently:
// Bergstra & Bengio 2012, "Random search for hyper-parameter optimization", JMLR 13.
import { atQuantile } from './unit-interval.ts';
import type { Sampler } from './sampler.ts';

export const randomSampler: Sampler = {
  sampleRelative: () => ({ params: {} }),
  sampleIndependent: (context, name, distribution) =>
    atQuantile(distribution, context.random('random', name).uniform()),
};
