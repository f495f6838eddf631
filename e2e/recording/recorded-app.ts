// A copy of the built app whose workers record what a test wants to know, served on a port of its own.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test, type Page } from '@playwright/test';
import { serve } from '../../scripts/serve.mjs';
import { leak, recordClient, recordServer, type Flattened } from './recorders.ts';

export interface RecordedApp {
  readonly url: string;
  close(): Promise<void>;
}

/** With `leaking`, its clients also send the server the beginning of every secret. */
export async function serveRecordedApp(leaking = false): Promise<RecordedApp> {
  const outDir = test.info().outputPath('app');
  cpSync('dist', outDir, { recursive: true });
  injectInto(outDir, 'server', [recordServer]);
  injectInto(outDir, 'client', leaking ? [recordClient, leak] : [recordClient]);
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

/** The secrets of `numClients` clients. */
export function handOverClients(page: Page, numClients: number): Promise<Uint8Array[]> {
  return page.evaluate(
    (numClients) =>
      new Promise<Uint8Array[]>((resolve) => {
        const secrets: Uint8Array[][] = [];
        const channel = new BroadcastChannel('recorded-client');
        channel.onmessage = ({ data }) => {
          secrets.push(data as Uint8Array[]);
          if (secrets.length === numClients) resolve(secrets.flat());
        };
        channel.postMessage('hand over');
      }),
    numClients,
  );
}

/** The recorder is each entry's first import, so it runs before everything else. */
function injectInto(
  outDir: string,
  shell: 'server' | 'client',
  recorders: readonly (() => void)[],
): void {
  const folder = `${outDir}/assets`;
  const entries = readdirSync(folder).filter((name) => new RegExp(`^${shell}-.*\\.js$`).test(name));
  if (entries.length === 0) throw new Error(`found no ${shell} in ${folder}`);
  const source = recorders.map((recorder) => `(${recorder.toString()})();`).join('\n');
  writeFileSync(`${folder}/recorder-${shell}.js`, source);
  for (const path of entries.map((name) => `${folder}/${name}`)) {
    writeFileSync(path, `import "./recorder-${shell}.js";${readFileSync(path, 'utf8')}`);
  }
}
