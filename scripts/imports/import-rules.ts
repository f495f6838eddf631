// Which part of the project may know which, as rules named after what they protect. A rule is
// transitive where an import three files away does the same harm: it then holds for everything
// that can be reached. Type imports count in both, except where a rule says otherwise: a shell that
// names another shell's types is already written against it.
import type { Import, ImportGraph, ImportKind } from './import-graph.ts';

export interface ImportRule {
  readonly name: string;
  /** What breaks when the rule is broken: printed with each violation. */
  readonly reason: string;
  /** Files that the rule starts from. */
  readonly from: (path: string) => boolean;
  /** Files or packages that must not be met. */
  readonly forbids: (target: string, from: string) => boolean;
  readonly reach: 'direct' | 'transitive';
  /** Kinds of import that are followed and judged. */
  readonly kinds: readonly ImportKind[];
}

export interface Violation {
  readonly rule: string;
  readonly reason: string;
  /** From the rule's file to the forbidden target. */
  readonly path: readonly string[];
}

const every: readonly ImportKind[] = ['value', 'type', 'dynamic'];
const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const isBench = (path: string) => path.startsWith('src/bench/') || path.endsWith('.bench.ts');
const isProduct = (path: string) =>
  path.startsWith('src/') && !isTest(path) && !path.startsWith('src/testing/');
const within =
  (...folders: readonly string[]) =>
  (path: string) =>
    isProduct(path) && folders.some((folder) => path.startsWith(`src/${folder}/`));
const isNode = (path: string) => path.startsWith('src/server/node/');
const isEngine = (target: string) => target.startsWith('@tensorflow/');
/** Files that see a secret key. */
const secretKeyFiles = new Set(['src/ckks/decryptor.ts', 'src/ckks/client-scheme.ts']);
/** Files that rules name one by one: each must exist, or its rule guards nothing. */
export const namedFiles: readonly string[] = [...secretKeyFiles];

/** The rooms of the core from the ground up; rooms on one floor do not know each other. */
export const coreFloors: readonly (readonly string[])[] = [
  ['math', 'errors'],
  ['model', 'tuning'],
  ['training', 'encryption'],
  ['experiment'],
  ['protocol', 'partitioning'],
  ['federation'],
];
const coreRoomOf = (path: string) => /^src\/core\/([^/]+)\//.exec(path)?.[1];
const floorOf = (room: string) => coreFloors.findIndex((rooms) => rooms.includes(room));
const federationRoomOf = (path: string) => /^src\/core\/federation\/([^/]+)\//.exec(path)?.[1];
/** Rooms of the federation that a room of it must not know. */
const federationStrangers: Readonly<Record<string, readonly string[]>> = {
  client: ['run', 'study'],
  run: ['client', 'study'],
  study: ['client'],
};
const shellOf = (path: string) => /^src\/(ui|client|server)\//.exec(path)?.[1];

