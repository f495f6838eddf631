// From a sampler's configuration to the sampler.
import type { SamplerConfig } from '../study-config.ts';
import { gridSampler } from './grid-sampler.ts';
import { qmcSampler } from './qmc-sampler.ts';
import { randomSampler } from './random-sampler.ts';
import type { Sampler } from './sampler.ts';
import { tpeSampler } from './tpe/tpe-sampler.ts';

export function createSampler(config: SamplerConfig, seed: number): Sampler {
  switch (config.type) {
    case 'random':
      return randomSampler;
    case 'grid':
      return gridSampler(config.values, seed);
    case 'qmc':
      return qmcSampler(seed);
    case 'tpe':
      return tpeSampler(config);
    default:
      return config satisfies never;
  }
}
