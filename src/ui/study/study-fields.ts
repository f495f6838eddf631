// What a study is set to beyond its runs, as data for the form and the URL: how many trials, how they
// are chosen and which are cut short. Defaults are Optuna's but for short studies (tuning/sweep.ts).
import type { PrunerConfig, SamplerConfig } from '../../core/tuning/study-config.ts';

interface StudyFieldBase {
  /** Its name in the URL. */
  readonly key: string;
  readonly label: string;
  readonly meaning: string;
  /** Taken when nothing was typed (start-up trials then follow the number of trials). */
  readonly initial: string;
  /** Shown at once; the others behind "more". */
  readonly basic?: boolean;
  /** Only of use when that field has one of these values. */
  readonly onlyWhen?: { readonly key: string; readonly isOneOf: readonly string[] };
}

export interface StudyNumberField extends StudyFieldBase {
  readonly kind: 'integer' | 'real';
  readonly low: number;
  readonly high: number;
}

export interface StudyChoiceField extends StudyFieldBase {
  readonly kind: 'choice';
  readonly choices: readonly (readonly [value: string, label: string])[];
}

export type StudyField = StudyNumberField | StudyChoiceField;

const samplers: Readonly<Record<SamplerConfig['type'], string>> = {
  tpe: 'TPE',
  random: 'random',
  qmc: 'quasi-random (QMC)',
  grid: 'grid',
};
const pruners: Readonly<Record<PrunerConfig['type'], string>> = {
  median: 'median',
  none: 'none',
  percentile: 'percentile',
  halving: 'successive halving',
  hyperband: 'hyperband',
  threshold: 'threshold',
  patient: 'patient',
};

const ofTpe = { key: 'sampler', isOneOf: ['tpe'] };
const ofGrid = { key: 'sampler', isOneOf: ['grid'] };
const ofOthers = { key: 'pruner', isOneOf: ['median', 'percentile'] };
const whenPruner = (...isOneOf: PrunerConfig['type'][]) => ({ key: 'pruner', isOneOf });

export const studyFields: readonly StudyField[] = [
  {
    key: 'trials',
    basic: true,
    kind: 'integer',
    label: 'Trials',
    meaning: 'Runs in all; each is a whole federated training.',
    initial: '10',
    low: 1,
    high: 10_000,
  },
  {
    key: 'sampler',
    basic: true,
    kind: 'choice',
    label: 'Sampler',
    meaning: 'How the next trial’s parameters are chosen. TPE learns from the trials so far.',
    initial: 'tpe',
    choices: Object.entries(samplers),
  },
  {
    key: 'sampler.startup',
    kind: 'integer',
    label: 'Random first',
    meaning: 'Trials drawn at random before TPE has enough to learn from.',
    initial: '10',
    low: 0,
    high: 1000,
    onlyWhen: ofTpe,
  },
  {
    key: 'sampler.joint',
    kind: 'choice',
    label: 'Model',
    meaning: 'Joint: parameters that depend on each other are drawn together.',
    initial: 'no',
    choices: [
      ['no', 'each parameter alone'],
      ['yes', 'all parameters jointly'],
    ],
    onlyWhen: ofTpe,
  },
  {
    key: 'sampler.values',
    kind: 'integer',
    label: 'Values',
    meaning: 'Values tried of each range, evenly spread; every choice is tried.',
    initial: '4',
    low: 2,
    high: 50,
    onlyWhen: ofGrid,
  },
  {
    key: 'pruner',
    basic: true,
    kind: 'choice',
    label: 'Pruner',
    meaning: 'Which trials are cut short because they fall behind after a round.',
    initial: 'median',
    choices: Object.entries(pruners),
  },
  {
    key: 'pruner.percentile',
    kind: 'real',
    label: 'Keep',
    meaning: 'Per cent of the trials that are kept at each round, the best ones.',
    initial: '25',
    low: 0,
    high: 100,
    onlyWhen: whenPruner('percentile'),
  },
  {
    key: 'pruner.startup',
    kind: 'integer',
    label: 'Trials first',
    meaning: 'So many trials run to their end before any is pruned.',
    initial: '5',
    low: 0,
    high: 1000,
    onlyWhen: ofOthers,
  },
  {
    key: 'pruner.warmup',
    kind: 'integer',
    label: 'Rounds first',
    meaning: 'No trial is pruned before this round.',
    initial: '0',
    low: 0,
    high: 1000,
    onlyWhen: whenPruner('median', 'percentile', 'threshold'),
  },
  {
    key: 'pruner.lower',
    kind: 'real',
    label: 'At least',
    meaning: 'A trial below this accuracy is pruned.',
    initial: '0.2',
    low: 0,
    high: 1,
    onlyWhen: whenPruner('threshold'),
  },
  {
    key: 'pruner.patience',
    kind: 'integer',
    label: 'Patience',
    meaning: 'Rounds without improvement that are forgiven; then the median decides.',
    initial: '3',
    low: 0,
    high: 1000,
    onlyWhen: whenPruner('patient'),
  },
  {
    key: 'pruner.factor',
    kind: 'integer',
    label: 'Reduction',
    meaning: 'One in so many trials goes on to the next, longer stage.',
    initial: '3',
    low: 2,
    high: 100,
    onlyWhen: whenPruner('halving', 'hyperband'),
  },
  {
    key: 'parallel',
    kind: 'integer',
    label: 'At a time',
    meaning: 'Trials side by side. Each has clients of its own: two trials of 5 clients need 10.',
    initial: '1',
    low: 1,
    high: 20,
  },
  {
    key: 'study-seed',
    kind: 'integer',
    label: 'Study’s seed',
    meaning: 'What the sampler draws derives from it; each run has its own seed.',
    initial: '1',
    low: 0,
    high: 4294967295,
  },
];
