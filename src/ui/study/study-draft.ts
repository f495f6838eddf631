// The study being configured, as the texts that were typed: from the URL, to the URL, and the setup that
// they make. The run that the trials vary is the configuration of the Table view: it is set once.
import * as v from 'valibot';
import { configFields, type ConfigField } from '../../core/experiment/config-fields.ts';
import {
  toExternal,
  type Distribution,
  type NumericDistribution,
  type SearchSpace,
} from '../../core/tuning/distribution.ts';
import type { GridValues } from '../../core/tuning/study-config.ts';
import { studySetupSchema, type StudySetup } from '../../core/experiment/study-setup.ts';
import {
  defaultStudyConfig,
  readDistribution,
  shortStudyRules,
  tunableFields,
  writeDistribution,
} from '../../core/experiment/sweep.ts';
import { draftConfig } from '../url-state.ts';
import { studyFields, type StudyField } from './study-fields.ts';

export type Texts = Readonly<Record<string, string>>;

export interface DraftProblem {
  /** The field's key, or '' for the whole. */
  readonly key: string;
  /** What was expected, as a sentence without the field's name. */
  readonly expected: string;
}

/** The fields of a run that a study can sweep. */
export const sweepableFields: readonly ConfigField[] = configFields.filter(({ name }) =>
  tunableFields.includes(name),
);

/** A swept field's key in the texts and the URL. */
export function rangeKey(name: string): string {
  return `sweep.${name}`;
}

/** How a field is swept, '' where it is fixed. */
export function rangeText(texts: Texts, name: string): string {
  const swept = defaultStudyConfig.searchSpace[name];
  return texts[rangeKey(name)] ?? (swept === undefined ? '' : writeDistribution(swept));
}

export function studyFieldText(texts: Texts, field: StudyField): string {
  return texts[field.key] ?? initialText(texts, field);
}

/** What stands in a field that nobody typed in: a short study learns and prunes sooner. */
export function initialText(texts: Texts, field: StudyField): string {
  const typed = Number(texts['trials'] ?? defaultStudyConfig.numTrials);
  const rules = shortStudyRules(typed >= 1 ? typed : defaultStudyConfig.numTrials);
  if (field.key === 'sampler.startup') return String(rules.sampler.numStartupTrials);
  if (field.key === 'pruner.startup') return String(rules.pruner.numStartupTrials);
  return field.initial;
}

/** Only fields that the others leave something to decide. */
export function relevantFields(texts: Texts): readonly StudyField[] {
  const textOf = (key: string) => {
    const field = studyFields.find((one) => one.key === key);
    return field === undefined ? '' : studyFieldText(texts, field);
  };
  return studyFields.filter(
    ({ onlyWhen }) => onlyWhen === undefined || onlyWhen.isOneOf.includes(textOf(onlyWhen.key)),
  );
}

/** Texts of the study that the URL names; an absent one is its default. */
export function readStudyUrl(search: string): Texts {
  const parameters = new URLSearchParams(search);
  const texts: Record<string, string> = {};
  for (const key of urlKeys) {
    const text = parameters.get(key);
    if (text !== null) texts[key] = text;
  }
  return texts;
}

/** The query string with the study's texts that differ from their defaults; all other names are kept. */
export function writeStudyUrl(texts: Texts, search: string): string {
  const parameters = new URLSearchParams(search);
  for (const key of urlKeys) parameters.delete(key);
  for (const { name } of sweepableFields) {
    const text = rangeText(texts, name);
    if (text !== rangeText({}, name)) parameters.set(rangeKey(name), text);
  }
  for (const field of relevantFields(texts)) {
    const text = studyFieldText(texts, field);
    if (text !== initialText(texts, field)) parameters.set(field.key, text);
  }
  const written = parameters.toString();
  return written === '' ? '' : `?${written}`;
}

/** The setup that the texts describe, null while something of them cannot be read. */
export function draftSetup(
  texts: Texts,
  runTexts: Texts,
): { readonly setup: StudySetup | null; readonly problems: readonly DraftProblem[] } {
  const problems: DraftProblem[] = [];
  const run = draftConfig(runTexts);
  const searchSpace: Record<string, Distribution> = {};
  for (const field of sweepableFields) {
    const text = rangeText(texts, field.name);
    if (text === '') continue;
    const distribution = readDistribution(field, text);
    if (distribution === null) {
      problems.push({ key: rangeKey(field.name), expected: rangeExpectation(field) });
    } else searchSpace[field.name] = distribution;
  }
  for (const { field, expected } of run.problems) {
    if (searchSpace[field] === undefined) problems.push({ key: field, expected });
  }
  if (Object.keys(searchSpace).length === 0 && problems.length === 0) {
    problems.push({ key: '', expected: 'at least one parameter with a range' });
  }
  for (const field of relevantFields(texts)) {
    const expected = problemOf(field, studyFieldText(texts, field));
    if (expected !== null) problems.push({ key: field.key, expected });
  }
  if (problems.length > 0) return { setup: null, problems };

  const valueOf = (key: string): string =>
    studyFieldText(
      texts,
      studyFields.find((field) => field.key === key)!,
    );
  const read = v.safeParse(studySetupSchema, {
    study: {
      ...defaultStudyConfig,
      searchSpace,
      sampler: samplerOf(valueOf, searchSpace),
      pruner: prunerOf(valueOf),
      numTrials: Number(valueOf('trials')),
      seed: Number(valueOf('study-seed')),
    },
    base: run.config,
    parallelTrials: Number(valueOf('parallel')),
  });
  if (read.success) return { setup: read.output, problems };
  return { setup: null, problems: [{ key: '', expected: read.issues[0].message }] };
}

