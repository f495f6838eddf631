// The command line of `npm run headless`: one option per field of a run's configuration, in
// kebab-case, and a few of its own. Everything that is wrong is one sentence naming the option.
import { configFields, expectation, readConfig } from '../../src/core/federation/config-fields.ts';
import { defaultRunConfig, type RunConfig } from '../../src/core/federation/run-config.ts';

export interface RunOptions {
  readonly config: RunConfig;
  /** File for the result; null: standard output. */
  readonly out: string | null;
  /** Shows the browser's window. */
  readonly headed: boolean;
  /** Folder of a build to use as it is; null: dist, built anew when it is not current. */
  readonly dist: string | null;
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'bad'; readonly message: string };

const flags = ['--headed', '--help'];
const fieldOf = new Map(configFields.map((field) => [`--${kebabCase(field.name)}`, field]));

/** `args` as after `npm run headless --`. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const bad = (message: string): ParsedOptions => ({ kind: 'bad', message });
  const [command, ...rest] = args;
  if (args.includes('--help')) return { kind: 'help', text: helpText() };
  if (command !== 'run') {
    return bad(
      `${command === undefined ? 'no command' : `unknown command "${command}"`}: expected "run" (see --help)`,
    );
  }
  const given = new Map<string, string>();
  for (let i = 0; i < rest.length; i++) {
    const [name = '', ...inline] = rest[i]!.split('=');
    if (!name.startsWith('--')) return bad(`unexpected "${name}": options start with --`);
    if (!flags.includes(name) && !fieldOf.has(name) && name !== '--out' && name !== '--dist') {
      return bad(`unknown option ${name} (see --help)`);
    }
    if (given.has(name)) return bad(`${name} is given twice`);
    if (flags.includes(name)) {
      if (inline.length > 0) return bad(`${name} takes no value`);
      given.set(name, '');
      continue;
    }
    const value = inline.length > 0 ? inline.join('=') : rest[++i];
    if (value === undefined || (inline.length === 0 && value.startsWith('--'))) {
      return bad(`${name} needs a value`);
    }
    given.set(name, value);
  }
  const texts: Record<string, string> = {};
  for (const [name, value] of given) {
    const field = fieldOf.get(name);
    if (field) texts[field.name] = value;
  }
  const { config, problems } = readConfig(texts);
  const [problem] = problems;
  if (problem) {
    const text = texts[problem.field];
    return bad(`--${kebabCase(problem.field)} must be ${problem.expected}, not "${text}"`);
  }
  for (const name of ['--out', '--dist']) {
    if (given.get(name) === '') return bad(`${name} needs a value`);
  }
  return {
    kind: 'run',
    options: {
      config,
      out: given.get('--out') ?? null,
      headed: given.has('--headed'),
      dist: given.get('--dist') ?? null,
    },
  };
}

function helpText(): string {
  const lines = configFields.map((field) => {
    const preset = defaultRunConfig[field.name];
    return `  --${kebabCase(field.name)}: ${field.meaning} ${capitalised(expectation(field))}; default ${preset === null && field.kind !== 'choice' ? field.empty : preset}.`;
  });
  return [
    'npm run headless -- run [options]',
    '',
    'Runs one federation in real browser tabs, one client a tab, and writes its result as JSON.',
    '',
    ...lines,
    '  --out: File for the result; default standard output.',
    '  --dist: Folder of a build to use as it is; default dist, built anew when sources changed.',
    '  --headed: Shows the browser.',
  ].join('\n');
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
