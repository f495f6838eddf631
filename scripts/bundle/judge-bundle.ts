// What the built files promise: the page's JavaScript before interaction is small and holds neither
// engine; the server's bundle can neither encrypt, decrypt nor train. Names that survive minification stand
// for the engines, and the client's bundle must hold every one of them: a marker that a new version
// of a library renamed would otherwise pass for ever.
import { gzipSync } from 'node:zlib';
import { posix } from 'node:path';
import { buildGraph, type ImportGraph, type ImportKind } from '../imports/import-graph.ts';

export const INITIAL_JS_LIMIT_BYTES = 200_000; // gzip; 200 kB of the page's own budget

/** tfjs-core reads its flags from this URL parameter. */
const modelMarkers = ['tfjsflags'];
/** Classes of SEAL by their names in its WASM module's table. */
const secretMarkers = ['Decryptor', 'SecretKey'];
/** SEAL's WASM file. */
const sealMarkers = ['seal_throws'];

export interface BundleVerdict {
  /** Gzip bytes of each file that the page loads before interaction. */
  readonly initialFiles: ReadonlyMap<string, number>;
  readonly initialBytes: number;
  readonly problems: readonly string[];
}

/**
 * `html` is the page; `scripts` its built files by path from the same folder, e.g. `assets/page-1.js`.
 */
export function judgeBundle(html: string, scripts: ReadonlyMap<string, string>): BundleVerdict {
  const graph = buildGraph(scripts);
  const problems: string[] = [];
  const initial = reachable(graph, initialScripts(html), ['value']);
  const initialFiles = new Map(
    [...initial].map((path) => [path, gzipSync(scripts.get(path) ?? '').byteLength]),
  );
  const initialBytes = [...initialFiles.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (initial.size === 0) problems.push('the page loads no script');
  if (initialBytes > INITIAL_JS_LIMIT_BYTES) {
    problems.push(
      `the page loads ${initialBytes} bytes of gzip before interaction, more than ${INITIAL_JS_LIMIT_BYTES}`,
    );
  }

  const bundleOf = (shell: 'server' | 'client'): ReadonlySet<string> => {
    const entries = [...scripts.keys()].filter((path) => path.startsWith(`assets/${shell}-`));
    const isExpected = shell === 'server' ? entries.length === 1 : entries.length > 0;
    if (!isExpected) problems.push(`found ${entries.length} files named assets/${shell}-*.js`);
    return reachable(graph, entries, ['value', 'dynamic']);
  };
  const forbid = (what: string, paths: ReadonlySet<string>, markers: readonly string[]) => {
    for (const marker of markers) {
      const path = holderOf(scripts, paths, marker);
      if (path !== undefined) problems.push(`${what} holds "${marker}" (${path})`);
    }
  };
  const everyMarker = [...modelMarkers, ...secretMarkers, ...sealMarkers];
  forbid('the page before interaction', initial, everyMarker);
  forbid('the server', bundleOf('server'), everyMarker);
  const client = bundleOf('client');
  for (const marker of everyMarker) {
    if (holderOf(scripts, client, marker) === undefined) {
      problems.push(`the client does not hold "${marker}": its absence elsewhere proves nothing`);
    }
  }
  return { initialFiles, initialBytes, problems };
}

function initialScripts(html: string): string[] {
  const tags = html.match(/<(script|link)\b[^>]*>/g) ?? [];
  return tags
    .filter((tag) => tag.startsWith('<script') || tag.includes('modulepreload'))
    .map((tag) => /\b(?:src|href)="(?:\.?\/)?([^"]+\.js)"/.exec(tag)?.[1])
    .filter((path) => path !== undefined)
    .map((path) => posix.normalize(path));
}

function reachable(
  graph: ImportGraph,
  entries: readonly string[],
  kinds: readonly ImportKind[],
): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path) || !graph.has(path)) return;
    seen.add(path);
    for (const { kind, target } of graph.get(path)!) if (kinds.includes(kind)) visit(target);
  };
  entries.forEach(visit);
  return seen;
}

function holderOf(
  scripts: ReadonlyMap<string, string>,
  paths: ReadonlySet<string>,
  marker: string,
): string | undefined {
  return [...paths].find((path) => scripts.get(path)!.includes(marker));
}
