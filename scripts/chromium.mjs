// Finds a Chromium to drive: $CHROMIUM_PATH, Playwright's own download, or the system's.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @returns {string | undefined} a path, or undefined where Playwright's own browser is installed or none is found */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (existsSync(chromium.executablePath())) return undefined;
  return systemPaths.find((path) => existsSync(path));
}
