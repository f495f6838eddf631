// The JSON that a headless study writes, from a view of the server: of the finished study, or of what was
// finished when it was interrupted.
import { createRandom } from '../src/core/math/random.ts';
import type { ServerView } from '../src/core/protocol/view.ts';
import { fanovaImportances } from '../src/core/tuning/importance/fanova.ts';
import type { ParamValue } from '../src/core/tuning/distribution.ts';
import type { StudySetup } from '../src/core/experiment/study-setup.ts';
import { exportTrial, type ExportedTrial } from '../src/core/tuning/trial-export.ts';
import { isFinished, type Trial } from '../src/core/tuning/trial.ts';
import { withReasonInWords } from '../src/words.ts';

export interface StudyResult {
  readonly version: 1;
  readonly config: StudySetup;
  /** Those that are over, by number. */
  readonly trials: readonly ExportedTrial[];
  /** Highest validation accuracy; `testAccuracy` is null until the study is over. */
  readonly best: {
    readonly number: number;
    readonly params: Readonly<Record<string, ParamValue>>;
    readonly value: number;
    readonly testAccuracy: number | null;
  } | null;
  /** By parameter (fANOVA), summing to 1; empty with fewer than two complete trials. */
  readonly importance: Readonly<Record<string, number>>;
  readonly wallMilliseconds: number;
}

/** Throws an Error in one sentence when there is no study. */
export function shapeStudyResult({ study, trials }: ServerView, wallMs: number): StudyResult {
  if (study === null) throw new Error('there is no study');
  const { setup, best } = study;
  return {
    version: 1,
    config: setup,
    trials: trials.filter(isFinished).map((trial) => exportTrial(withReasonInWords(trial))),
    best:
      best === null
        ? null
        : {
            number: best.number,
            params: best.params,
            value: best.value,
            testAccuracy: best.test?.accuracy ?? null,
          },
    importance: importanceOf(setup, trials),
    wallMilliseconds: Math.round(wallMs),
  };
}

function importanceOf({ study }: StudySetup, trials: readonly Trial[]): Record<string, number> {
  const complete = trials.filter(({ state }) => state === 'complete');
  if (complete.length < 2) return {};
  const random = createRandom(study.seed, 'importance');
  const importances = fanovaImportances(complete, study.direction, random);
  return Object.fromEntries(importances.map(({ name, value }) => [name, value]));
}
