// The project's imports as a graph, read with oxc-parser: dependency-cruiser 17 needs the compiler's
// JavaScript API, which TypeScript 7 lacks, and its swc reader knows no JSX. Relative imports carry
// their extension here, so resolving them is joining paths. What is not an import: a worker's URL
// (`new URL('./worker.ts', import.meta.url)`) and an asset's (`?url`, `?worker`), whose target is
// bundled on its own.
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

/** `type`: erased by the compiler. `dynamic`: loaded later, by `import()`. */
export type ImportKind = 'value' | 'type' | 'dynamic';

export interface Import {
  readonly kind: ImportKind;
  /** A project file's path from the root, or a package's name (without the path inside it). */
  readonly target: string;
}

/** Imports by file; paths from the project's root, with forward slashes. */
export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

/** Throws an Error that names the file when it cannot be parsed. */
function importsOf(path: string, source: string): Import[] {
  const { module, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const imports: Import[] = [];
  const add = (kind: ImportKind, specifier: string) => {
    const target = targetOf(path, specifier);
    if (target !== null) imports.push({ kind, target });
  };
  for (const { moduleRequest, entries } of module.staticImports) {
    add(isTypeOnly(entries) ? 'type' : 'value', moduleRequest.value);
  }
  for (const { entries } of module.staticExports) {
    const from = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest;
    if (from) add(isTypeOnly(entries) ? 'type' : 'value', from.value);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const text = source.slice(moduleRequest.start, moduleRequest.end);
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text);
    if (literal) add('dynamic', literal[2]!);
  }
  return imports;
}

export function buildGraph(sources: ReadonlyMap<string, string>): ImportGraph {
  return new Map([...sources].map(([path, source]) => [path, importsOf(path, source)]));
}

function isTypeOnly(entries: readonly { readonly isType: boolean }[]): boolean {
  return entries.length > 0 && entries.every(({ isType }) => isType);
}

function targetOf(path: string, specifier: string): string | null {
  const [bare = '', query] = specifier.split('?');
  if (query !== undefined) return null;
  if (bare.startsWith('.')) return posix.join(posix.dirname(path), bare);
  const parts = bare.split('/');
  return bare.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}
