// A GPU that goes away: one client's WebGL context is lost, or the whole GPU process is killed. The
// clients are restarted from the last commit, return to their seats, and the run ends complete. At
// least two clients must report in each round, so a run cannot end without the one that was lost.
import { chromium, type Browser } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';
import { clientIdOf, createFederation, expect, isPresent, stateOf, test } from './fixtures.ts';
import { injectInterventions, intervene } from './recording/interventions.ts';
import { serveRecordedApp } from './recording/recorded-app.ts';
import { smallRun } from './small-run.ts';

const config = smallRun({
  clients: 2,
  minimumClients: 2,
  rounds: 2,
  localBatches: 5,
  backend: 'webgl',
});

test('a client whose WebGL context is lost comes back and the run goes on', async ({ context }) => {
  const app = await serveRecordedApp({ client: [injectInterventions] });
  try {
    const federation = createFederation(context, app.url);
    const dashboard = await federation.openDashboard(config);
    const [victim, other] = await federation.openClients(dashboard, 2);
    const clientId = await clientIdOf(victim!);
    const order = { clientId, moment: 'training', round: 1, action: 'lose-context' } as const;
    const isLost = await intervene(dashboard, order);
    await federation.start(dashboard);
    await isLost();

    const view = await federation.waitForEnd(dashboard);
    expect(view.history.map(({ numClients }) => numClients)).toEqual([0, 2, 2]);
    expect(view.clients.map(({ backend }) => backend?.backend)).toEqual(['webgl', 'webgl']);
    expect(isPresent(view, clientId)).toBe(true);
    expect(await stateOf(victim!)).toMatchObject({ hosted: [{ clientId, restarts: 1 }] });
    expect(await stateOf(other!)).toMatchObject({ hosted: [{ restarts: 0 }] });
  } finally {
    await app.close();
  }
});

test('a killed GPU process costs time, not the run', async () => {
  const app = await serveRecordedApp({ client: [injectInterventions] });
  // A browser of its own: what it makes of the crash must not reach the tests that follow.
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const federation = createFederation(await browser.newContext(), app.url);
    // Rounds that outlast the asking for the process, however busy the machine.
    const dashboard = await federation.openDashboard({ ...config, localBatches: 300 });
    const clients = await federation.openClients(dashboard, 2);
    const clientId = await clientIdOf(clients[0]!);
    const order = { clientId, moment: 'training', round: 1, action: 'none' } as const;
    const isTraining = await intervene(dashboard, order);
    await federation.start(dashboard);
    await isTraining();
    const killed = await gpuProcessOf(browser);
    process.kill(killed, 'SIGKILL');

    const view = await federation.waitForEnd(dashboard);
    expect(view.history.map(({ numClients }) => numClients)).toEqual([0, 2, 2]);
    for (const client of clients) {
      expect((await stateOf(client)).hosted[0]!.restarts).toBeGreaterThan(0);
    }
    expect(await gpuProcessOf(browser)).not.toBe(killed);
  } finally {
    await browser.close();
    await app.close();
  }
});

/** The process id of the browser's GPU process. */
async function gpuProcessOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const { id } = processInfo.find(({ type }) => type === 'GPU')!;
  await session.detach();
  return id;
}
