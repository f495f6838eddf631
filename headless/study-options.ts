// The options of `npm run headless -- study`: how to search, and what. A field that can be swept takes a
// range or several choices; one value fixes it.
import * as v from 'valibot';
import {
  configFields,
  readConfig,
  type ConfigField,
} from '../src/core/experiment/config-fields.ts';
import type { Distribution, ParamValue } from '../src/core/tuning/distribution.ts';
import {
  prunerNames,
  prunerSchema,
  samplerNames,
  samplerSchema,
  studyConfigSchema,
  type GridValues,
  type PrunerConfig,
} from '../src/core/tuning/study-config.ts';
import { rangeOf } from '../src/core/experiment/schema-range.ts';
import {
  parallelTrialsSchema,
  studySetupSchema,
  type StudySetup,
} from '../src/core/experiment/study-setup.ts';
import {
  defaultStudyConfig,
  readDistribution,
  shortStudyRules,
  tunableFields,
} from '../src/core/experiment/sweep.ts';
import { kebabCase, type Given } from './arguments.ts';

export interface StudyOptions {
  readonly setup: StudySetup;
  /** Number of trials, if it was given. */
  readonly numTrials: number | null;
  /** File for the study as an Optuna journal, written again whenever a trial ends; null: none. */
  readonly journal: string | null;
  /** Journal of the study to go on with; null: a new study. */
  readonly resume: string | null;
}

type Read =
  | { readonly ok: true; readonly options: StudyOptions }
  | { readonly ok: false; readonly message: string };

/** Values that a grid tries of a range without steps. */
const GRID_POINTS = 4;
const { high: MOST_PARALLEL } = rangeOf(parallelTrialsSchema);
/** The percentile pruner keeps the best so many per cent. */
const PERCENTILE = 50;
/** The threshold pruner stops a trial below this accuracy: guessing has 0.1. */
const LOWER = 0.2;
/** The patient pruner forgives so many rounds without improvement, then asks the median. */
const PATIENCE = 3;

export const studyOptionNames = [
  '--trials',
  '--sampler',
  '--pruner',
  '--parallel-trials',
  '--journal',
  '--resume',
];

export const studyHelp = [
  '  A field that can be swept takes low:high, low:high:log, low:high:step or choices with commas, e.g.',
  '  --units 64:256 --learning-rate 1e-5:1e-1:log --optimizer sgd,adam; one value fixes it. Without any',
  `  range the study sweeps units and learning rate. Fields: ${tunableFields.map(kebabCase).join(', ')}.`,
  '',
  `  --trials: Trials in all; default ${defaultStudyConfig.numTrials}.`,
  `  --sampler: One of ${samplerNames.join(', ')}; default tpe. A grid tries ${GRID_POINTS} values of a range without steps.`,
  `  --pruner: One of ${prunerNames.join(', ')}; default median. Percentile keeps the best ${PERCENTILE} %,`,
  `  threshold stops below an accuracy of ${LOWER}, patient forgives ${PATIENCE} rounds without improvement, then asks the median.`,
  `  --parallel-trials: Trials at the same time, each in tabs of its own; default 1, at most ${MOST_PARALLEL}.`,
  '  --journal: File for the study as an Optuna journal, written whenever a trial ends.',
  '  --resume: Journal of a study to go on with; it is kept up to date.',
];

/** `fieldOptions`: the options of a run's fields. */
export function readStudyOptions(given: Given, fieldOptions: readonly string[]): Read {
  const bad = (message: string): Read => ({ ok: false, message });
  const resume = given.get('--resume') ?? null;
  const journal = given.get('--journal') ?? resume;
  if (resume === '' || journal === '') {
    return bad(`${resume === '' ? '--resume' : '--journal'} needs a value`);
  }
  if (resume !== null) {
    const other = [...given.keys()].find(
      (name) =>
        fieldOptions.includes(name) ||
        ['--sampler', '--pruner', '--parallel-trials'].includes(name),
    );
    if (other !== undefined) return bad(`${other} is settled by the journal of --resume`);
  }
  const numTrials = wholeNumber(given.get('--trials'));
  if (Number.isNaN(numTrials)) {
    return bad(`--trials must be a whole number from 1, not "${given.get('--trials')}"`);
  }
  const parallelTrials = wholeNumber(given.get('--parallel-trials')) ?? 1;
  if (!(parallelTrials <= MOST_PARALLEL)) {
    return bad(
      `--parallel-trials must be a whole number from 1 to ${MOST_PARALLEL}, not "${given.get('--parallel-trials')}"`,
    );
  }
  const swept = readFields(given);
  if (!swept.ok) return swept;
  const { base, searchSpace } = swept;
  const samplerName = given.get('--sampler') ?? 'tpe';
  if (!isOneOf(samplerNames, samplerName)) {
    return bad(`--sampler must be one of ${samplerNames.join(', ')}, not "${samplerName}"`);
  }
  const prunerName = given.get('--pruner') ?? 'median';
  if (!isOneOf(prunerNames, prunerName)) {
    return bad(`--pruner must be one of ${prunerNames.join(', ')}, not "${prunerName}"`);
  }
  const rules = shortStudyRules(numTrials ?? defaultStudyConfig.numTrials);
  const setup = v.safeParse(studySetupSchema, {
    study: v.parse(studyConfigSchema, {
      ...defaultStudyConfig,
      searchSpace,
      sampler: v.parse(samplerSchema, {
        ...(samplerName === 'tpe' ? rules.sampler : { type: samplerName }),
        ...(samplerName === 'grid' ? { values: gridOf(searchSpace) } : {}),
      }),
      pruner: v.parse(prunerSchema, prunerOf(prunerName, rules.pruner)),
      numTrials: numTrials ?? defaultStudyConfig.numTrials,
      seed: base.seed,
    }),
    base,
    parallelTrials,
  });
  if (!setup.success) return bad(setup.issues[0].message);
  return { ok: true, options: { setup: setup.output, numTrials, journal, resume } };
}

