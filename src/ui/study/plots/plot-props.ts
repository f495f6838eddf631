// What every plot of a study is given: the trials it may show and what they are judged by.
import type { StudyConfig } from '../../../core/tuning/study-config.ts';
import type { Trial } from '../../../core/tuning/trial.ts';

export interface PlotProps {
  /** Already filtered; unchanged trials keep their identity between updates. */
  readonly trials: readonly Trial[];
  readonly config: StudyConfig;
  /** The best complete trial, null before there is one. */
  readonly best: Trial | null;
}
