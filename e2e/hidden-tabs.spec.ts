// Training goes on at the same pace in hidden tabs: one window, the dashboard in front with one
// client of its own, two client tabs behind it. All three train side by side; page timers behind
// would run once a second and rAF not at all, so a page in the data path would show at once.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { defaultRunConfig } from '../src/core/federation/run-config.ts';
import { writeConfig } from '../src/core/federation/config-fields.ts';
import type { DashboardState } from '../src/ui/dashboard-store.ts';
import { serve } from '../scripts/serve.mjs';
import { expect, test } from './fixtures.ts';
import { listenForReports, openWindow, whyNotHeaded } from './headed-browser.ts';
import { smallRun } from './small-run.ts';

interface Report {
  readonly search: string;
  readonly hidden: boolean;
  /** null in client tabs. */
  readonly state: DashboardState | null;
}

const config = { ...defaultRunConfig, ...smallRun({ rounds: 4, localBatches: 150 }) };

test('hidden tabs train at the pace of a visible one', async () => {
  const reason = whyNotHeaded();
  test.skip(reason !== null, reason ?? '');
  const reports: Report[] = [];
  const listener = await listenForReports((report) => reports.push(report as Report));
  const outDir = test.info().outputPath('app');
  cpSync('dist', outDir, { recursive: true });
  const html = readFileSync(`${outDir}/index.html`, 'utf8');
  const script = `(${driveAndReport.toString()})(${JSON.stringify({ config, url: listener.url })})`;
  writeFileSync(
    `${outDir}/index.html`,
    html.replace('</body>', `<script>${script}</script></body>`),
  );
  const app = await serve({ port: 0, outDir });
  const query = new URLSearchParams({ view: 'table', ...writeConfig(config) });
  const urls = [`${app.url}?${query}`, `${app.url}?client`, `${app.url}?client`];
  const closeWindow = await openWindow(urls, test.info().outputPath('profile'));
  try {
    const phase = () => reports.findLast(({ state }) => state !== null)?.state?.view?.run?.phase;
    await expect.poll(phase, { timeout: 150_000, intervals: [250] }).toBe('finished');
  } finally {
    closeWindow();
    await app.close();
    listener.close();
  }

  const inFront = reports.filter(({ state }) => state !== null);
  const behind = reports.filter(({ search }) => search === '?client');
  expect(inFront.every(({ hidden }) => !hidden)).toBe(true);
  expect(behind.filter(({ hidden }) => !hidden)).toEqual([]);
  expect(behind.length).toBeGreaterThan(0);

  const paces = trainingMs(inFront.map(({ state }) => state!));
  const hostedId = inFront.at(-1)!.state!.hosted[0]!.clientId;
  const visible = paces.get(hostedId)!;
  const others = [...paces].filter(([clientId]) => clientId !== hostedId);
  expect(others).toHaveLength(2);
  for (const [, hidden] of others) {
    expect(hidden / visible).toBeGreaterThan(0.5);
    expect(hidden / visible).toBeLessThan(2);
  }
});

/** Milliseconds of the last round's training by client. */
function trainingMs(states: readonly DashboardState[]): ReadonlyMap<string, number> {
  const clients = states.at(-1)?.view?.clients ?? [];
  return new Map(
    clients.map(({ clientId, lastSegments }) => [
      clientId,
      lastSegments
        .filter(({ phase }) => phase === 'training')
        .reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0),
    ]),
  );
}

/** Runs in every page: the dashboard starts the run when all are there; all pages report. */
function driveAndReport({ config, url }: { config: unknown; url: string }): void {
  interface Roundtable {
    state(): DashboardState;
    actions: {
      addClients(howMany: number): void;
      startRun(config: unknown, withTwin: boolean): Promise<void>;
    };
  }
  const isClient = location.search === '?client';
  let step: 'connecting' | 'gathering' | 'started' = 'connecting';
  setInterval(() => {
    const roundtable = (window as unknown as { roundtable?: Roundtable }).roundtable;
    const state = isClient ? null : (roundtable?.state() ?? null);
    if (roundtable && state?.view && step === 'connecting') {
      step = 'gathering';
      roundtable.actions.addClients(1);
    }
    if (roundtable && state?.view?.clients.length === 3 && step === 'gathering') {
      step = 'started';
      void roundtable.actions.startRun(config, false);
    }
    const report = { search: location.search, hidden: document.hidden, state };
    void fetch(url, { method: 'POST', body: JSON.stringify(report) });
  }, 500);
}
