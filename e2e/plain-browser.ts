// A plain headed Chromium on a virtual screen, driven over its debugging pipe with nothing emulated.
// Playwright makes every page believe that it is visible and focused; what happens to tabs that are
// really hidden shows only without it. Needs Xvfb.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { chromium } from 'playwright';
import { findChromium } from '../scripts/chromium.mjs';

export interface PlainPage {
  /** The value of an expression in the page; promises are awaited. Throws what the page throws. */
  evaluate<Result>(expression: string): Promise<Result>;
  /** Makes it the visible tab of the window; the others are then hidden. */
  bringToFront(): Promise<void>;
}

export interface PlainBrowser {
  openTab(url: string): Promise<PlainPage>;
  close(): Promise<void>;
}

export const hasVirtualScreen = () => spawnSync('which', ['Xvfb']).status === 0;

export async function startPlainBrowser(): Promise<PlainBrowser> {
  const screen = await startScreen();
  const profile = mkdtempSync(join(tmpdir(), 'roundtable-profile-'));
  const browser = spawn(
    findChromium() ?? chromium.executablePath(),
    [
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
      '--no-sandbox',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--use-angle=swiftshader',
      '--ignore-gpu-blocklist',
      'about:blank',
    ],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, DISPLAY: screen.display },
    },
  );
  const send = speakOverPipe(browser.stdio[3] as Writable, browser.stdio[4] as Readable);

  return {
    async openTab(url) {
      const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url });
      const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      return {
        async evaluate<Result>(expression: string) {
          const { result, exceptionDetails } = await send<{
            result: { value: Result };
            exceptionDetails?: { text: string; exception?: { description?: string } };
          }>(
            'Runtime.evaluate',
            { expression, awaitPromise: true, returnByValue: true },
            sessionId,
          );
          if (exceptionDetails !== undefined) {
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
          }
          return result.value;
        },
        async bringToFront() {
          await send('Target.activateTarget', { targetId });
        },
      };
    },
    async close() {
      const gone = new Promise((resolve) => browser.once('exit', resolve));
      void send('Browser.close', {});
      await gone;
      screen.process.kill();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Messages are JSON texts that end with a zero byte, both ways. */
function speakOverPipe(output: Writable, input: Readable) {
  const waiting = new Map<
    number,
    { resolve: (result: never) => void; reject: (error: Error) => void }
  >();
  let nextId = 1;
  let unread = '';
  input.setEncoding('utf8').on('data', (chunk: string) => {
    const texts = (unread + chunk).split('\0');
    unread = texts.pop()!;
    for (const text of texts) {
      const message = JSON.parse(text) as {
        id?: number;
        result?: never;
        error?: { message: string };
      };
      const request = message.id === undefined ? undefined : waiting.get(message.id);
      if (request === undefined) continue;
      waiting.delete(message.id!);
      if (message.error) request.reject(new Error(message.error.message));
      else request.resolve(message.result!);
    }
  });
  return <Result = unknown>(method: string, params: object, sessionId?: string): Promise<Result> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
}

/** Xvfb picks a free display and says which. */
function startScreen(): Promise<{ process: ChildProcess; display: string }> {
  const xvfb = spawn(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1366x768x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return new Promise((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.stdout.once('data', (number: Buffer) =>
      resolve({ process: xvfb, display: `:${number.toString().trim()}` }),
    );
  });
}
