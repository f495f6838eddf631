// `npm run headless -- run …`: a run in real tabs of headless Chromium, its result as JSON. Exit
// status 2 for a bad option, 1 for a failure, 130 after Ctrl-C; each with one line on stderr.
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureBuilt } from '../build.mjs';
import { serve } from '../serve.mjs';
import { driveRun } from './drive.ts';
import { parseOptions, type RunOptions } from './options.ts';
import { createProgressBar } from './progress.ts';

const parsed = parseOptions(process.argv.slice(2));
switch (parsed.kind) {
  case 'help':
    console.log(parsed.text);
    break;
  case 'bad':
    console.error(parsed.message);
    process.exitCode = 2;
    break;
  case 'run':
    process.exitCode = await main(parsed.options);
    break;
}

async function main({ config, out, headed, dist }: RunOptions): Promise<number> {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  const progress = createProgressBar(process.stderr);
  try {
    if (out !== null) assertWritable(out);
    if (dist === null) await ensureBuilt();
    else if (!existsSync(`${dist}/index.html`)) throw new Error(`no built app in ${dist}`);
    const server = await serve({ port: 0, outDir: dist ?? 'dist' });
    try {
      const { result } = await driveRun({
        config,
        url: server.url,
        headed,
        onView: progress.show,
        signal: interruption.signal,
      });
      const json = `${JSON.stringify(result, null, 2)}\n`;
      if (out === null) process.stdout.write(json);
      else writeFileSync(out, json);
    } finally {
      progress.end();
      await server.close();
    }
    return 0;
  } catch (error) {
    console.error(firstLine(error));
    return interruption.signal.aborted ? 130 : 1;
  }
}

/** Before the run rather than after it. */
function assertWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new Error(`cannot write to ${path}`, { cause: error });
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!;
}
