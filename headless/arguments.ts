// Command-line arguments as a map: `--name value` or `--name=value`, flags without a value, each once.

/** By option, with its dashes; a flag has the value ''. */
export type Given = ReadonlyMap<string, string>;

export type ReadArguments =
  { readonly ok: true; readonly given: Given } | { readonly ok: false; readonly message: string };

export function readArguments(
  args: readonly string[],
  known: readonly string[],
  flags: readonly string[],
): ReadArguments {
  const bad = (message: string): ReadArguments => ({ ok: false, message });
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [name = '', ...inline] = args[i]!.split('=');
    if (!name.startsWith('--')) return bad(`unexpected "${name}": options start with --`);
    if (!flags.includes(name) && !known.includes(name)) {
      return bad(`unknown option ${name} (see --help)`);
    }
    if (given.has(name)) return bad(`${name} is given twice`);
    if (flags.includes(name)) {
      if (inline.length > 0) return bad(`${name} takes no value`);
      given.set(name, '');
      continue;
    }
    const value = inline.length > 0 ? inline.join('=') : args[++i];
    if (value === undefined || (inline.length === 0 && value.startsWith('--'))) {
      return bad(`${name} needs a value`);
    }
    given.set(name, value);
  }
  return { ok: true, given };
}

export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
