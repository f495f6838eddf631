// The words of Optuna's JournalStorage files (what `optuna` and `optuna-dashboard` open): one JSON
// object a line, append-only; replayed in order it is the study. journal-writer.ts and journal-reader.ts
// use them. Format as observed in Optuna v4.9.0 and 5.0.0.dev (https://github.com/optuna/optuna).
import * as v from 'valibot';
import type { Distribution } from './distribution.ts';
import { parseJson, stringifyJson } from './non-finite-json.ts';
import { distributionSchema } from './study-config.ts';
import type { StudyDirection, TrialState } from './trial.ts';

export const operation = {
  createStudy: 0,
  deleteStudy: 1,
  setStudyUserAttr: 2,
  setStudySystemAttr: 3,
  createTrial: 4,
  setTrialParam: 5,
  setTrialStateValues: 6,
  setTrialIntermediateValue: 7,
  setTrialUserAttr: 8,
  setTrialSystemAttr: 9,
  discardTrials: 10, // 5.0 only; Python ignores it
} as const;

export const stateCode: Readonly<Record<TrialState, number>> = {
  running: 0,
  complete: 1,
  pruned: 2,
  failed: 3,
  waiting: 4,
};

export const directionCode: Readonly<Record<StudyDirection, number>> = { minimize: 1, maximize: 2 };

/** Study attributes of this project: what Optuna does not store and a resumed study needs. */
export const CONFIG_ATTR = 'roundtable:config';
export const PRUNER_MEMORY_ATTR = 'roundtable:pruner_memory';
/** Optuna's name of the list of metric names. */
export const METRIC_NAMES_ATTR = 'study:metric_names';

/** A distribution as the JSON text that stands inside the JSON of a record. */
export function distributionToText(distribution: Distribution): string {
  if (distribution.kind === 'categorical') {
    const { choices } = distribution;
    return stringifyJson({ name: 'CategoricalDistribution', attributes: { choices } });
  }
  const { low, high, log, step } = distribution;
  const name = distribution.kind === 'int' ? 'IntDistribution' : 'FloatDistribution';
  return stringifyJson({ name, attributes: { log, step, low, high } });
}

const kindOf: Readonly<Record<string, Distribution['kind']>> = {
  IntDistribution: 'int',
  FloatDistribution: 'float',
  CategoricalDistribution: 'categorical',
};

/** The distribution in such a text; null if it is none that is known. */
export function distributionFromText(text: string): Distribution | null {
  try {
    const { name, attributes } = parseJson(text) as { name: string; attributes: object };
    const read = v.safeParse(distributionSchema, { kind: kindOf[name], ...attributes });
    return read.success ? read.output : null;
  } catch {
    return null; // not JSON, or not an object
  }
}
