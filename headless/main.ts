// `npm run headless -- run …` and `… study …`: a run or a tuning study in real tabs of headless Chromium,
// its result as JSON. Exit status 2 for a bad option, 1 for a failure, 130 after Ctrl-C; each with one
// line on stderr. A study that is interrupted leaves the result and the journal of what was finished.
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { ServerView } from '../src/core/protocol/view.ts';
import { ensureBuilt } from '../scripts/build.mjs';
import { serve } from '../scripts/serve.mjs';
import { driveStudy } from './drive-study.ts';
import { driveRun } from './drive.ts';
import { parseOptions, type DriveSettings, type RunOptions } from './options.ts';
import { createProgressBar } from './progress.ts';
import type { StudyOptions } from './study-options.ts';
import { createStudyProgress } from './study-progress.ts';
import { shapeStudyResult } from './study-result.ts';

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
    process.exitCode = await runRun(parsed.options);
    break;
  case 'study':
    process.exitCode = await runStudy(parsed.options);
    break;
}

/** Serves the app and lets `drive` work on it; the exit status. */
async function withApp(
  { out, dist }: DriveSettings,
  drive: (url: string, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  try {
    if (out !== null) assertWritable(out);
    if (dist === null) await ensureBuilt();
    else if (!existsSync(`${dist}/index.html`)) throw new Error(`no built app in ${dist}`);
    const server = await serve({ port: 0, outDir: dist ?? 'dist' });
    try {
      await drive(server.url, interruption.signal);
    } finally {
      await server.close();
    }
    return 0;
  } catch (error) {
    console.error(firstLine(error));
    return interruption.signal.aborted ? 130 : 1;
  }
}

async function runRun(options: RunOptions): Promise<number> {
  const { config, headed, clientsPerTab, out } = options;
  const progress = createProgressBar(process.stderr);
  return withApp(options, async (url, signal) => {
    try {
      const { result } = await driveRun({
        config,
        url,
        headed,
        clientsPerTab,
        onView: progress.show,
        signal,
      });
      writeResult(out, result);
    } finally {
      progress.end();
    }
  });
}

async function runStudy(options: StudyOptions & DriveSettings): Promise<number> {
  const { setup, numTrials, journal, resume, headed, clientsPerTab, out } = options;
  const progress = createStudyProgress(process.stderr);
  return withApp(options, async (url, signal) => {
    if (journal !== null) assertWritable(journal);
    const resumed = resume === null ? null : { journal: readJournalFile(resume), numTrials };
    let startedAtMs: number | null = null;
    let last: ServerView | null = null;
    const onView = (view: ServerView) => {
      startedAtMs ??= performance.now();
      last = view;
      progress.show(view);
    };
    const onJournal = journal === null ? {} : { onJournal: (text: string) => save(journal, text) };
    try {
      const onNothingLeft = () =>
        console.error(`no trials are left in ${resume}: a larger number with --trials adds some`);
      await driveStudy({
        setup,
        resumed,
        url,
        headed,
        clientsPerTab,
        signal,
        onView,
        onNothingLeft,
        ...onJournal,
      });
    } finally {
      progress.end();
      if (last !== null) {
        writeResult(out, shapeStudyResult(last, performance.now() - startedAtMs!));
      }
    }
  });
}

function readJournalFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${path}`, { cause: error });
  }
}

/** Whole or not at all: an interruption leaves the file as it was. */
function save(path: string, text: string): void {
  const partial = `${path}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

function writeResult(out: string | null, result: object): void {
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (out === null) process.stdout.write(json);
  else save(out, json);
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
