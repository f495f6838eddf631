// Compiles the SIMD training step, src/simd/assembly, to src/simd/training-step.wasm, which git does
// not keep. Output is a function of the sources and the compiler's version; nothing is done when it is
// current. Vite's configurations and the check command call this, so that every way of building or
// testing on a fresh clone has the file.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './processes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const assembly = join(root, 'src/simd/assembly');
const wasmPath = join(root, 'src/simd/training-step.wasm');
const stampPath = join(root, '.cache/training-step.json');

// No assertions and no garbage collector: the module neither allocates nor aborts. SIMD is the fixed
// 128-bit set; relaxed SIMD would give other bits on other processors.
const options = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--use', 'abort='];
const features = ['--enable', 'simd'];

/** Throws an Error with the compiler's messages when the sources do not compile. */
export async function ensureWasm() {
  const sources = digestOfSources();
  if (isCurrent(sources)) return;
  mkdirSync(dirname(stampPath), { recursive: true });
  // Built under a name of its own: two runners may start at once.
  const draft = `${stampPath}.${process.pid}.wasm`;
  const entry = join(assembly, 'main.ts');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const args = [compiler, entry, '--outFile', draft, ...options, ...features];
  const { code, output } = await run('node', args, { output: 'outcome', timeLimitMs: 120_000 });
  if (code !== 0) throw new Error(`compiling src/simd/assembly failed:\n${output}`);
  renameSync(draft, wasmPath);
  writeFileSync(stampPath, JSON.stringify({ sources, wasm: digest(readFileSync(wasmPath)) }));
}

/** @param {string} sources */
function isCurrent(sources) {
  if (!existsSync(stampPath) || !existsSync(wasmPath)) return false;
  const stamp = JSON.parse(readFileSync(stampPath, 'utf8'));
  return stamp.sources === sources && stamp.wasm === digest(readFileSync(wasmPath));
}

function digestOfSources() {
  const files = readdirSync(assembly)
    .toSorted()
    .map((name) => [name, readFileSync(join(assembly, name), 'utf8')]);
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8'),
  );
  return digest(JSON.stringify([version, options, features, files]));
}

/** @param {string | Uint8Array} bytes */
function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureWasm().catch((/** @type {Error} */ error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
