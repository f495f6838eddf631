// What the page asks its importance worker, and what it answers.
import type { Importance } from '../../../core/tuning/importance/importance.ts';
import type { StudyDirection, Trial } from '../../../core/tuning/trial.ts';

export type ImportanceMethod = 'ped-anova' | 'fanova';

export interface ImportanceRequest {
  readonly method: ImportanceMethod;
  /** Reports are left out: importances are of values. */
  readonly trials: readonly Trial[];
  readonly direction: StudyDirection;
  readonly seed: number;
}

export interface ImportanceAnswer {
  /** Of the request, so that an answer to an older one is told apart. */
  readonly method: ImportanceMethod;
  readonly numTrials: number;
  readonly importances: readonly Importance[];
}
