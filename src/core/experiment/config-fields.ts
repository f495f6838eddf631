// Every field of a run's configuration, once: its label, range, unit and meaning for the form and
// the command line's help, and how its text (URL parameter, option) is read. Ranges and names of choices
// are the schema's.
import * as v from 'valibot';
import { schemeNames } from '../encryption/scheme.ts';
import { backendChoices, optimizerNames } from '../training/trainer.ts';
import { defaultRunConfig, partitionNames, runConfigSchema, type RunConfig } from './run-config.ts';
import { rangeOf } from './schema-range.ts';

type FieldName = keyof RunConfig;

interface FieldBase {
  readonly name: FieldName;
  readonly label: string;
  /** One line, for the form's hint and `--help`. */
  readonly meaning: string;
  /** Shown behind the value; '' where there is none. */
  readonly unit: string;
  /** Shown first; the others behind "more". */
  readonly basic: boolean;
  /** Only of use when this other field has this value. */
  readonly onlyWhen?: { readonly field: FieldName; readonly is: string };
}

export interface NumberField extends FieldBase {
  readonly kind: 'integer' | 'real';
  readonly low: number;
  readonly high: number;
  /** Spans orders of magnitude: a slider or an axis should be logarithmic. */
  readonly log: boolean;
  /** May be left empty (null); what empty means. */
  readonly empty?: string;
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export type ConfigField = NumberField | ChoiceField;

type FieldSpec = Omit<NumberField, 'low' | 'high'> | ChoiceField;

/** One for each of the names. */
function choices<Name extends string>(
  names: readonly Name[],
  labels: Readonly<Record<Name, string>>,
): ChoiceField['choices'] {
  return names.map((value) => ({ value, label: labels[value] }));
}

const specs: readonly FieldSpec[] = [
  {
    name: 'clients',
    kind: 'integer',
    label: 'Clients',
    unit: '',
    basic: true,
    log: false,
    meaning: 'Seats at the table; the training images are split into this many shards.',
  },
  {
    name: 'rounds',
    kind: 'integer',
    label: 'Rounds',
    unit: '',
    basic: true,
    log: false,
    meaning: 'How often the clients train and their updates are averaged.',
  },
  {
    name: 'encryption',
    kind: 'choice',
    label: 'Encryption',
    unit: '',
    basic: true,
    choices: choices(schemeNames, {
      ckks: 'CKKS, packed',
      bgv: 'BGV, packed',
      notebook: 'CKKS as in the notebook',
      plaintext: 'not encrypted',
    }),
    meaning: 'How updates are encrypted before they leave a client.',
  },
  {
    name: 'partition',
    kind: 'choice',
    label: 'Partition',
    unit: '',
    basic: true,
    choices: choices(partitionNames, {
      iid: 'IID',
      shards: 'label shards',
      dirichlet: 'Dirichlet',
    }),
    meaning: 'How the training images are divided among the clients.',
  },
  {
    name: 'alpha',
    kind: 'real',
    label: 'Dirichlet α',
    unit: '',
    basic: true,
    log: true,
    onlyWhen: { field: 'partition', is: 'dirichlet' },
    meaning: 'Smaller: each client sees fewer digits. Larger: closer to IID.',
  },
  {
    name: 'shardsPerClient',
    kind: 'integer',
    label: 'Shards per client',
    unit: '',
    basic: true,
    log: false,
    onlyWhen: { field: 'partition', is: 'shards' },
    meaning: 'Label-sorted shards each client gets; 2 means about two digits each.',
  },
  {
    name: 'learningRate',
    kind: 'real',
    label: 'Learning rate',
    unit: '',
    basic: true,
    log: true,
    meaning: 'Step size of the local optimizer.',
  },
  {
    name: 'localEpochs',
    kind: 'integer',
    label: 'Local epochs',
    unit: '',
    basic: true,
    log: false,
    meaning: 'Passes over its own images that a client makes each round.',
  },
  {
    name: 'localBatches',
    kind: 'integer',
    label: 'Local batches',
    unit: '',
    basic: false,
    log: true,
    empty: 'whole epochs',
    meaning: 'At most this many batches a round, instead of whole epochs.',
  },
  {
    name: 'batchSize',
    kind: 'integer',
    label: 'Batch size',
    unit: 'images',
    basic: false,
    log: true,
    meaning: 'Images per step; larger than a shard means one step an epoch (FedSGD).',
  },
  {
    name: 'optimizer',
    kind: 'choice',
    label: 'Optimizer',
    unit: '',
    basic: false,
    choices: choices(optimizerNames, {
      sgd: 'SGD',
      momentum: 'SGD with momentum',
      adam: 'Adam',
    }),
    meaning: 'What the clients train with; its state starts fresh each round.',
  },
  {
    name: 'momentum',
    kind: 'real',
    label: 'Momentum',
    unit: '',
    basic: false,
    log: false,
    onlyWhen: { field: 'optimizer', is: 'momentum' },
    meaning: 'Share of the last step that is carried into the next.',
  },
  {
    name: 'units',
    kind: 'integer',
    label: 'Hidden units',
    unit: '',
    basic: false,
    log: true,
    meaning: 'Width of each hidden layer.',
  },
  {
    name: 'hiddenLayers',
    kind: 'integer',
    label: 'Hidden layers',
    unit: '',
    basic: false,
    log: false,
    meaning: 'One is the notebook’s model; two of 200 units are McMahan’s 2NN.',
  },
  {
    name: 'fraction',
    kind: 'real',
    label: 'Fraction',
    unit: '',
    basic: false,
    log: false,
    meaning: 'Share of the clients asked each round; 0 asks the minimum.',
  },
  {
    name: 'minimumClients',
    kind: 'integer',
    label: 'Minimum',
    unit: 'clients',
    basic: false,
    log: false,
    meaning: 'With fewer updates at the deadline the round is abandoned and tried again.',
  },
  {
    name: 'deadlineMs',
    kind: 'integer',
    label: 'Deadline',
    unit: 'ms',
    basic: false,
    log: true,
    meaning: 'Longest time a round waits for its clients.',
  },
  {
    name: 'backend',
    kind: 'choice',
    label: 'Backend',
    unit: '',
    basic: false,
    choices: choices(backendChoices, {
      auto: 'fastest (measured)',
      webgl: 'WebGL',
      simd: 'SIMD training step',
      wasm: 'TensorFlow.js WASM',
      cpu: 'plain JavaScript',
    }),
    meaning: 'What each client computes on.',
  },
  {
    name: 'seed',
    kind: 'integer',
    label: 'Seed',
    unit: '',
    basic: false,
    log: false,
    meaning: 'Partition, initial weights, batch order and dither all derive from it.',
  },
];

export const configFields: readonly ConfigField[] = specs.map((spec) =>
  spec.kind === 'choice'
    ? spec
    : { ...spec, ...rangeOf(runConfigSchema.entries[spec.name] as v.GenericSchema<number>) },
);

export interface ConfigProblem {
  readonly field: string;
  /** What was expected, as a sentence without the field's name. */
  readonly expected: string;
}

/** Reads texts (URL parameters, options without dashes in camelCase) over the defaults. Unknown names are left alone. */
export function readConfig(
  texts: Readonly<Record<string, string | undefined>>,
  defaults: RunConfig = defaultRunConfig,
): { readonly config: RunConfig; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = { ...defaults };
  for (const field of configFields) {
    const text = texts[field.name];
    if (text === undefined) continue;
    const value = readField(field, text.trim());
    if (value === undefined) problems.push({ field: field.name, expected: expectation(field) });
    else values[field.name] = value;
  }
  const config = v.parse(runConfigSchema, values);
  if (config.minimumClients > config.clients) {
    if (texts['minimumClients'] === undefined)
      return { config: { ...config, minimumClients: config.clients }, problems };
    problems.push({
      field: 'minimumClients',
      expected: `at most the number of clients, ${config.clients}`,
    });
    return { config: { ...config, minimumClients: config.clients }, problems };
  }
  return { config, problems };
}

/** The fields that differ from the defaults, as texts for a URL or a command line. */
export function writeConfig(
  config: RunConfig,
  defaults: RunConfig = defaultRunConfig,
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const field of configFields) {
    const value = config[field.name];
    if (value !== defaults[field.name]) texts[field.name] = value === null ? '' : String(value);
  }
  return texts;
}

/** "a whole number from 1 to 100" and the like. */
export function expectation(field: ConfigField): string {
  if (field.kind === 'choice')
    return `one of ${field.choices.map(({ value }) => value).join(', ')}`;
  const number = field.kind === 'integer' ? 'a whole number' : 'a number';
  const empty = field.empty === undefined ? '' : `, or nothing for ${field.empty}`;
  return `${number} from ${field.low} to ${field.high}${empty}`;
}

function readField(field: ConfigField, text: string): string | number | null | undefined {
  if (field.kind === 'choice') {
    return field.choices.some(({ value }) => value === text) ? text : undefined;
  }
  if (text === '') return field.empty === undefined ? undefined : null;
  const value = Number(text);
  const fits = Number.isFinite(value) && value >= field.low && value <= field.high;
  return fits && (field.kind === 'real' || Number.isInteger(value)) ? value : undefined;
}