function isOneOf<Name extends string>(names: readonly Name[], text: string): text is Name {
  return names.some((name) => name === text);
}

/** `median`: the rule for a study of this length. */
function prunerOf(
  type: PrunerConfig['type'],
  median: ReturnType<typeof shortStudyRules>['pruner'],
): v.InferInput<typeof prunerSchema> {
  switch (type) {
    case 'median':
      return median;
    case 'percentile':
      return { ...median, type, percentile: PERCENTILE };
    case 'threshold':
      return { type, lower: LOWER };
    case 'patient':
      return { type, patience: PATIENCE, wrapped: median };
    case 'none':
    case 'halving':
    case 'hyperband':
      return { type };
    default:
      return type satisfies never;
  }
}

/** NaN where it is none, null where nothing was given. */
function wholeNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : NaN;
}

type Fields =
  | {
      readonly ok: true;
      readonly base: StudySetup['base'];
      readonly searchSpace: Record<string, Distribution>;
    }
  | { readonly ok: false; readonly message: string };

function readFields(given: Given): Fields {
  const texts: Record<string, string> = {};
  const ranges: Record<string, Distribution> = {};
  for (const field of configFields) {
    const option = `--${kebabCase(field.name)}`;
    const text = given.get(option);
    if (text === undefined) continue;
    if (!isRange(field, text)) {
      texts[field.name] = text;
      continue;
    }
    const distribution = readDistribution(field, text);
    if (distribution === null) {
      return { ok: false, message: `${option} cannot be swept over "${text}" (see --help)` };
    }
    ranges[field.name] = distribution;
  }
  const { config, problems } = readConfig(texts);
  const [problem] = problems;
  if (problem !== undefined) {
    const { field, expected } = problem;
    return {
      ok: false,
      message: `--${kebabCase(field)} must be ${expected}, not "${texts[field]}"`,
    };
  }
  const isFixed = (name: string) => name in texts;
  const defaults = Object.entries(defaultStudyConfig.searchSpace).filter(
    ([name]) => !isFixed(name),
  );
  const searchSpace = Object.keys(ranges).length > 0 ? ranges : Object.fromEntries(defaults);
  if (Object.keys(searchSpace).length === 0) {
    return { ok: false, message: 'nothing is swept: give a range, e.g. --units 64:256' };
  }
  return { ok: true, base: config, searchSpace };
}

function isRange(field: ConfigField, text: string): boolean {
  if (!tunableFields.includes(field.name)) return false;
  return text.includes(field.kind === 'choice' ? ',' : ':');
}

function gridOf(searchSpace: Readonly<Record<string, Distribution>>): GridValues {
  return Object.fromEntries(
    Object.entries(searchSpace).map(([name, distribution]) => [name, gridValues(distribution)]),
  );
}

function gridValues(distribution: Distribution): readonly ParamValue[] {
  if (distribution.kind === 'categorical') return distribution.choices;
  const { kind, low, high, step, log } = distribution;
  if (step !== null && (kind === 'float' || step > 1)) {
    const numSteps = Math.round((high - low) / step);
    return Array.from({ length: numSteps + 1 }, (_, index) =>
      Math.min(high, Number((low + index * step).toPrecision(12))),
    );
  }
  const points = Array.from({ length: GRID_POINTS }, (_, index) => {
    const share = index / (GRID_POINTS - 1);
    const value = log ? low * (high / low) ** share : low + (high - low) * share;
    const clamped = Math.min(high, Math.max(low, value));
    return kind === 'int' ? Math.round(clamped) : clamped;
  });
  return [...new Set(points)];
}
