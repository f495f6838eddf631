// The part of a study's setup that is not the engine's, as attributes of the study: so that a journal
// that was exported here brings along the run that its trials vary, and how many run side by side.
import * as v from 'valibot';
import { parallelTrialsSchema, type StudySetup } from '../../experiment/study-setup.ts';
import type { Attributes } from '../../tuning/trial.ts';
import { runConfigSchema } from '../../experiment/run-config.ts';

const BASE_ATTR = 'roundtable:run';
const PARALLEL_ATTR = 'roundtable:parallel-trials';

export function setupToAttrs({ base, parallelTrials }: StudySetup): Attributes {
  return { [BASE_ATTR]: JSON.stringify(base), [PARALLEL_ATTR]: parallelTrials };
}

/** Null if the study was not exported here, or by a build whose runs had other fields. */
export function setupFromAttrs(attrs: Attributes): Omit<StudySetup, 'study'> | null {
  const text = attrs[BASE_ATTR];
  if (typeof text !== 'string') return null;
  try {
    const base = v.safeParse(runConfigSchema, JSON.parse(text));
    // Builds that ran one trial at a time left the number out.
    const parallel = v.safeParse(parallelTrialsSchema, attrs[PARALLEL_ATTR]);
    const parallelTrials = parallel.success ? parallel.output : 1;
    return base.success ? { base: base.output, parallelTrials } : null;
  } catch {
    return null; // not JSON
  }
}
