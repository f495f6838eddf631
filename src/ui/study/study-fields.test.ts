// The study's form offers what a study can be set to: a sampler or pruner that it forgot could be chosen
// on no page.
import { expect, it } from 'vitest';
import { prunerSchema, samplerSchema } from '../../core/tuning/study-config.ts';
import { studyFields } from './study-fields.ts';

it.each([
  ['sampler', samplerSchema.options],
  ['pruner', prunerSchema.options],
] as const)('offers every %s of the schema', (key, options) => {
  const field = studyFields.find((each) => each.key === key);
  if (field?.kind !== 'choice') throw new Error(`${key} is no choice`);
  const types = options.map(({ entries }) => entries.type.literal);
  expect(field.choices.map(([value]) => value).toSorted()).toEqual(types.toSorted());
});
