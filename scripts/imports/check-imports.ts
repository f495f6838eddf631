// The check command's import rules, over src, headless, scripts and e2e: prints each violation with the way
// to it, and exits with 1 when there is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { buildGraph } from './import-graph.ts';
import { findCycles, findMissing, findViolations } from './import-rules.ts';
import { findPlatformWords } from './platform-words.ts';

/** AssemblyScript: another language, which imports nothing but itself. */
const assembly = 'src/simd/assembly/';

const sources = readSources(['src', 'headless', 'scripts', 'e2e']);
const graph = buildGraph(sources);
const violations = [
  ...findMissing(graph, existsSync),
  ...findViolations(graph),
  ...findCycles(graph),
  ...findPlatformWords(sources),
];
for (const { rule, reason, path } of violations) {
  console.error(`${rule}: ${reason}\n  ${path.join('\n    → ')}`);
}
console.log(`${graph.size} files, ${violations.length} violations of the import rules`);
process.exitCode = violations.length > 0 ? 1 : 0;

function readSources(folders: readonly string[]): Map<string, string> {
  const sources = new Map<string, string>();
  for (const folder of folders.filter((name) => existsSync(name))) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = posix.join(folder, name.replaceAll('\\', '/'));
      if (!/\.(ts|tsx|mjs)$/.test(path) || path.startsWith(assembly)) continue;
      sources.set(path, readFileSync(path, 'utf8'));
    }
  }
  return sources;
}
