// A sweep as a person makes one: configured, started, watched, paused, continued and saved with the
// pointer alone, in the Study view.
import { readFile } from 'node:fs/promises';
import { readJournal } from '../src/core/tuning/journal-reader.ts';
import { expect, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

test('a sweep is configured, paused, continued and saved in the Study view', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(
    smallRun({ rounds: 3, localBatches: 20, backend: 'simd' }),
  );
  await federation.openClients(dashboard, 3);
  await dashboard.bringToFront();
  await dashboard.getByRole('link', { name: 'Study' }).click();

  const rate = dashboard.getByRole('group', { name: 'Learning rate', exact: true });
  await rate.getByLabel('Learning rate, lowest').fill('0.01');
  await dashboard.getByLabel('Trials', { exact: true }).fill('4');
  await dashboard.getByLabel('Sampler', { exact: true }).selectOption('random');
  // A study this short would prune from its second trial on; here every trial is to be watched to its end.
  await dashboard.getByLabel('Pruner', { exact: true }).selectOption('none');
  await expect(dashboard).toHaveURL(/sweep\.learningRate=0\.01%3A0\.1%3Alog/);
  await dashboard.getByRole('button', { name: 'Start the study' }).click();

  await dashboard.getByRole('button', { name: 'Pause' }).click();
  const paused = await federation.waitFor(
    dashboard,
    'the pause',
    ({ study }) => study?.phase === 'paused',
  );
  expect(paused.study!.setup.study).toMatchObject({
    numTrials: 4,
    sampler: { type: 'random' },
    pruner: { type: 'none' },
  });
  await dashboard.getByRole('button', { name: 'Continue' }).click();
  const { study, trials } = await federation.waitFor(
    dashboard,
    'the end of the study',
    (view) => view.study?.phase === 'finished',
  );
  expect(trials.map(({ state }) => state)).toEqual(Array(4).fill('complete'));
  for (const { params } of trials) expect(params['learningRate']).toBeGreaterThanOrEqual(0.01);

  const bar = dashboard.getByRole('region', { name: 'Study', exact: true });
  await expect(bar).toContainText(
    `${(study!.best!.value * 100).toFixed(2)} %`.replace(' ', '\u00a0'),
  );
  await expect(bar).toContainText('4 of 4 trials over');
  const rows = dashboard.getByRole('region', { name: 'Table of trials' }).locator('tbody tr');
  await rows.first().scrollIntoViewIfNeeded();
  await expect(rows).toHaveCount(4);

  await dashboard.getByRole('button', { name: 'Save', exact: true }).click();
  const [download] = await Promise.all([
    dashboard.waitForEvent('download'),
    dashboard.getByRole('menuitem', { name: 'Study, Optuna journal' }).click(),
  ]);
  const reading = readJournal(await readFile(await download.path(), 'utf8'), 0);
  if (!reading.ok) throw new Error(`line ${reading.line}: ${reading.problem}`);
  expect(reading.studies[0]!.trials.map(({ value }) => value)).toEqual(
    trials.map(({ value }) => value),
  );

  await rows.first().getByRole('button').click();
  await expect(dashboard.getByRole('heading', { name: 'Trial 3' })).toBeFocused();
});
