// Tabs die in every phase of a round, all of them at once, and the first one with the server in it.
// Each time the run ends with all its rounds, and what had been committed is what goes on.
import { chromium } from '@playwright/test';
import type { ServerView } from '../src/core/protocol/view.ts';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';
import {
  clientIdOf,
  crash,
  createFederation,
  expect,
  isPresent,
  numPresent,
  test,
} from './fixtures.ts';
import { injectInterventions, intervene, type Moment } from './recording/interventions.ts';
import { handOverClients, serveRecordedApp } from './recording/recorded-app.ts';
import { recordOpened } from './recording/recorders.ts';
import { smallRun } from './small-run.ts';

/** When the tab is killed, and from how many clients round 2 then has an update. */
const deaths: readonly { readonly moment: Moment; readonly numUpdates: number }[] = [
  { moment: 'training', numUpdates: 2 },
  { moment: 'encrypting', numUpdates: 2 },
  { moment: 'sending', numUpdates: 2 },
  { moment: 'decrypting', numUpdates: 3 },
  { moment: 'evaluating', numUpdates: 3 },
];

for (const { moment, numUpdates } of deaths) {
  test(`a tab killed while ${moment} costs its update, not the run`, async ({ context }) => {
    const app = await serveRecordedApp({ client: [injectInterventions] });
    try {
      const federation = createFederation(context, app.url);
      // Long enough that training in round 2 reports progress (at most every 250 ms).
      const dashboard = await federation.openDashboard(smallRun({ localBatches: 150 }));
      const seated = await federation.openClients(dashboard, 3);
      const victim = seated[1]!;
      const order = {
        clientId: await clientIdOf(victim),
        moment,
        round: 2,
        action: 'stop',
      } as const;
      const isStopped = await intervene(dashboard, order);
      await federation.start(dashboard);
      await isStopped();
      await crash(victim);

      const view = await federation.waitForEnd(dashboard);
      expect(view.history.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
      expect(view.history.map(({ numClients }) => numClients)).toEqual([0, 3, numUpdates, 2]);
      expect(view.history.map((record) => record.numValidationExamples)).toEqual(
        Array(4).fill(5000),
      );
      expect(view.history[3]!.validationAccuracy).toBeGreaterThan(0.8);
      expect(view.server.rejections).toEqual({});
      expect(isPresent(view, order.clientId)).toBe(false);
      expect(numPresent(view)).toBe(2);
    } finally {
      await app.close();
    }
  });
}

test('a closed tab is noticed within a second', async ({ federation }) => {
  const dashboard = await federation.openDashboard();
  const [first] = await federation.openClients(dashboard, 2);
  await first!.close();
  const oneLeft = (view: ServerView) => numPresent(view) === 1;
  await federation.waitFor(dashboard, 'the tab to be gone', oneLeft, 1000);
});

test('all tabs closed and opened again go on from the last commit', async ({ federation }) => {
  const config = smallRun({ rounds: 4 });
  const dashboard = await federation.openDashboard(config);
  const clients = await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  const midway = ({ history }: ServerView) => history.length >= 3;
  const before = await federation.waitFor(dashboard, 'round 2', midway);
  expect(before.run!.phase).not.toBe('finished');
  await Promise.all([...clients, dashboard].map((page) => page.close()));

  // The browser may keep the server for a while, so whether it is another one is not asked here.
  const reopened = await federation.openDashboard(config);
  await federation.openClients(reopened, 3);
  const after = await federation.waitForEnd(reopened);
  expectContinued(before, after, 4);
});

test('a browser that is closed and started again goes on with the same weights', async () => {
  const profile = test.info().outputPath('profile');
  const app = await serveRecordedApp({ client: [recordOpened] });
  const openBrowser = async () => {
    const context = await chromium.launchPersistentContext(profile, chromiumLaunchOptions());
    return { context, federation: createFederation(context, app.url) };
  };
  try {
    const config = smallRun({ rounds: 5, localBatches: 600 }); // closing a browser takes a second
    const first = await openBrowser();
    const dashboard = await first.federation.openDashboard(config);
    await first.federation.openClients(dashboard, 3);
    await first.federation.start(dashboard);
    const midway = ({ history }: ServerView) => history.length >= 3;
    const before = await first.federation.waitFor(dashboard, 'round 2', midway);
    expect(before.run!.phase).not.toBe('finished');
    await first.context.close();

    const second = await openBrowser();
    const reopened = await second.federation.openDashboard(config);
    const restored = await second.federation.waitFor(
      reopened,
      'the run',
      ({ run }) => run !== null,
    );
    expect(restored.server.serverId).not.toBe(before.server.serverId);
    expect(restored.server.restarts).toBeGreaterThan(0);
    expectContinued(before, restored, restored.history.length - 1);
    expect(restored.run!.phase).not.toBe('finished');
    await second.federation.openClients(reopened, 3);
    const after = await second.federation.waitForEnd(reopened);
    expectContinued(restored, after, 5);

    // New tabs, new clients: each was given exactly the weights that had been committed.
    const committed = restored.history.at(-1)!.weightsSha256;
    for (const opened of await handOverClients<string>(reopened, 3)) {
      expect(opened).toContain(committed);
    }
    await second.context.close();
  } finally {
    await app.close();
  }
});

test('a reloaded dashboard shows what it showed', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 1, localBatches: 5 }));
  await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  const before = await federation.waitForEnd(dashboard);
  await dashboard.reload();
  const hasRun = (view: ServerView) => view.run !== null;
  const after = await federation.waitFor(dashboard, 'the run', hasRun, 10_000);
  expect(after.run!.runId).toBe(before.run!.runId);
  expect(after.history).toEqual(before.history);
  expect(after.run!.test).toEqual(before.run!.test);
});

test('when the first tab crashes, another starts a new server and the run goes on', async ({
  federation,
}) => {
  const config = smallRun({ rounds: 4 });
  const first = await federation.openDashboard(config); // the server lives in its process
  const dashboard = await federation.openDashboard(config);
  await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  const midway = ({ history }: ServerView) => history.length >= 2;
  const before = await federation.waitFor(dashboard, 'round 1', midway);
  await crash(first);
  const crashedAtMs = Date.now();

  const isNew = ({ server }: ServerView) => server.serverId !== before.server.serverId;
  const { server } = await federation.waitFor(dashboard, 'a new server', isNew, 10_000);
  expect(server.startedAtMs - crashedAtMs).toBeLessThan(1000);
  const after = await federation.waitForEnd(dashboard);
  expect(after.run!.runId).toBe(before.run!.runId);
  expect(after.history.slice(0, before.history.length)).toEqual(before.history);
  expect(after.history.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
  expect(after.history[4]!.numClients).toBe(3);
});

/** The same run, what was committed unchanged, and every round up to `lastRound` once. */
function expectContinued(before: ServerView, after: ServerView, lastRound: number): void {
  expect(after.run!.runId).toBe(before.run!.runId);
  expect(after.history.slice(0, before.history.length)).toEqual(before.history);
  expect(after.history.map(({ round }) => round)).toEqual(
    Array.from({ length: lastRound + 1 }, (_, round) => round),
  );
}
