// Benchmarks that need a browser's engines rather than a federation: every `src/**/*.bench.ts` is a
// row named after its file. It exports `bench(): Promise<Measurement[]>` (see measurement.ts), is
// built as the app is (production code, assets and workers included) and runs in a page of its own.
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { chromiumLaunchOptions } from '../chromium.mjs';
import { serve } from '../serve.mjs';
import { withLimit } from '../../headless/automation.ts';
import { readMeasurements, type Measurement } from './measurement.ts';

const limitMs = 15 * 60_000;

/** Paths of the modules by row. */
export function findPageModules(folder = 'src'): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.bench.ts'))
    .map((name) => join(folder, name));
  return new Map(paths.map((path) => [basename(path, '.bench.ts'), path]));
}

/** Throws an Error when the module cannot be built, fails, or returns something else. */
export async function runPageModule(row: string, path: string): Promise<Measurement[]> {
  const outDir = `.cache/bench/${row}`;
  await build({
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        input: { bench: path },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'bench.js', assetFileNames: 'assets/[name]-[hash][extname]' },
      },
    },
  });
  writeFileSync(`${outDir}/index.html`, `<!doctype html><title>${row}</title>`);
  const server = await serve({ port: 0, outDir });
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    const crash = new Promise<never>((_resolve, reject) => {
      page.once('crash', () => reject(new Error('the page crashed')));
    });
    await page.goto(server.url);
    const work = page.evaluate<unknown>(`import('./bench.js').then(({ bench }) => bench())`);
    const limit = withLimit(work, limitMs, `no result within ${limitMs / 60_000} min`);
    return readMeasurements(await Promise.race([limit, crash]));
  } finally {
    await browser.close();
    await server.close();
  }
}
