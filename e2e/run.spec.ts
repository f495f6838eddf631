// The main job in small: real tabs, real MNIST, encrypted, from the first click to the test result.
import { expect, stateOf, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

test('three tabs learn to read digits from encrypted updates', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun());
  await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  const { run, history, server } = await federation.waitForEnd(dashboard);

  expect(history.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
  expect(history[0]!.validationAccuracy).toBeLessThan(0.3); // guessing is 0.1
  expect(history[3]!.validationAccuracy).toBeGreaterThan(0.83); // 2,880 batches in all
  expect(run!.test!.accuracy).toBeGreaterThan(0.83);
  expect(run!.test!.numExamples).toBe(10_000);
  expect(run!.test!.confusion.reduce((sum, count) => sum + count, 0)).toBe(10_000);
  expect(run!.encryption.name).toBe('ckks');
  expect(history[3]!.numClients).toBe(3);
  expect(history[3]!.numExamples).toBe(55_000);
  expect(history[3]!.numValidationExamples).toBe(5000);
  expect(history[3]!.quantisationError).toBeLessThanOrEqual(history[3]!.quantisationBound);
  expect(server.rejections).toEqual({});

  const shown = `${(run!.test!.accuracy * 100).toFixed(2)} %`;
  await expect(dashboard.getByText(shown).first()).toBeVisible();
});

for (const encryption of ['bgv', 'notebook', 'plaintext'] as const) {
  test(`a round under ${encryption} counts every client and learns`, async ({ federation }) => {
    const config = smallRun({ clients: 2, rounds: 1, localBatches: 10, encryption });
    const dashboard = await federation.openDashboard(config);
    await federation.openClients(dashboard, 2);
    await federation.start(dashboard);
    const { run, history } = await federation.waitForEnd(dashboard);
    expect(run!.encryption.name).toBe(encryption);
    expect(history[1]!.numClients).toBe(2);
    expect(history[1]!.validationAccuracy).toBeGreaterThan(history[0]!.validationAccuracy);
  });
}

test('a first-time visitor needs two clicks', async ({ federation }) => {
  const dashboard = await federation.openDashboard(
    smallRun({ clients: 5, rounds: 1, localBatches: 5 }),
  );
  await dashboard.getByRole('button', { name: /^Add .*clients? in this tab/ }).click();
  await federation.start(dashboard);
  const { history } = await federation.waitForEnd(dashboard);
  expect(history[1]!.numClients).toBe(5);
  expect((await stateOf(dashboard)).hosted).toHaveLength(5);
});

test('clients are opened as tabs of their own', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun());
  await dashboard.getByRole('button', { name: /^Open \d+ clients?/ }).click();
  await federation.waitFor(dashboard, 'three clients', ({ clients }) => clients.length === 3);
});
