// What may be named in src/transport alone: ports, the SharedWorker and Web Locks. Imports do not show
// it, for these are globals; so the words are looked for, in code and types, not in comments.
import { parseSync } from 'oxc-parser';
import type { Violation } from './import-rules.ts';

const words = /\b(MessagePort|SharedWorker\w*|LockManager|navigator\s*\??\.\s*locks)\b/;
/** A worker's MessageChannel to itself gives turns of the event loop, and is no transport. */
const isJudged = (path: string) =>
  path.startsWith('src/') &&
  !path.startsWith('src/transport/') &&
  !path.startsWith('src/testing/') &&
  !/\.test\.tsx?$/.test(path);

export function findPlatformWords(sources: ReadonlyMap<string, string>): Violation[] {
  return [...sources].flatMap(([path, source]) => {
    if (!isJudged(path)) return [];
    const found = words.exec(withoutComments(path, source));
    if (found === null) return [];
    return {
      rule: 'transport-knows-the-platform',
      reason: 'ports, the SharedWorker and Web Locks are known to src/transport alone',
      path: [path, found[0]],
    };
  });
}

function withoutComments(path: string, source: string): string {
  let code = '';
  let from = 0;
  for (const { start, end } of parseSync(path, source).comments) {
    code += source.slice(from, start);
    from = end;
  }
  return code + source.slice(from);
}