export const importRules: readonly ImportRule[] = [
  {
    name: 'core-is-pure',
    reason: 'src/core imports nothing but itself and valibot',
    from: within('core'),
    forbids: (target) => !target.startsWith('src/core/') && target !== 'valibot',
    reach: 'direct',
    kinds: every,
  },
  {
    name: 'core-has-floors',
    reason: 'a room of the core builds on itself and on the floors below it',
    from: within('core'),
    forbids: (target, from) => {
      const own = coreRoomOf(from);
      const other = coreRoomOf(target);
      if (own === undefined || other === undefined) return false;
      if (own !== other) return floorOf(other) < 0 || floorOf(other) >= floorOf(own);
      const strangers = federationStrangers[federationRoomOf(from) ?? ''] ?? [];
      return strangers.includes(federationRoomOf(target) ?? '');
    },
    reach: 'direct',
    kinds: every,
  },
  {
    name: 'server-cannot-decrypt',
    reason: 'nothing that the server reaches may see a secret key',
    from: within('server'),
    forbids: (target) => secretKeyFiles.has(target) || target.startsWith('src/client/'),
    reach: 'transitive',
    kinds: every,
  },
  {
    name: 'server-has-no-seal',
    reason:
      'the server adds words modulo primes; it needs no encryption library, and could hide a key in one',
    from: within('server'),
    forbids: (target) => target === 'node-seal' || target.startsWith('src/ckks/'),
    reach: 'transitive',
    kinds: every,
  },
  {
    name: 'server-has-no-model',
    reason: 'the server adds what it cannot read; it has no model and no engine',
    from: within('server'),
    forbids: (target) => isEngine(target) || /^src\/(simd|tfjs)\//.test(target),
    reach: 'transitive',
    kinds: every,
  },
  {
    name: 'browser-has-no-node',
    reason: 'only src/server/node runs in Node: what a browser loads reaches neither it nor node:…',
    from: (path) => isProduct(path) && !isBench(path) && !isNode(path),
    forbids: (target) => isNode(target) || target.startsWith('node:'),
    reach: 'transitive',
    kinds: every,
  },
  {
    name: 'page-is-light',
    reason: 'the page trains and encrypts nothing, so it loads neither engine',
    from: within('ui'),
    forbids: (target) =>
      isEngine(target) ||
      target === 'node-seal' ||
      /^src\/(ckks|simd|tfjs|client|server)\//.test(target),
    reach: 'transitive',
    kinds: ['value', 'dynamic'],
  },
  {
    name: 'charts-only-draw',
    reason: 'src/ui/charts draws what it is given; what a run or a study is, is known beside it',
    from: within('ui/charts'),
    forbids: (target) => target.startsWith('src/') && !/^src\/ui\/(charts|styles)\//.test(target),
    reach: 'direct',
    kinds: every,
  },
  {
    name: 'no-sideways-shells',
    reason: 'page, client and server meet in the protocol only',
    from: within('ui', 'client', 'server'),
    forbids: (target, from) => {
      const shell = shellOf(target);
      return shell !== undefined && shell !== shellOf(from);
    },
    reach: 'direct',
    kinds: every,
  },
  {
    name: 'adapters-know-no-shell',
    reason:
      'src/ckks, src/simd, src/tfjs, src/transport and src/worker build on the core and on each other',
    from: within('ckks', 'simd', 'tfjs', 'transport', 'worker'),
    forbids: (target) => shellOf(target) !== undefined,
    reach: 'direct',
    kinds: every,
  },
  {
    name: 'tests-only',
    reason: 'what src/testing and *.test.ts hold never reaches the product',
    from: isProduct,
    forbids: (target) => target.startsWith('src/testing/') || isTest(target),
    reach: 'direct',
    kinds: every,
  },
  {
    name: 'bench-only',
    reason:
      'what measures (src/bench, *.bench.ts) is for the bench command and never reaches the product',
    from: (path) => isProduct(path) && !isBench(path),
    forbids: isBench,
    reach: 'direct',
    kinds: every,
  },
];

/** One violation per rule and forbidden target, by the shortest way to it, in order of the rules. */
export function findViolations(
  graph: ImportGraph,
  rules: readonly ImportRule[] = importRules,
): Violation[] {
  return rules.flatMap((rule) => {
    const found = new Map<string, Violation>();
    for (const start of graph.keys()) {
      if (!rule.from(start)) continue;
      for (const path of waysFrom(graph, start, rule)) {
        const target = path.at(-1)!;
        const key = rule.reach === 'direct' ? path.join(' ') : target;
        const known = found.get(key);
        if (!known || path.length < known.path.length) {
          found.set(key, { rule: rule.name, reason: rule.reason, path });
        }
      }
    }
    return [...found.values()];
  });
}

/**
 * Rings of imports, types included, each once: modules that load each other run in an order nobody
 * chose, and of files that know each other none can be read first. An import that is loaded later, by
 * `import()`, closes no ring.
 */
export function findCycles(graph: ImportGraph): Violation[] {
  const violations: Violation[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) {
      const ring = [...trail.slice(seenAt), path];
      violations.push({ rule: 'no-cycles', reason: 'modules import each other', path: ring });
      return;
    }
    if (done.has(path)) return;
    for (const { kind, target } of graph.get(path) ?? []) {
      if (kind !== 'dynamic') visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return violations;
}

/** Relative imports whose file is not there (a name that the compiler resolves and a bundler may not). */
export function findMissing(graph: ImportGraph, exists: (path: string) => boolean): Violation[] {
  return [...graph].flatMap(([from, imports]) =>
    imports
      .filter(({ target }) => /^(src|scripts|headless|e2e)\//.test(target) && !exists(target))
      .map(({ target }) => ({
        rule: 'imports-exist',
        reason: 'relative imports name a file with its extension',
        path: [from, target],
      })),
  );
}

function* waysFrom(graph: ImportGraph, start: string, rule: ImportRule): Iterable<string[]> {
  const seen = new Set([start]);
  let front: string[][] = [[start]];
  while (front.length > 0) {
    const next: string[][] = [];
    for (const path of front) {
      for (const edge of edgesOf(graph, path.at(-1)!, rule)) {
        if (seen.has(edge.target)) continue;
        seen.add(edge.target);
        const longer = [...path, edge.target];
        if (rule.forbids(edge.target, start)) yield longer;
        else next.push(longer);
      }
    }
    front = rule.reach === 'transitive' ? next : [];
  }
}

function edgesOf(graph: ImportGraph, path: string, rule: ImportRule): Import[] {
  return (graph.get(path) ?? []).filter(({ kind }) => rule.kinds.includes(kind));
}
