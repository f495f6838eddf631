// The part of a study's setup that is not the engine's, as an attribute of the study: so that a journal
// that was exported here brings along the run that its trials vary.
import * as v from 'valibot';
import type { StudySetup } from '../tuning/study-setup.ts';
import type { Attributes } from '../tuning/trial.ts';
import { runConfigSchema } from './run-config.ts';

const BASE_ATTR = 'roundtable:run';

export function setupToAttrs({ base }: StudySetup): Attributes {
  return { [BASE_ATTR]: JSON.stringify(base) };
}

/** Null if the study was not exported here, or by a build whose runs had other fields. */
export function setupFromAttrs(attrs: Attributes): Omit<StudySetup, 'study'> | null {
  const text = attrs[BASE_ATTR];
  if (typeof text !== 'string') return null;
  try {
    const base = v.safeParse(runConfigSchema, JSON.parse(text));
    return base.success ? { base: base.output, parallelTrials: 1 } : null;
  } catch {
    return null; // not JSON
  }
}
