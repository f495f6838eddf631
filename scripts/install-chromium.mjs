// Makes sure that there is a Chromium to test with: one that is there, else Playwright's download,
// else Debian's package. Each attempt has a time limit, because a download behind a closed network
// can wait for ever.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findChromium, hasOwnChromium } from './chromium.mjs';
import { run } from './processes.mjs';

const downloadLimitMs = 3 * 60_000;
const packageLimitMs = 10 * 60_000;

/** Throws an Error that says what to do when none can be had. Xvfb, which only the test of hidden tabs needs, is installed where that is possible. */
export async function ensureChromium() {
  if (!hasChromium()) {
    console.error('No Chromium found; downloading one (npx playwright install chromium) …');
    await run('npx', ['playwright', 'install', 'chromium'], { timeLimitMs: downloadLimitMs });
  }
  const missing = [...(hasChromium() ? [] : ['chromium']), ...(isOnPath('Xvfb') ? [] : ['xvfb'])];
  if (missing.length > 0 && canUseApt()) {
    console.error(`Installing ${missing.join(' and ')} (apt-get) …`);
    const options = { timeLimitMs: packageLimitMs, env: { DEBIAN_FRONTEND: 'noninteractive' } };
    await run('apt-get', ['update', '-q'], options);
    await run('apt-get', ['install', '-y', '-q', ...missing], options);
  }
  if (!hasChromium()) {
    throw new Error('No Chromium: install one, or set CHROMIUM_PATH to its path');
  }
}

function hasChromium() {
  const path = findChromium();
  return path === undefined ? hasOwnChromium() : existsSync(path);
}

function canUseApt() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** @param {string} program */
function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}
