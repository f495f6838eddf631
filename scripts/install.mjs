// Installs the dependencies when they are missing or older than package-lock.json, so that
// `npm start` and `npm test` work on a fresh clone. Node built-ins only.
import { existsSync, readFileSync } from 'node:fs';
import { run } from './processes.mjs';

/** Throws an Error when `npm ci` fails. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.error('Installing dependencies (npm ci) …');
  const { code } = await run('npm', ['ci'], { timeLimitMs: 15 * 60_000 });
  if (code !== 0) throw new Error(`npm ci failed with status ${code}`);
}

/** True when every locked package that is not optional is installed in the locked version. */
function isInstalled() {
  const installedPath = 'node_modules/.package-lock.json';
  if (!existsSync(installedPath)) return false;
  const locked = readPackages('package-lock.json');
  const installed = readPackages(installedPath);
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found !== undefined
      ? found.version === entry.version
      : (entry.optional ?? entry.devOptional) === true;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
