// Where studies meet runs: which fields of a run's configuration can be swept, how a range is written in
// a form or on the command line (`64:256`, `1e-5:1e-1:log`, `0:0.9:0.1`, `sgd,adam`), and the run that a
// trial's parameters make.
import * as v from 'valibot';
import type { ConfigField } from './config-fields.ts';
import { runConfigSchema, type RunConfig } from './run-config.ts';
import {
  categoricalDistribution,
  floatDistribution,
  intDistribution,
  type Distribution,
} from '../tuning/distribution.ts';
import { studyConfigSchema, type StudyConfig } from '../tuning/study-config.ts';
import type { Params } from '../tuning/study.ts';

/** Fields of a run that change how well it learns; the others say what is learnt, or how it is run. */
export const tunableFields: readonly (keyof RunConfig)[] = [
  'units',
  'hiddenLayers',
  'learningRate',
  'optimizer',
  'momentum',
  'batchSize',
  'localEpochs',
  'fraction',
];

/**
 * Sampler and pruner of a short study. Optuna's 10 random trials before TPE begins, and 5 before the
 * median rule, are for long ones: 10 trials would be random search, and half of them never pruned.
 */
export function shortStudyRules(numTrials: number): {
  readonly sampler: { readonly type: 'tpe'; readonly numStartupTrials: number };
  readonly pruner: { readonly type: 'median'; readonly numStartupTrials: number };
} {
  return {
    sampler: { type: 'tpe', numStartupTrials: Math.min(10, Math.ceil(numTrials / 2)) },
    pruner: { type: 'median', numStartupTrials: Math.min(5, Math.ceil(numTrials / 5)) },
  };
}

/** The notebook's sweep: 10 trials over units 64–256 and learning rate 1e-5–1e-1 (log). */
export const defaultStudyConfig: StudyConfig = v.parse(studyConfigSchema, {
  name: 'sweep',
  direction: 'maximize',
  metricName: 'validation accuracy',
  searchSpace: {
    units: intDistribution(64, 256),
    learningRate: floatDistribution(1e-5, 1e-1, { log: true }),
  },
  ...shortStudyRules(10),
  numTrials: 10,
  seed: 1,
});

/**
 * What `text` says a field may be, or null if it cannot be read or leaves the field's own range. Numbers:
 * `low:high`, then `:log` or `:step` if wanted. Choices: some of the field's values, with commas.
 */
export function readDistribution(field: ConfigField, text: string): Distribution | null {
  try {
    if (field.kind === 'choice') {
      const choices = text.split(',').map((choice) => choice.trim());
      const known = field.choices.map(({ value }) => value);
      return choices.every((choice) => known.includes(choice))
        ? categoricalDistribution(choices)
        : null;
    }
    const [low, high, scale, ...rest] = text.split(':').map((part) => part.trim());
    if (low === undefined || high === undefined || rest.length > 0) return null;
    if ([low, high, scale].includes('')) return null;
    const options = scale === undefined ? {} : scale === 'log' ? { log: true } : { step: +scale };
    const create = field.kind === 'integer' ? intDistribution : floatDistribution;
    const distribution = create(Number(low), Number(high), options);
    return distribution.low >= field.low && distribution.high <= field.high ? distribution : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // an empty or impossible range
    throw error;
  }
}

/** The text that `readDistribution` reads back. */
export function writeDistribution(distribution: Distribution): string {
  if (distribution.kind === 'categorical') return distribution.choices.join();
  const { kind, low, high, step, log } = distribution;
  if (log) return `${low}:${high}:log`;
  return step === null || (kind === 'int' && step === 1)
    ? `${low}:${high}`
    : `${low}:${high}:${step}`;
}

/** The run of a trial: `base` with its parameters. Null if there is no such run (an enqueued value). */
export function trialRunConfig(base: RunConfig, params: Params): RunConfig | null {
  const read = v.safeParse(runConfigSchema, { ...base, ...params });
  return read.success ? read.output : null;
}
