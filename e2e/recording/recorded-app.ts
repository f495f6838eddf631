// A copy of the built app with code of a test's own in its workers (to record, to stop at a chosen
// moment), served on a port of its own.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test, type Page } from '@playwright/test';
import { serve } from '../../scripts/serve.mjs';
import type { Flattened } from './recorders.ts';

export interface RecordedApp {
  readonly url: string;
  close(): Promise<void>;
}

/** Functions that run in each worker before its own code; they refer to nothing but globals. */
export interface Injections {
  readonly server?: readonly (() => void)[];
  readonly client?: readonly (() => void)[];
}

export async function serveRecordedApp(injections: Injections): Promise<RecordedApp> {
  const outDir = test.info().outputPath('app');
  cpSync('dist', outDir, { recursive: true });
  for (const shell of ['server', 'client'] as const) {
    injectInto(outDir, shell, injections[shell] ?? []);
  }
  return serve({ port: 0, outDir });
}

export function handOverServer(page: Page): Promise<Flattened> {
  return page.evaluate(
    () =>
      new Promise<Flattened>((resolve) => {
        const channel = new BroadcastChannel('recorded-server');
        channel.onmessage = ({ data }) => resolve(data as Flattened);
        channel.postMessage('hand over');
      }),
  );
}

/** What each of `numClients` clients recorded. */
export function handOverClients<Item>(page: Page, numClients: number): Promise<Item[][]> {
  return page.evaluate(
    (numClients) =>
      new Promise<Item[][]>((resolve) => {
        const records: Item[][] = [];
        const channel = new BroadcastChannel('recorded-client');
        channel.onmessage = ({ data }) => {
          records.push(data as Item[]);
          if (records.length === numClients) resolve(records);
        };
        channel.postMessage('hand over');
      }),
    numClients,
  );
}

/** What is injected is each entry's first import, so it runs before everything else. */
function injectInto(
  outDir: string,
  shell: 'server' | 'client',
  functions: readonly (() => void)[],
): void {
  const folder = `${outDir}/assets`;
  const entries = readdirSync(folder).filter((name) => new RegExp(`^${shell}-.*\\.js$`).test(name));
  if (entries.length === 0) throw new Error(`found no ${shell} in ${folder}`);
  const source = functions.map((inject) => `(${inject.toString()})();`).join('\n');
  writeFileSync(`${folder}/injected-${shell}.js`, source);
  for (const path of entries.map((name) => `${folder}/${name}`)) {
    writeFileSync(path, `import "./injected-${shell}.js";${readFileSync(path, 'utf8')}`);
  }
}
