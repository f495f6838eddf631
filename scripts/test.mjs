// `npm test`: the whole gate on a fresh clone, in order of price, ending in one line that adds up all
// runners. A stage that cannot report counts as one failed test; so does a runner that ran none.
// Until the dependencies are there, Node built-ins only.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureInstalled } from './install.mjs';
import { run } from './processes.mjs';

/** @typedef {{ passed: number, failed: number }} Tally */

const reports = '.cache/reports';
const minuteMs = 60_000;
/** A terminal shows what goes on; a file or a pipe gets failures and a summary, not thousands of dots. */
const isTerminal = process.stdout.isTTY;
let passed = 0;
let failed = 0;

if (await prepare('install', ensureInstalled)) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  await prepare('data', prepareData);
  await prepare('browser', async () => (await import('./install-chromium.mjs')).ensureChromium());
  await stage('check', async () => (await import('./check.mjs')).check());
  await stage('unit', () => vitest('unit'));
  await stage('browser', () => vitest('browser'));
  if (await stage('build', build)) await stage('e2e', playwright);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/**
 * What the tests need but is none itself: counted only when it fails.
 * @param {string} name
 * @param {() => Promise<void>} action
 */
async function prepare(name, action) {
  return stage(name, async () => {
    await action();
    return { passed: 0, failed: 0 };
  });
}

/**
 * @param {string} name
 * @param {() => Promise<Tally>} action
 * @returns {Promise<boolean>} whether nothing failed
 */
async function stage(name, action) {
  console.log(`\n— ${name}`);
  const startedAtMs = performance.now();
  const tally = await action().catch((error) => {
    console.log(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  });
  passed += tally.passed;
  failed += tally.failed;
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`— ${name}: ${tally.passed} passed, ${tally.failed} failed in ${seconds} s`);
  return tally.failed === 0;
}

async function prepareData() {
  const { code } = await run('node', ['scripts/prepare-data.mjs'], { timeLimitMs: 5 * minuteMs });
  if (code !== 0) throw new Error(`preparing the data failed with status ${code}`);
}

/**
 * @param {'unit' | 'browser'} project
 * @returns {Promise<Tally>}
 */
async function vitest(project) {
  const report = `${reports}/${project}.json`;
  const reporter = isTerminal ? 'dot' : 'minimal';
  const options = [`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await run('npx', ['vitest', 'run', '--project', project, ...options], {
    output: 'stdout',
    timeLimitMs: 20 * minuteMs,
  });
  const { numPassedTests, numFailedTests } = readReport(report);
  return settle(numPassedTests, numFailedTests, code);
}

/** @returns {Promise<Tally>} */
async function playwright() {
  const report = `${reports}/e2e.json`;
  const reporter = isTerminal ? 'line' : 'dot';
  const { code } = await run('npx', ['playwright', 'test', `--reporter=${reporter},json`], {
    output: 'stdout',
    // Its workers are told to colour, for it takes the codes out again; both words would make Node warn.
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, NO_COLOR: undefined },
    timeLimitMs: 32 * minuteMs,
  });
  const { expected, unexpected, flaky } = readReport(report).stats;
  return settle(expected + flaky, unexpected, code);
}

/** @returns {Promise<Tally>} */
async function build() {
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
  const { code } = await run('npx', ['tsx', 'scripts/bundle/check-bundle.ts'], {
    output: 'stdout',
  });
  return { passed: code === 0 ? 2 : 1, failed: code === 0 ? 0 : 1 };
}

/** @param {string} path */
function readReport(path) {
  if (!existsSync(path)) throw new Error('the runner ended without a report');
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * A failing status with no failed test (an unhandled error, a time limit) is a failure all the same.
 * @param {number} passed
 * @param {number} failed
 * @param {number} code
 * @returns {Tally}
 */
function settle(passed, failed, code) {
  if (passed + failed === 0) console.log('no test was run');
  const isBroken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: isBroken ? 1 : failed };
}
