// Tabs die in every phase of a round, all of them at once, and the first one with the server in it.
// Each time the run ends with all its rounds, and what had been committed is what goes on.
import type { ClientPhase } from '../src/core/protocol/client-messages.ts';
import type { ClientView, ServerView } from '../src/core/protocol/view.ts';
import { crash, expect, numPresent, stateOf, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

/** Wide enough that encrypting and decrypting take long enough to be met. */
const wide = smallRun({ rounds: 2, localBatches: 4, units: 1024, hiddenLayers: 2 });
const phases: readonly ClientPhase[] = [
  'training',
  'encrypting',
  'sending',
  'decrypting',
  'evaluating',
];

for (const phase of phases) {
  test(`a tab killed while ${phase} costs its update, not the run`, async ({ federation }) => {
    const dashboard = await federation.openDashboard(wide);
    const known = new Set<string>();
    const tabs = [];
    for (let number = 0; number < 3; number++) {
      const [page] = await federation.openClients(dashboard, 1);
      const { clients } = (await stateOf(dashboard)).view!;
      const clientId = clients.map((client) => client.clientId).find((id) => !known.has(id))!;
      known.add(clientId);
      tabs.push({ page: page!, clientId });
    }
    await federation.start(dashboard);

    const inPhase = (client: ClientView) => client.phase === phase && client.seat !== null;
    const caught = await federation.waitFor(
      dashboard,
      `a client ${phase} in round 1`,
      ({ run, clients }) => run?.round === 1 && clients.some(inPhase),
    );
    const victimId = caught.clients.find(inPhase)!.clientId;
    await crash(tabs.find(({ clientId }) => clientId === victimId)!.page);

    const view = await federation.waitForEnd(dashboard);
    expect(view.history.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(view.history[2]!.numClients).toBe(2);
    expect(view.server.rejections).toEqual({});
    expect(isPresent(view, victimId)).toBe(false);
    expect(numPresent(view)).toBe(2);
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

  const reopened = await federation.openDashboard(config);
  await federation.openClients(reopened, 3);
  const after = await federation.waitForEnd(reopened);
  expect(after.run!.runId).toBe(before.run!.runId);
  expect(after.server.serverId).not.toBe(before.server.serverId);
  expect(after.server.restarts).toBeGreaterThan(0);
  expect(after.history.slice(0, before.history.length)).toEqual(before.history);
  expect(after.history.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
  expect(after.server.rejections).toEqual({});
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

  const isNew = ({ server }: ServerView) => server.serverId !== before.server.serverId;
  await federation.waitFor(dashboard, 'a new server', isNew, 10_000);
  const after = await federation.waitForEnd(dashboard);
  expect(after.run!.runId).toBe(before.run!.runId);
  expect(after.history.slice(0, before.history.length)).toEqual(before.history);
  expect(after.history.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
  expect(after.history[4]!.numClients).toBe(3);
});

function isPresent({ clients }: ServerView, clientId: string): boolean {
  return clients.some((client) => client.clientId === clientId && client.standing !== 'left');
}
