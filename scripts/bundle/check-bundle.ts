// Run after the build: prints what the page loads first, and exits with 1 when the built files break
// a promise of judge-bundle.ts.
import { INITIAL_JS_LIMIT_BYTES } from './judge-bundle.ts';
import { readBundle } from './read-bundle.ts';

const { initialFiles, initialBytes, problems } = readBundle('dist');
const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
for (const [path, bytes] of initialFiles) console.log(`  ${kB(bytes)} ${path}`);
console.log(
  `JavaScript before interaction: ${kB(initialBytes)} gzip of ${kB(INITIAL_JS_LIMIT_BYTES)}`,
);
for (const problem of problems) console.error(`bundle: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
