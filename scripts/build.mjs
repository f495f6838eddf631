// The build: data, then the page and its workers into dist, stamped with a digest of what they were
// made from, so that `npm start`, the tests and the headless runner can tell whether dist is current.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './processes.mjs';

const stampPath = 'dist/.sources';
const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** Builds unless dist is current. Throws an Error when a step fails. */
export async function ensureBuilt() {
  if (!isBuildCurrent()) await build();
}

export async function build() {
  await step('node', ['scripts/prepare-data.mjs'], 'preparing the data');
  await step('npx', ['vite', 'build', '--logLevel', 'error'], 'building');
  writeFileSync(stampPath, digestOfSources());
}

export function isBuildCurrent() {
  return existsSync(stampPath) && readFileSync(stampPath, 'utf8') === digestOfSources();
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} doing
 */
async function step(command, args, doing) {
  const { code } = await run(command, args, { timeLimitMs: 10 * 60_000 });
  if (code !== 0) throw new Error(`${doing} failed with status ${code}`);
}

/** Over paths and contents; of generated data (large, checksummed by its own step) path and size. */
function digestOfSources() {
  const digest = createHash('sha256');
  for (const path of sources.flatMap(filesUnder).toSorted()) {
    const isData = path.startsWith('public');
    digest.update(`${path}\0${statSync(path).size}\0`);
    if (!isData) digest.update(readFileSync(path));
  }
  return digest.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile() && !/\.test\.tsx?$/.test(name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await build().catch((/** @type {Error} */ error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
