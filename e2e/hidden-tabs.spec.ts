// Training goes on at the same pace in a hidden tab: several tabs in one real window, of which only
// the front one is visible. Page timers of the others are throttled to one a second and less, so a
// client that leaned on its page would be slower by orders of magnitude.
import { expect, test } from '@playwright/test';
import type { DashboardState } from '../src/ui/dashboard-store.ts';
import { defaultRunConfig, type RunConfig } from '../src/core/experiment/run-config.ts';
import { hasVirtualScreen, startPlainBrowser, type PlainPage } from './plain-browser.ts';

const config: RunConfig = {
  ...defaultRunConfig,
  clients: 3,
  rounds: 4,
  localBatches: 300,
  backend: 'wasm',
};

test('hidden tabs train at the pace of visible ones', async ({ baseURL }) => {
  test.skip(!hasVirtualScreen(), 'needs Xvfb');
  test.setTimeout(180_000);
  const browser = await startPlainBrowser();
  try {
    const clients: PlainPage[] = [];
    for (let i = 0; i < config.clients; i++)
      clients.push(await browser.openTab(`${baseURL}?client`));
    const dashboard = await browser.openTab(baseURL!);
    await waitFor(dashboard, `roundtable.state().view?.clients.length === ${config.clients}`);

    await dashboard.bringToFront();
    const hidden = await runAndMeasure(dashboard, clients);
    expect(hidden.visibility).toEqual(['hidden', 'hidden', 'hidden']);

    await clients[0]!.bringToFront();
    const visible = await runAndMeasure(dashboard, clients);
    expect(visible.visibility).toEqual(['visible', 'hidden', 'hidden']);

    const [hiddenMs, visibleMs] = [hidden.trainMs, visible.trainMs];
    console.log(`round's training: ${hiddenMs} ms all hidden, ${visibleMs} ms one visible`);
    // Throttling would show as a factor of a hundred; a busy machine as less than three.
    expect(hiddenMs / visibleMs).toBeLessThan(3);
  } finally {
    await browser.close();
  }
});

/** Runs the configuration to its end; the median over rounds of the slowest client's training time. */
async function runAndMeasure(dashboard: PlainPage, clients: readonly PlainPage[]) {
  // A hidden dashboard sees a view a second: of a run in between it may see no more than the end.
  const runId = 'roundtable.state().view?.run?.runId ?? null';
  const before = JSON.stringify(await dashboard.evaluate<string | null>(runId));
  await dashboard.evaluate(`roundtable.actions.startRun(${JSON.stringify(config)}, false)`);
  await waitFor(dashboard, `(${runId}) !== ${before}`);
  const visibility = await Promise.all(
    clients.map((client) => client.evaluate<string>('document.visibilityState')),
  );
  await waitFor(dashboard, `roundtable.state().view?.run?.phase === 'finished'`);
  const { view } = await dashboard.evaluate<DashboardState>('roundtable.state()');
  const times = view!.history.slice(1).map(({ milliseconds }) => milliseconds.train);
  times.sort((a, b) => a - b);
  return { visibility, trainMs: Math.round(times[Math.floor(times.length / 2)]!) };
}

async function waitFor(page: PlainPage, condition: string): Promise<void> {
  const deadlineMs = Date.now() + 90_000;
  while (!(await page.evaluate<boolean>(`Boolean(globalThis.roundtable && (${condition}))`))) {
    if (Date.now() > deadlineMs) throw new Error(`Still not true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
