// Real tabs: a dashboard and tabs of clients in one fresh browser context, and the dashboard's automation
// object. Every wait has a limit and every ending has a sentence; the browser is closed whatever happens.
import { chromium, type Browser, type BrowserContext, type JSHandle, type Page } from 'playwright';
import { writeConfig } from '../src/core/experiment/config-fields.ts';
import type { RunConfig } from '../src/core/experiment/run-config.ts';
import type { ServerView } from '../src/core/protocol/view.ts';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';
import { automationOf, readState, withLimit, type Automation } from './automation.ts';

const pollMs = 250;
const connectLimitMs = 60_000;
/** Beyond the round's own deadline, after which the server itself would have acted. */
const stallSlackMs = 120_000;

export interface TabsOptions {
  /** Where the built app is served, with a slash at the end. */
  readonly url: string;
  readonly headed?: boolean;
  /** 1 if left out. */
  readonly clientsPerTab?: number;
  readonly signal?: AbortSignal;
}

export interface Tabs {
  readonly browserVersion: string;
  /** The server's view; null before the first. */
  viewNow(): Promise<ServerView | null>;
  /** Opens the clients' tabs and waits until all clients are connected. */
  openClients(numClients: number): Promise<void>;
  /** Has the page act. Throws an Error with the server's refusal, if it refuses. */
  act<Result>(action: (automation: JSHandle<Automation>) => Promise<Result>): Promise<Result>;
  /** The view in which `isOver` holds. Throws an Error when nothing changes for too long. */
  watch(
    isOver: (view: ServerView) => boolean,
    deadlineMs: number,
    onView: (view: ServerView) => void | Promise<void>,
  ): Promise<ServerView>;
}

/** Opens the dashboard, lets `work` have the tabs, and closes the browser. */
export async function withTabs<Result>(
  options: TabsOptions,
  config: RunConfig,
  work: (tabs: Tabs) => Promise<Result>,
): Promise<Result> {
  const browser = await chromium.launch({
    ...chromiumLaunchOptions(),
    headless: options.headed !== true,
    handleSIGINT: false,
  });
  try {
    const trouble = troubleOf(browser, options.signal);
    const opened = openDashboard(browser, options, config, trouble.report).then(work);
    return await Promise.race([opened, trouble.promise]);
  } finally {
    await withLimit(browser.close(), 10_000, 'the browser did not close').catch(() => undefined);
  }
}

async function openDashboard(
  browser: Browser,
  { url, clientsPerTab = 1 }: TabsOptions,
  config: RunConfig,
  report: (message: string) => void,
): Promise<Tabs> {
  const context = await browser.newContext();
  const query = new URLSearchParams({ view: 'table', ...writeConfig(config) });
  const dashboard = await openTab(context, `${url}?${query}`, 'the dashboard', report);
  const automation = await automationOf(dashboard, connectLimitMs);

  async function viewNow(): Promise<ServerView | null> {
    const { connection, view } = await readState(automation);
    if (connection === 'outdated') throw new Error('the server speaks another protocol version');
    return view;
  }

  await waitFor(
    async () => (await viewNow()) !== null,
    connectLimitMs,
    () => 'no server answered',
  );
  return {
    browserVersion: browser.version(),
    viewNow,

    async openClients(numClients) {
      for (let first = 1; first <= numClients; first += clientsPerTab) {
        const numHosted = Math.min(clientsPerTab, numClients - first + 1);
        const query = numHosted === 1 ? 'client' : `client=${numHosted}`;
        await openTab(context, `${url}?${query}`, `the tab of client ${first}`, report);
      }
      let numConnected = 0;
      await waitFor(
        async () => {
          const clients = (await viewNow())?.clients ?? [];
          numConnected = clients.filter(({ standing }) => standing !== 'left').length;
          return numConnected >= numClients;
        },
        connectLimitMs,
        () => `${numConnected} of ${numClients} clients connected`,
      );
    },

    async act(action) {
      const { notices } = await readState(automation);
      const known = new Set(notices.map(({ id }) => id));
      const result = await withLimit(
        action(automation),
        connectLimitMs,
        'the server did not answer a command',
      );
      const { notices: now } = await readState(automation);
      const refusal = now.find(({ id, tone }) => tone === 'error' && !known.has(id));
      if (refusal) throw new Error(refusal.text);
      return result;
    },

    async watch(isOver, deadlineMs, onView) {
      const stallMs = deadlineMs + stallSlackMs;
      let lastPicture = '';
      let changedAtMs = performance.now();
      for (;;) {
        const view = await viewNow();
        if (view !== null) {
          await onView(view);
          if (isOver(view)) return view;
        }
        const picture = JSON.stringify([view?.run, view?.clients, view?.study]);
        if (picture !== lastPicture) changedAtMs = performance.now();
        lastPicture = picture;
        if (performance.now() - changedAtMs > stallMs) {
          const where = view?.run ? `${view.run.phase} in round ${view.run.round}` : 'no run';
          throw new Error(`nothing happened for ${Math.round(stallMs / 1000)} s (${where})`);
        }
        await pause(pollMs);
      }
    },
  };
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

/** Rejects as soon as something ends that the work cannot do without. */
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
