// `npm run bench [-- --only NAME,…]`: measures the rows, prints a Markdown table headed by the
// machine, and writes it with the raw figures to bench-results. Exit status 1 when a row could not
// be measured; a missed target is printed, not failed: timings on a shared machine are no test.
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import type { RunConfig } from '../../src/core/experiment/run-config.ts';
import { ensureBuilt } from '../build.mjs';
import { INITIAL_JS_LIMIT_BYTES } from '../bundle/judge-bundle.ts';
import { readBundle } from '../bundle/read-bundle.ts';
import { chromiumLaunchOptions } from '../chromium.mjs';
import type { RoundRecord } from '../../src/core/protocol/view.ts';
import type { StudySetup } from '../../src/core/experiment/study-setup.ts';
import { driveStudy } from '../../headless/drive-study.ts';
import { driveRun, type DrivenRun } from '../../headless/drive.ts';
import { createProgressBar } from '../../headless/progress.ts';
import { serve } from '../serve.mjs';
import { dashboardFramesRow } from './dashboard-frames.ts';
import { federationRows } from './federation-rows.ts';
import { describeMachine, machineLine } from './machine.ts';
import { markdownTable, type Measurement, type RowResult } from './measurement.ts';
import { createStudyProgress } from '../../headless/study-progress.ts';
import { timedRunRows, type DriveRun } from './timed-run-rows.ts';
import { sweepRow, type DrivenStudy, type RunStudy } from './study-rows.ts';
import { findPageModules, runPageModule } from './page-modules.ts';

const pageModules = findPageModules();
const rowNames = [
  'first-load',
  ...pageModules.keys(),
  ...federationRows.keys(),
  ...timedRunRows.keys(),
  'sweep',
  'dashboard-frames',
];
const chosen = chosenRows(process.argv.slice(2));
if (typeof chosen === 'string') {
  console.error(chosen);
  process.exitCode = 2;
} else {
  await main(chosen);
}

async function main(rows: readonly string[]): Promise<void> {
  await ensureBuilt();
  const startedAt = new Date();
  const server = await serve({ port: 0 });
  const driveFederation = remembering((config: RunConfig) => driveOnce(server.url, config));
  const runStudy = remembering((setup: StudySetup) => driveStudyOnce(server.url, setup));
  const results: RowResult[] = [];
  for (const row of rows) {
    console.error(`— ${row}`);
    try {
      results.push({
        row,
        measurements: await measure(row, server.url, driveFederation, runStudy),
        failure: null,
      });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      results.push({ row, measurements: [], failure });
    }
  }
  await server.close();

  const machine = describeMachine(await browserVersion());
  const text = `${machineLine(machine)}\n\n${markdownTable(results)}\n`;
  console.log(text);
  mkdirSync('bench-results', { recursive: true });
  const stamp = startedAt.toISOString().replaceAll(/[:.]/g, '-');
  const record = { version: 1, startedAt: startedAt.toISOString(), machine, results };
  writeFileSync(`bench-results/${stamp}.json`, `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(`bench-results/${stamp}.md`, text);
  if (results.some(({ failure }) => failure !== null)) process.exitCode = 1;
}

async function measure(
  row: string,
  url: string,
  driveFederation: DriveRun,
  runStudy: RunStudy,
): Promise<Measurement[]> {
  const timedRunRow = timedRunRows.get(row);
  if (timedRunRow !== undefined) return timedRunRow(driveFederation);
  if (row === 'sweep') return sweepRow(runStudy);
  if (row === 'dashboard-frames') return dashboardFramesRow(url);
  const module = pageModules.get(row);
  if (module !== undefined) return runPageModule(row, module);
  const federationRow = federationRows.get(row);
  if (federationRow === undefined) return [firstLoad()];
  return federationRow(async (config, again) => (await driveFederation(config, again)).result);
}

function firstLoad(): Measurement {
  const { initialBytes } = readBundle('dist');
  return {
    what: "the dashboard's JavaScript before interaction, gzip",
    measured: `${(initialBytes / 1000).toFixed(1)} kB`,
    target: `≤ ${INITIAL_JS_LIMIT_BYTES / 1000} kB`,
    met: initialBytes <= INITIAL_JS_LIMIT_BYTES,
    values: { initialBytes },
  };
}

/** Rows share runs: the same configuration is driven once, unless a repetition is asked for. */
function remembering<Config, Result>(drive: (config: Config) => Promise<Result>) {
  const runs = new Map<string, Promise<Result>>();
  return (config: Config, again = 0): Promise<Result> => {
    const key = JSON.stringify([config, again]);
    const known = runs.get(key) ?? drive(config);
    runs.set(key, known);
    return known;
  };
}

async function driveOnce(url: string, config: RunConfig): Promise<DrivenRun> {
  const progress = createProgressBar(process.stderr);
  try {
    return await driveRun({ config, url, onView: progress.show });
  } finally {
    progress.end();
  }
}

async function driveStudyOnce(url: string, setup: StudySetup): Promise<DrivenStudy> {
  const { show, end } = createStudyProgress(process.stderr);
  let histories: ReadonlyMap<number, readonly RoundRecord[]> = new Map();
  const onHistories = (kept: typeof histories) => void (histories = kept);
  try {
    const view = await driveStudy({ setup, resumed: null, url, onView: show, onHistories });
    return { view, histories };
  } finally {
    end();
  }
}

async function browserVersion(): Promise<string> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  const version = browser.version();
  await browser.close();
  return version;
}

/** The rows to measure, or what is wrong with the options. */
function chosenRows(args: readonly string[]): readonly string[] | string {
  if (args.length === 0) return rowNames;
  const usage = `expected --only with some of: ${rowNames.join(', ')}`;
  if (args.length !== 2 || args[0] !== '--only') return usage;
  const names = args[1]!.split(',');
  return names.every((name) => rowNames.includes(name)) ? names : usage;
}
