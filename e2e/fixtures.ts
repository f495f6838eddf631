// A federation under test: its tabs in one browser context (so that they share the server and its
// storage), opened, watched and killed from here.
import { isOverPhase } from '../src/core/protocol/view.ts';
import { test as base, type BrowserContext, type Page } from '@playwright/test';
import { writeConfig } from '../src/core/experiment/config-fields.ts';
import { defaultRunConfig, type RunConfig } from '../src/core/experiment/run-config.ts';
import type { ServerView } from '../src/core/protocol/view.ts';
import type { DashboardState } from '../src/ui/dashboard-store.ts';
import { automationOf, readState } from '../headless/automation.ts';

const pollMs = 50;

export interface Federation {
  readonly context: BrowserContext;
  /** A dashboard with `changes` to the default configuration in its URL, connected to a server. */
  openDashboard(changes?: Partial<RunConfig>): Promise<Page>;
  /** Client tabs opened by their URL, each seen by the server before the next is opened. */
  openClients(dashboard: Page, howMany: number): Promise<Page[]>;
  /** Presses Start. */
  start(dashboard: Page): Promise<void>;
  /** Waits for a view that fulfils `condition`; says `what` was missing, and where things stood, when it does not come. */
  waitFor(
    dashboard: Page,
    what: string,
    condition: (view: ServerView) => boolean,
    limitMs?: number,
  ): Promise<ServerView>;
  /** The view in which the run has finished; fails at once when it ends otherwise. */
  waitForEnd(dashboard: Page, limitMs?: number): Promise<ServerView>;
}

/** `url` of the app, with a slash at the end. */
export function createFederation(context: BrowserContext, url: string): Federation {
  const federation: Federation = {
    context,
    async openDashboard(changes = {}) {
      const page = await context.newPage();
      const texts = writeConfig({ ...defaultRunConfig, ...changes });
      await page.goto(`${url}?${new URLSearchParams({ view: 'table', ...texts })}`);
      await federation.waitFor(page, 'a server', () => true, 30_000);
      return page;
    },
    async openClients(dashboard, howMany) {
      const pages: Page[] = [];
      const before = numPresent((await stateOf(dashboard)).view);
      for (let number = 1; number <= howMany; number++) {
        const page = await context.newPage();
        await page.goto(`${url}?client`);
        pages.push(page);
        const seen = (view: ServerView) => numPresent(view) >= before + number;
        await federation.waitFor(dashboard, `client ${number} at the table`, seen, 30_000);
      }
      return pages;
    },
    async start(dashboard) {
      await dashboard.getByRole('button', { name: 'Start', exact: true }).click();
    },
    async waitFor(dashboard, what, condition, limitMs = 120_000) {
      const startedAtMs = performance.now();
      let state: DashboardState;
      do {
        state = await stateOf(dashboard);
        if (state.view !== null && condition(state.view)) return state.view;
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      } while (performance.now() - startedAtMs < limitMs);
      throw new Error(`waited ${limitMs} ms for ${what}; ${describe(state)}`);
    },
    async waitForEnd(dashboard, limitMs = 150_000) {
      const isOver = ({ run }: ServerView) => run !== null && isOverPhase(run.phase);
      const view = await federation.waitFor(dashboard, 'the end of the run', isOver, limitMs);
      if (view.run?.phase !== 'finished') {
        throw new Error(`the run ended as ${view.run?.phase}: ${JSON.stringify(view.run?.note)}`);
      }
      return view;
    },
  };
  return federation;
}

export const test = base.extend<{ federation: Federation }>({
  federation: async ({ context, baseURL }, use) => {
    await use(createFederation(context, baseURL!));
  },
});
export { expect } from '@playwright/test';

/** What the page's automation object shows now. */
export async function stateOf(page: Page): Promise<DashboardState> {
  return readState(await automationOf(page));
}

/** Kills the tab's renderer, as an out-of-memory crash would; no event reaches the page. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  page.goto('chrome://crash').catch(() => undefined); // never answers: the process is gone
  await crashed;
}

/** Clients that are not gone. */
export function numPresent(view: ServerView | null): number {
  return view?.clients.filter(({ standing }) => standing !== 'left').length ?? 0;
}

export function isPresent({ clients }: ServerView, clientId: string): boolean {
  return clients.some((client) => client.clientId === clientId && client.standing !== 'left');
}

/** The client that a client tab hosts. */
export async function clientIdOf(page: Page): Promise<string> {
  return (await stateOf(page)).hosted[0]!.clientId;
}

function describe({ connection, view, notices }: DashboardState): string {
  const { run, history = [], clients = [] } = view ?? {};
  const doing = run ? `${run.phase} in round ${run.round} (${JSON.stringify(run.note)})` : 'no run';
  const tabs = clients.map(({ standing, phase }) => `${standing}/${phase}`).join(', ');
  const said = notices.map(({ text }) => text).join(' ');
  return `connection ${connection}, ${doing}, ${history.length} rounds kept, clients [${tabs}] ${said}`;
}
