// What a study over federated trials is started with: the study itself (tuning/study-config.ts) and the
// run that its trials vary. One schema for the dashboard's form, the command line and storage.
import * as v from 'valibot';
import { defaultRunConfig, runConfigSchema, type RunConfig } from './run-config.ts';
import { studyConfigSchema } from '../tuning/study-config.ts';
import { defaultStudyConfig, tunableFields } from './sweep.ts';

/** Trials that run at the same time. */
export const parallelTrialsSchema = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20));

export const studySetupSchema = v.pipe(
  v.strictObject({
    study: studyConfigSchema,
    /** Every trial is this run with its own parameters in place of the fields of the same name. */
    base: runConfigSchema,
    parallelTrials: parallelTrialsSchema,
  }),
  v.check(
    ({ study }) => study.direction === 'maximize',
    'a study of runs maximises the validation accuracy',
  ),
  v.check(
    ({ study }) =>
      Object.keys(study.searchSpace).every((name) =>
        tunableFields.includes(name as keyof RunConfig),
      ),
    'the search space names a field that cannot be swept',
  ),
);

export type StudySetup = v.InferOutput<typeof studySetupSchema>;

/** The notebook's sweep over the main job. */
export const defaultStudySetup: StudySetup = {
  study: defaultStudyConfig,
  base: defaultRunConfig,
  parallelTrials: 1,
};
