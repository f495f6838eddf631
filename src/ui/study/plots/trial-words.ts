// A trial in the readout of a chart: its name and state, its value and all its parameters.
import { useMemo } from 'react';
import type { StudyConfig } from '../../../core/tuning/study-config.ts';
import type { Trial } from '../../../core/tuning/trial.ts';
import { formatParam, paramLabel, trialNumber, valueFormat } from '../trial-look.ts';
import { shownValue } from './trial-series.ts';

interface TrialWords {
  readonly nameOf: (mark: { readonly id: string }) => string;
  readonly describe: (mark: { readonly id: string }) => readonly (readonly [string, string])[];
}

/** `trials` are looked up when a mark is pointed at. */
export function useTrialWords(trials: readonly Trial[], config: StudyConfig): TrialWords {
  const { metricName } = config;
  return useMemo(() => {
    const format = valueFormat(metricName);
    const find = (id: string): Trial | undefined => {
      const number = trialNumber(id);
      return trials.find((trial) => trial.number === number);
    };
    return {
      nameOf: ({ id }) => {
        const trial = find(id);
        return trial === undefined ? '' : `Trial ${trial.number}, ${trial.state}`;
      },
      describe: ({ id }) => {
        const trial = find(id);
        if (trial === undefined) return [];
        return [
          [metricName, format(shownValue(trial))],
          ...Object.entries(trial.params).map(
            ([name, value]) => [paramLabel(name), formatParam(value)] as const,
          ),
        ];
      },
    };
  }, [trials, metricName]);
}
