// A study as text and back, for whoever keeps one after each event in a file. (The server needs none: its
// storage clones plain data.) The conformance suites take every sampler and pruner through it.
import * as v from 'valibot';
import { parseJson, stringifyJson } from './non-finite-json.ts';
import type { Study } from './study.ts';
import { studyConfigSchema } from './study-config.ts';

/** Raised with every change that an older reader could not understand. */
const VERSION = 1;

export function studyToJson(study: Study): string {
  return stringifyJson({ version: VERSION, ...study });
}

/** The study that `studyToJson` wrote. Throws on another version, bad JSON or a bad configuration. */
export function studyFromJson(text: string): Study {
  const { version, ...study } = parseJson(text) as unknown as Study & { version: unknown };
  if (version !== VERSION) throw new RangeError(`study: version ${String(version)}`);
  return { ...study, config: v.parse(studyConfigSchema, study.config) };
}