/** Values of a grid: every choice, `count` of each range (fewer where there are no more). */
export function gridValues(searchSpace: SearchSpace, count: number): GridValues {
  return Object.fromEntries(
    Object.entries(searchSpace).map(([name, distribution]) => [
      name,
      distribution.kind === 'categorical'
        ? distribution.choices
        : [...new Set(spread(distribution, count))],
    ]),
  );
}

/** The text of a range as its parts, also while it is not complete. */
export function rangeParts(text: string): { low: string; high: string; scale: string } {
  const [low = '', high = '', scale = ''] = text.split(':');
  return { low, high, scale };
}

export function rangeOf(parts: { low: string; high: string; scale: string }): string {
  const { low, high, scale } = parts;
  return scale === '' ? `${low}:${high}` : `${low}:${high}:${scale}`;
}

/** A range to begin with when a field that was fixed is to be swept. */
export function firstRange(field: ConfigField): string {
  if (field.kind === 'choice') return field.choices.map(({ value }) => value).join();
  const starts: Readonly<Record<string, string>> = {
    units: '64:256',
    hiddenLayers: '1:3',
    learningRate: '0.00001:0.1:log',
    momentum: '0:0.9:0.1',
    batchSize: '16:128:log',
    localEpochs: '1:4',
    fraction: '0.2:1:0.2',
  };
  return starts[field.name] ?? `${field.low}:${field.high}`;
}

const urlKeys: readonly string[] = [
  ...sweepableFields.map(({ name }) => rangeKey(name)),
  ...studyFields.map(({ key }) => key),
];

function problemOf(field: StudyField, text: string): string | null {
  if (field.kind === 'choice') {
    return field.choices.some(([value]) => value === text)
      ? null
      : `one of ${field.choices.map(([value]) => value).join(', ')}`;
  }
  const { kind, low, high } = field;
  const value = Number(text);
  const isGood =
    text.trim() !== '' &&
    value >= low &&
    value <= high &&
    (kind === 'real' || Number.isInteger(value));
  return isGood
    ? null
    : `${kind === 'integer' ? 'a whole number' : 'a number'} from ${low} to ${high}`;
}

function rangeExpectation(field: ConfigField): string {
  if (field.kind === 'choice') return 'at least one choice';
  return `low and high within ${field.low} to ${field.high}, low not above high${
    field.kind === 'integer' ? ', whole numbers' : ''
  }; above 0 for a logarithmic scale`;
}

function samplerOf(valueOf: (key: string) => string, searchSpace: SearchSpace) {
  const type = valueOf('sampler');
  if (type === 'grid') {
    return { type, values: gridValues(searchSpace, Number(valueOf('sampler.values'))) };
  }
  if (type !== 'tpe') return { type };
  return {
    type,
    joint: valueOf('sampler.joint') === 'yes',
    numStartupTrials: Number(valueOf('sampler.startup')),
  };
}

function prunerOf(valueOf: (key: string) => string) {
  const type = valueOf('pruner');
  const startup = { numStartupTrials: Number(valueOf('pruner.startup')) };
  const warmup = { numWarmupSteps: Number(valueOf('pruner.warmup')) };
  switch (type) {
    case 'median':
      return { type, ...startup, ...warmup };
    case 'percentile':
      return { type, percentile: Number(valueOf('pruner.percentile')), ...startup, ...warmup };
    case 'threshold':
      return { type, lower: Number(valueOf('pruner.lower')), ...warmup };
    case 'patient':
      return { type, patience: Number(valueOf('pruner.patience')), wrapped: { type: 'median' } };
    case 'halving':
    case 'hyperband':
      return { type, reductionFactor: Number(valueOf('pruner.factor')) };
    default:
      return { type };
  }
}

/** `count` values from low to high, evenly on the distribution's scale, ascending. */
function spread(distribution: NumericDistribution, count: number): number[] {
  const { low, high, log, step } = distribution;
  return Array.from({ length: count }, (_, index) => {
    const share = index / (count - 1);
    const exact = log ? low * (high / low) ** share : low + share * (high - low);
    const onGrid = step === null || log ? exact : low + Math.round((exact - low) / step) * step;
    const rounded =
      distribution.kind === 'int' ? Math.round(onGrid) : Number(onGrid.toPrecision(12));
    return toExternal(distribution, rounded) as number;
  });
}
