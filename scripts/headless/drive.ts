// Drives one run in real tabs: a dashboard and one tab a client in one fresh browser context, through
// the dashboard's automation object. Every wait has a limit and every ending has a sentence; the
// browser is closed whatever happens.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { writeConfig } from '../../src/core/federation/config-fields.ts';
import type { RunConfig } from '../../src/core/federation/run-config.ts';
import type { ServerView } from '../../src/core/protocol/view.ts';
import { chromiumLaunchOptions } from '../chromium.mjs';
import { automationOf, readState, withLimit } from './automation.ts';
import { shapeResult, type RunResult } from './result.ts';

const pollMs = 250;
const connectLimitMs = 60_000;
/** Beyond the round's own deadline, after which the server itself would have acted. */
const stallSlackMs = 120_000;

export interface DriveOptions {
  readonly config: RunConfig;
  /** Where the built app is served, with a slash at the end. */
  readonly url: string;
  readonly headed?: boolean;
  readonly onView?: (view: ServerView) => void;
  readonly signal?: AbortSignal;
}

export interface DrivenRun {
  readonly result: RunResult;
  /** The server's last view, for what the result leaves out. */
  readonly view: ServerView;
  readonly browserVersion: string;
}

/** Throws an Error of one sentence when the run cannot be started or does not finish. */
export async function driveRun(options: DriveOptions): Promise<DrivenRun> {
  const browser = await chromium.launch({
    ...chromiumLaunchOptions(),
    headless: options.headed !== true,
    handleSIGINT: false,
  });
  try {
    const trouble = troubleOf(browser, options.signal);
    return await Promise.race([drive(browser, options, trouble.report), trouble.promise]);
  } finally {
    await withLimit(browser.close(), 10_000, 'the browser did not close').catch(() => undefined);
  }
}

async function drive(
  browser: Browser,
  { config, url, onView }: DriveOptions,
  report: (message: string) => void,
): Promise<DrivenRun> {
  const context = await browser.newContext();
  const query = new URLSearchParams({ view: 'table', ...writeConfig(config) });
  const dashboard = await openTab(context, `${url}?${query}`, 'the dashboard', report);
  const automation = await automationOf(dashboard, connectLimitMs);
  const viewNow = async () => {
    const { connection, view } = await readState(automation);
    if (connection === 'outdated') throw new Error('the server speaks another protocol version');
    return view;
  };
  await waitFor(
    async () => (await viewNow()) !== null,
    connectLimitMs,
    () => 'no server answered',
  );

  for (let number = 1; number <= config.clients; number++) {
    await openTab(context, `${url}?client`, `client tab ${number}`, report);
  }
  let numConnected = 0;
  await waitFor(
    async () => {
      const clients = (await viewNow())?.clients ?? [];
      numConnected = clients.filter(({ standing }) => standing !== 'left').length;
      return numConnected >= config.clients;
    },
    connectLimitMs,
    () => `${numConnected} of ${config.clients} clients connected`,
  );

  const startedAtMs = performance.now();
  await withLimit(
    automation.evaluate((roundtable, config) => roundtable.actions.startRun(config, false), config),
    connectLimitMs,
    'the server did not answer the start command',
  );
  const { notices } = await readState(automation);
  const refusal = notices.find(({ tone }) => tone === 'error');
  if (refusal) throw new Error(refusal.text);

  const view = await watchRun(viewNow, config, onView);
  const result = shapeResult(view, performance.now() - startedAtMs);
  return { result, view, browserVersion: browser.version() };
}

/** The view in which the run is over. Throws an Error when nothing changes for too long. */
async function watchRun(
  viewNow: () => Promise<ServerView | null>,
  config: RunConfig,
  onView: DriveOptions['onView'],
): Promise<ServerView> {
  const stallMs = config.deadlineMs + stallSlackMs;
  let lastPicture = '';
  let changedAtMs = performance.now();
  for (;;) {
    const view = await viewNow();
    if (view?.run) {
      onView?.(view);
      if (['finished', 'stopped', 'failed'].includes(view.run.phase)) return view;
    }
    const picture = JSON.stringify([view?.run, view?.clients]);
    if (picture !== lastPicture) changedAtMs = performance.now();
    lastPicture = picture;
    if (performance.now() - changedAtMs > stallMs) {
      const where = view?.run ? `${view.run.phase} in round ${view.run.round}` : 'no run';
      throw new Error(`nothing happened for ${Math.round(stallMs / 1000)} s (${where})`);
    }
    await pause(pollMs);
  }
}

async function openTab(
  context: BrowserContext,
  url: string,
  name: string,
  report: (message: string) => void,
): Promise<Page> {
  const page = await context.newPage();
  page.once('crash', () => report(`${name} crashed`));
  page.once('close', () => report(`${name} was closed`));
  await page.goto(url);
  return page;
}

/** Rejects as soon as something ends that the run cannot do without. */
function troubleOf(browser: Browser, signal: AbortSignal | undefined) {
  let report: (message: string) => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    report = (message) => reject(new Error(message));
  });
  promise.catch(() => undefined); // closing the tabs at the end is no trouble any more
  browser.once('disconnected', () => report('the browser ended'));
  const interrupt = () => report('interrupted');
  if (signal?.aborted) interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  return { promise, report };
}

async function waitFor(
  condition: () => Promise<boolean>,
  limitMs: number,
  situation: () => string,
): Promise<void> {
  const startedAtMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedAtMs > limitMs) {
      throw new Error(`${situation()} within ${limitMs / 1000} s`);
    }
    await pause(pollMs);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
