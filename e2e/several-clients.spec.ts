// Several clients in one tab: they share a worker a core, and nothing of it shows in what they compute.
// One that leaves takes no other with it; a tab that dies takes all of its own.
import type { ServerView } from '../src/core/protocol/view.ts';
import { automationOf } from '../headless/automation.ts';
import {
  crash,
  createFederation,
  expect,
  isPresent,
  numPresent,
  stateOf,
  test,
} from './fixtures.ts';
import { smallRun } from './small-run.ts';

const seated = (howMany: number) => (view: ServerView) => numPresent(view) === howMany;

test('five clients of one tab give the bits of five tabs, on at most one worker a core', async ({
  federation,
  browser,
  baseURL,
}) => {
  const config = smallRun({ clients: 5, rounds: 2, backend: 'simd' });
  const dashboard = await federation.openDashboard(config);
  const tab = await federation.context.newPage();
  await tab.goto(`${baseURL}?client=5`);
  await federation.waitFor(dashboard, 'five clients', seated(5), 30_000);
  const numCores = await tab.evaluate(() => navigator.hardwareConcurrency);
  expect(tab.workers().length).toBe(Math.min(5, numCores));
  await federation.start(dashboard);
  const together = await federation.waitForEnd(dashboard);
  expect(together.server.rejections).toEqual({});
  expect(together.history.map(({ numClients }) => numClients)).toEqual([0, 5, 5]);

  const context = await browser.newContext();
  const apart = createFederation(context, baseURL!);
  const other = await apart.openDashboard(config);
  await apart.openClients(other, 5);
  await apart.start(other);
  const { run, history } = await apart.waitForEnd(other);
  expect(run!.weightsSha256).toBe(together.run!.weightsSha256);
  expect(history.map((round) => round.validationAccuracy)).toEqual(
    together.history.map((round) => round.validationAccuracy),
  );
  expect(run!.test!.confusion).toEqual(together.run!.test!.confusion);
  await context.close();
});

test('one that leaves in a round takes no other with it; a tab that dies takes all of its own', async ({
  federation,
  baseURL,
}) => {
  const dashboard = await federation.openDashboard(
    smallRun({ clients: 5, rounds: 1000, localBatches: 40, backend: 'simd' }),
  );
  const [first, second] = [await federation.context.newPage(), await federation.context.newPage()];
  await first.goto(`${baseURL}?client=3`);
  await federation.waitFor(dashboard, 'three clients', seated(3), 30_000);
  await second.goto(`${baseURL}?client=2`);
  await federation.waitFor(dashboard, 'five clients', seated(5), 30_000);
  await federation.start(dashboard);
  const rounds = (numClients: number) => (view: ServerView) =>
    view.history.at(-1)?.numClients === numClients;
  await federation.waitFor(dashboard, 'a round of five', rounds(5));

  const leaver = (await stateOf(first)).hosted[0]!.clientId;
  const automation = await automationOf(first);
  await automation.evaluate((roundtable, id) => roundtable.actions.removeClient(id), leaver);
  const isGone = (view: ServerView) => !isPresent(view, leaver);
  await federation.waitFor(dashboard, 'the leaver to be gone', isGone, 2000);
  const after = await federation.waitFor(dashboard, 'a round of four', rounds(4));
  expect(after.clients.filter(({ standing }) => standing === 'ready')).toHaveLength(4);

  await crash(second);
  await federation.waitFor(dashboard, 'both of the tab to be gone', seated(2), 5000);
  const last = await federation.waitFor(dashboard, 'a round of two', rounds(2));
  expect(last.history.map(({ round }) => round)).toEqual(last.history.map((_, index) => index));
  await dashboard.getByRole('button', { name: 'Stop', exact: true }).click();
  await federation.waitFor(dashboard, 'the run to stop', ({ run }) => run!.phase === 'stopped');
});
