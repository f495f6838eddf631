// From a pruner's configuration to the pruner.
import type { PrunerConfig } from '../study-config.ts';
import { halvingPruner } from './halving-pruner.ts';
import { hyperbandPruner } from './hyperband-pruner.ts';
import { patientPruner } from './patient-pruner.ts';
import { percentilePruner } from './percentile-pruner.ts';
import { KEEP, type Pruner } from './pruner.ts';
import { thresholdPruner } from './threshold-pruner.ts';

export function createPruner(config: PrunerConfig): Pruner {
  switch (config.type) {
    case 'none':
      return { decide: () => KEEP };
    case 'median':
      return percentilePruner({ ...config, percentile: 50 });
    case 'percentile':
      return percentilePruner(config);
    case 'threshold':
      return thresholdPruner(config);
    case 'patient':
      return patientPruner(config.wrapped === null ? null : createPruner(config.wrapped), config);
    case 'halving':
      return halvingPruner(config);
    case 'hyperband':
      return hyperbandPruner(config);
    default:
      return config satisfies never;
  }
}
