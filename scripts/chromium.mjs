// Finds a Chromium to drive: $CHROMIUM_PATH, Playwright's own download, or the system's.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** No sandbox: it cannot be set up as root or in most containers, and only our own pages are opened. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-quic',
];

/** @returns {string | undefined} a path, or undefined where Playwright's own browser is installed or none is found */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (hasOwnChromium()) return undefined;
  return systemPaths.find((path) => existsSync(path));
}

/** What Playwright and Vitest need to launch it. */
export function chromiumLaunchOptions() {
  const executablePath = findChromium();
  return { ...(executablePath === undefined ? {} : { executablePath }), args: chromiumArguments };
}

export function hasOwnChromium() {
  return existsSync(chromium.executablePath());
}
