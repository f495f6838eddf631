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

/** What a run and a study have in common. */
export interface OutputOptions {
  /** File for the result; null: standard output. */
  readonly out: string | null;
  /** Shows the browser's window. */
  readonly headed: boolean;
  /** Folder of a build to use as it is; null: dist, built anew when it is not current. */
  readonly dist: string | null;
}

export interface RunOptions extends OutputOptions {
  readonly config: RunConfig;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'study'; readonly options: StudyOptions & OutputOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'bad'; readonly message: string };

const flags = ['--headed'];
const fieldOptions = configFields.map(({ name }) => `--${kebabCase(name)}`);
const commonOptions = [...fieldOptions, '--out', '--dist'];

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
  const output: OutputOptions = {
    out: given.get('--out') ?? null,
    headed: given.has('--headed'),
    dist: given.get('--dist') ?? null,
  };
  if (command === 'study') {
    const study = readStudyOptions(given, fieldOptions);
    return study.ok
      ? { kind: 'study', options: { ...study.options, ...output } }
      : bad(study.message);
  }
  const { config, problem } = configOf(given);
  return problem === null ? { kind: 'run', options: { config, ...output } } : bad(problem);
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

const outputHelp = [
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
    'Runs one federation in real browser tabs, one client a tab, and writes its result as JSON.',
    'For a sweep see: npm run headless -- study --help',
    '',
    ...fieldHelp(),
    ...outputHelp,
  ].join('\n');
}

function studyHelpText(): string {
  return [
    'npm run headless -- study [options]',
    '',
    'Runs a tuning study in real browser tabs, one client a tab, and writes its trials as JSON.',
    '',
    ...studyHelp,
    ...fieldHelp(),
    ...outputHelp,
  ].join('\n');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
