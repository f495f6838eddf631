// The best value that the header keeps in sight: the study's while one is at the table, else the run's.
import type { ServerView } from '../../core/protocol/view.ts';
import { formatPercent } from '../format.ts';
import { studyAtTable } from '../words.ts';

export interface BestInSight {
  /** As it is shown, with its unit. */
  readonly value: string;
  /** Whose value it is, null for the run's own. */
  readonly of: string | null;
  /** In a sentence. */
  readonly meaning: string;
}

export function bestInSight(view: ServerView | null): BestInSight {
  const study = studyAtTable(view);
  if (study === null) {
    return {
      value: formatPercent(bestAccuracy(view?.history ?? [])),
      of: null,
      meaning: 'Best validation accuracy of the run so far',
    };
  }
  const { best } = study;
  return {
    value: formatPercent(best?.value ?? null),
    of: best === null ? null : `trial ${best.number}`,
    meaning:
      best === null
        ? 'Best value of the study: none before a trial is complete'
        : `Best ${study.setup.study.metricName} of the study so far, of trial ${best.number}`,
  };
}

/** Best validation accuracy of a history; null when it has no rounds. */
export function bestAccuracy(
  history: readonly { readonly validationAccuracy: number }[],
): number | null {
  return history.length === 0
    ? null
    : Math.max(...history.map(({ validationAccuracy }) => validationAccuracy));
}
