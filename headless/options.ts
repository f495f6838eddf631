// The command line of `npm run headless`: one option per field of a run's configuration, in
// kebab-case, and a few of its own; a study's options are in study-options.ts. Everything that is wrong
// is one sentence naming the option.
import { configFields, expectation, readConfig } from '../src/core/experiment/config-fields.ts';
import { defaultRunConfig, type RunConfig } from '../src/core/experiment/run-config.ts';
import { kebabCase, readArguments, type Given } from './arguments.ts';
import {
  readStudyOptions,
  studyHelp,
  studyOptionNames,
  type StudyOptions,
} from './study-options.ts';

/** What a run and a study have in common beside the configuration. */
export interface DriveSettings {
  readonly clientsPerTab: number;
  /** File for the result; null: standard output. */
  readonly out: string | null;
  /** Shows the browser's window. */
  readonly headed: boolean;
  /** Folder of a build to use as it is; null: dist, built anew when it is not current. */
  readonly dist: string | null;
}

export interface RunOptions extends DriveSettings {
  readonly config: RunConfig;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'study'; readonly options: StudyOptions & DriveSettings }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'bad'; readonly message: string };

const flags = ['--headed'];
const fieldOptions = configFields.map(({ name }) => `--${kebabCase(name)}`);
const commonOptions = [...fieldOptions, '--clients-per-tab', '--out', '--dist'];
const MOST_CLIENTS_A_TAB = 100;

/** `args` as after `npm run headless --`. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const bad = (message: string): ParsedOptions => ({ kind: 'bad', message });
  const [command, ...rest] = args;
  if (args.includes('--help')) {
    return { kind: 'help', text: command === 'study' ? studyHelpText() : runHelpText() };
  }
  if (command !== 'run' && command !== 'study') {
    return bad(
      `${command === undefined ? 'no command' : `unknown command "${command}"`}: expected "run" or "study" (see --help)`,
    );
  }
  const known = command === 'run' ? commonOptions : [...commonOptions, ...studyOptionNames];
  const read = readArguments(rest, known, flags);
  if (!read.ok) return bad(read.message);
  const { given } = read;
  for (const name of ['--out', '--dist']) {
    if (given.get(name) === '') return bad(`${name} needs a value`);
  }
  const clientsPerTab = readClientsPerTab(given.get('--clients-per-tab'));
  if (clientsPerTab === null) {
    const text = given.get('--clients-per-tab');
    return bad(
      `--clients-per-tab must be a whole number from 1 to ${MOST_CLIENTS_A_TAB}, not "${text}"`,
    );
  }
  const settings: DriveSettings = {
    clientsPerTab,
    out: given.get('--out') ?? null,
    headed: given.has('--headed'),
    dist: given.get('--dist') ?? null,
  };
  if (command === 'study') {
    const study = readStudyOptions(given, fieldOptions);
    return study.ok
      ? { kind: 'study', options: { ...study.options, ...settings } }
      : bad(study.message);
  }
  const { config, problem } = configOf(given);
  return problem === null ? { kind: 'run', options: { config, ...settings } } : bad(problem);
}

function configOf(given: Given): { readonly config: RunConfig; readonly problem: string | null } {
  const texts: Record<string, string> = {};
  for (const { name } of configFields) {
    const text = given.get(`--${kebabCase(name)}`);
    if (text !== undefined) texts[name] = text;
  }
  const { config, problems } = readConfig(texts);
  const [problem] = problems;
  if (problem === undefined) return { config, problem: null };
  const { field, expected } = problem;
  return { config, problem: `--${kebabCase(field)} must be ${expected}, not "${texts[field]}"` };
}

/** null: it is no such number. */
function readClientsPerTab(text: string | undefined): number | null {
  if (text === undefined) return 1;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= MOST_CLIENTS_A_TAB ? number : null;
}

const settingsHelp = [
  `  --clients-per-tab: Clients that one tab hosts, sharing what they can; 1 to ${MOST_CLIENTS_A_TAB}, default 1.`,
  '  --out: File for the result; default standard output.',
  '  --dist: Folder of a build to use as it is; default dist, built anew when sources changed.',
  '  --headed: Shows the browser.',
];

function fieldHelp(): string[] {
  return configFields.map((field) => {
    const preset = defaultRunConfig[field.name];
    return `  --${kebabCase(field.name)}: ${field.meaning} ${capitalised(expectation(field))}; default ${preset === null && field.kind !== 'choice' ? field.empty : preset}.`;
  });
}

function runHelpText(): string {
  return [
    'npm run headless -- run [options]',
    '',
    'Runs one federation in real browser tabs and writes its result as JSON.',
    'For a sweep see: npm run headless -- study --help',
    '',
    ...fieldHelp(),
    ...settingsHelp,
  ].join('\n');
}

function studyHelpText(): string {
  return [
    'npm run headless -- study [options]',
    '',
    'Runs a tuning study in real browser tabs and writes its trials as JSON.',
    '',
    ...studyHelp,
    ...fieldHelp(),
    ...settingsHelp,
  ].join('\n');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
