// A plain, headed Chromium with several tabs in one window and nobody attached to it: Playwright
// reports every page as visible, so what hidden tabs do can be seen only without it. The pages tell
// about themselves over HTTP.
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { chromiumArguments, findChromium } from '../scripts/chromium.mjs';

const xvfb = '/usr/bin/Xvfb';

/** Why no window can be opened here, or null. */
export function whyNotHeaded(): string | null {
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY !== undefined;
  return hasScreen || existsSync(xvfb) ? null : 'there is no screen, and Xvfb is not installed';
}

/** Opens `urls` as the tabs of one window, the first in front. Returns what ends it. */
export async function openWindow(
  urls: readonly string[],
  profileFolder: string,
): Promise<() => void> {
  const children: ChildProcess[] = [];
  const env = { ...process.env };
  if (process.platform === 'linux' && env['DISPLAY'] === undefined) {
    const screen = spawn(
      xvfb,
      ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'],
      {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      },
    );
    children.push(screen);
    const number = await new Promise<string>((resolve, reject) => {
      screen.stdio[3]!.once('data', (text: Buffer) => resolve(text.toString().trim()));
      screen.once('exit', () => reject(new Error('Xvfb did not start')));
    });
    env['DISPLAY'] = `:${number}`;
  }
  const args = [
    ...chromiumArguments,
    `--user-data-dir=${profileFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--use-angle=swiftshader', // headed Chromium under Xvfb has no WebGL without these two
    '--ignore-gpu-blocklist',
    ...urls,
  ];
  const path = findChromium() ?? chromium.executablePath();
  children.push(spawn(path, args, { env, stdio: 'ignore', detached: true }));
  return () => {
    for (const child of children.toReversed()) endGroup(child);
  };
}

/** A server for the pages' reports; each is handed to `onReport` as it was sent. */
export async function listenForReports(
  onReport: (report: unknown) => void,
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      response.writeHead(204, { 'Access-Control-Allow-Origin': '*' }).end();
      if (text !== '') onReport(JSON.parse(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address to listen on');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => void server.close() };
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && child.spawnargs.includes('--no-first-run')) {
      process.kill(-child.pid, 'SIGKILL');
    } else {
      child.kill('SIGKILL');
    }
  } catch {
    // It has ended by itself.
  }
}
