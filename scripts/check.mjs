// `npm run check`: everything that is judged without running the project. Each step counts as one
// test; what a step prints is shown only when it fails.
import { pathToFileURL } from 'node:url';
import { ensureWasm } from './build-wasm.mjs';
import { run } from './processes.mjs';

/** @type {readonly (readonly [name: string, command: string])[]} */
const steps = [
  ['format', 'prettier --check .'],
  ['lint', 'oxlint --type-aware --deny-warnings'],
  ['types of the core', 'tsc -p tsconfig.core.json'],
  ['types of the workers', 'tsc -p tsconfig.worker.json'],
  ['types of the page', 'tsc -p tsconfig.page.json'],
  ['types of tests and scripts', 'tsc -p tsconfig.node.json'],
  ['import rules', 'tsx scripts/imports/check-imports.ts'],
  ['dead exports', 'knip --no-progress'],
];

/** @returns {Promise<{ passed: number, failed: number }>} */
export async function check() {
  await ensureWasm(); // an import that the rules look for
  let failed = 0;
  for (const [name, command] of steps) {
    const startedAtMs = performance.now();
    const { code, output } = await run('npx', command.split(' '), {
      output: 'outcome',
      timeLimitMs: 5 * 60_000,
    });
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed++;
    console.log(output.trimEnd());
  }
  return { passed: steps.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { failed } = await check();
  process.exitCode = failed > 0 ? 1 : 0;
}
