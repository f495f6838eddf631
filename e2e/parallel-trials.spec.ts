// Two trials at the same time in real tabs: each on clients of its own, both seen from the dashboard.
import { automationOf } from '../headless/automation.ts';
import { intDistribution } from '../src/core/tuning/distribution.ts';
import { smallStudy } from '../src/testing/samples/small-study.ts';
import { expect, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

const config = smallRun({ clients: 2, rounds: 6, localBatches: 30 });
const setup = smallStudy({
  study: { searchSpace: { units: intDistribution(32, 64) }, numTrials: 4 },
  base: config,
  parallelTrials: 2,
});

test('two trials run at the same time on four tabs', async ({ federation }) => {
  const dashboard = await federation.openDashboard(config);
  await federation.openClients(dashboard, 4);
  const automation = await automationOf(dashboard);
  await automation.evaluate((roundtable, given) => roundtable.actions.startStudy(given), setup);

  const both = await federation.waitFor(
    dashboard,
    'two trials in a round',
    ({ study }) => study?.running.length === 2 && study.running.every(({ round }) => round >= 1),
  );
  const { running } = both.study!;
  const teams = running.map(({ runId }) =>
    both.clients.filter((client) => client.runId === runId).map(({ clientId }) => clientId),
  );
  expect(teams.map(({ length }) => length)).toEqual([2, 2]);
  expect(new Set(teams.flat()).size).toBe(4);
  expect(both.server.keyEpoch).toBe(1);

  // Paused, so that there is time to look.
  await automation.evaluate((roundtable) => roundtable.actions.pauseStudy());
  await federation.waitFor(dashboard, 'a pause of both runs', ({ run, beside }) =>
    [run, ...beside].every((each) => each?.phase === 'paused'),
  );
  const table = dashboard.getByLabel('The federation at its table');
  await expect(table).toContainText(/Trial \d runs at the same time, on 2 other clients/);
  await expect(dashboard.getByRole('rowheader', { name: /\(in trial \d\)/ })).toHaveCount(2);
  await dashboard.getByRole('link', { name: 'See the study' }).click();
  await expect(dashboard.getByRole('button', { name: /^Trial \d: round \d of 6$/ })).toHaveCount(2);
  await dashboard.getByRole('button', { name: 'Continue' }).click();

  const end = await federation.waitFor(
    dashboard,
    'the end of the study',
    ({ study }) => study?.phase === 'finished',
  );
  expect(end.trials.map(({ state }) => state)).toEqual(Array(4).fill('complete'));
  expect(end.study!.best!.test!.numExamples).toBe(10_000);
  const [first, second] = running.map(({ number }) => end.trials[number]);
  expect(first!.startedAtMs!).toBeLessThan(second!.completedAtMs!);
  expect(second!.startedAtMs!).toBeLessThan(first!.completedAtMs!);
});
