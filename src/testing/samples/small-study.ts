// A study that tests start: over the units alone, of random trials that nothing prunes.
import * as v from 'valibot';
import { defaultRunConfig, type RunConfig } from '../../core/experiment/run-config.ts';
import { studySetupSchema, type StudySetup } from '../../core/experiment/study-setup.ts';
import { intDistribution } from '../../core/tuning/distribution.ts';

export interface SmallStudyChanges {
  readonly study?: Partial<StudySetup['study']>;
  readonly base?: Partial<RunConfig>;
  readonly parallelTrials?: number;
}

export function smallStudy(changes: SmallStudyChanges = {}): StudySetup {
  return v.parse(studySetupSchema, {
    study: {
      name: 'a study',
      direction: 'maximize',
      searchSpace: { units: intDistribution(64, 256) },
      sampler: { type: 'random' },
      pruner: { type: 'none' },
      numTrials: 3,
      seed: 5,
      ...changes.study,
    },
    base: { ...defaultRunConfig, clients: 3, rounds: 2, ...changes.base },
    parallelTrials: changes.parallelTrials ?? 1,
  });
}

/** What its trials come to: more units are better, and each round helps. */
export function smallStudyAccuracy({ units }: RunConfig, round: number): number {
  return Math.round(2 * units * (1 + round / 10)) / 1000;
}
