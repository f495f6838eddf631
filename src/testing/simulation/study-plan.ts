// The studies that simulated federations run: short, but long enough for TPE and the median rule to begin.
import { intDistribution, type SearchSpace } from '../../core/tuning/distribution.ts';
import { createStudy } from '../../core/tuning/study.ts';
import type { StudyConfig } from '../../core/tuning/study-config.ts';

/** Sweeps `units`, and what else is given. */
export function simulatedStudy(
  seed: number,
  numTrials: number,
  alsoSwept: SearchSpace = {},
): StudyConfig {
  return createStudy({
    name: 'simulated',
    direction: 'maximize',
    searchSpace: { units: intDistribution(64, 256), ...alsoSwept },
    sampler: { type: 'tpe', numStartupTrials: 3 },
    pruner: { type: 'median', numStartupTrials: 2, numWarmupSteps: 2 },
    numTrials,
    seed,
  }).config;
}
