// Clients come and go while a run goes on: who joins late takes part, who leaves between two rounds
// is not waited for. The run is long and is stopped by hand, so nothing depends on its pace.
import type { ServerView } from '../src/core/protocol/view.ts';
import { clientIdOf, expect, isPresent, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

test('a late joiner takes part, and one who leaves between rounds is not waited for', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 1000, localBatches: 20 }));
  const [leaver] = await federation.openClients(dashboard, 2);
  await federation.start(dashboard);
  const rounds = (numClients: number) => (view: ServerView) =>
    view.history.at(-1)?.numClients === numClients;
  const pair = await federation.waitFor(dashboard, 'a round of two', rounds(2));

  await federation.openClients(dashboard, 1);
  const trio = await federation.waitFor(dashboard, 'a round of three', rounds(3));
  expect(trio.history.at(-1)!.numExamples).toBe(55_000);
  expect(trio.server.rejections).toEqual({});
  expect(trio.history.slice(0, pair.history.length)).toEqual(pair.history);

  await dashboard.getByRole('button', { name: 'Pause', exact: true }).click();
  const isPaused = ({ run }: ServerView) => run!.phase === 'paused';
  const paused = await federation.waitFor(dashboard, 'the pause', isPaused, 10_000);
  const leaverId = await clientIdOf(leaver!);
  const seat = paused.clients.find(({ clientId }) => clientId === leaverId)!.seat!;
  await leaver!.close();
  const isGone = (view: ServerView) => !isPresent(view, leaverId);
  await federation.waitFor(dashboard, 'the leaver to be gone', isGone, 1000);
  await dashboard.getByRole('button', { name: 'Continue', exact: true }).click();

  const resumed = (view: ServerView) => view.history.length > paused.history.length + 1;
  const { history, server } = await federation.waitFor(dashboard, 'two more rounds', resumed);
  for (const { numClients, contributors } of history.slice(paused.history.length)) {
    expect(numClients).toBe(2);
    expect(contributors).not.toContain(seat);
  }
  expect(history.map(({ round }) => round)).toEqual(history.map((_, index) => index));
  // The pause called a round off; updates that were under way then came late, and nothing else is wrong.
  const { late: _late, ...others } = server.rejections;
  expect(others).toEqual({});

  await dashboard.getByRole('button', { name: 'Stop', exact: true }).click();
  const isStopped = ({ run }: ServerView) => run!.phase === 'stopped';
  await federation.waitFor(dashboard, 'the run to stop', isStopped, 10_000);
});
