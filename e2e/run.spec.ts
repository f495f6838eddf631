// The main job in small: real tabs, real MNIST, encrypted, from the first click to the test result.
import type { ServerView } from '../src/core/protocol/view.ts';
import { clientIdOf, expect, stateOf, test } from './fixtures.ts';
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

test('the plaintext twin differs by no more than quantisation explains', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 2, localBatches: 20 }));
  await federation.openClients(dashboard, 3);
  await dashboard.getByLabel('Compare with plaintext twin').check();
  await federation.start(dashboard);
  const { run, history, twin } = await federation.waitFor(
    dashboard,
    'the run beside its twin',
    ({ run, twin }) => run?.phase === 'finished' && twin !== null,
  );
  expect(run!.encryption.name).toBe('ckks');
  expect(twin!.summary.twinOf).toBe(run!.runId);
  expect(twin!.history.map(({ round }) => round)).toEqual([0, 1, 2]);
  expect(twin!.history[0]!.weightsSha256).toBe(history[0]!.weightsSha256);
  // Round 1 starts from the same weights, so the two differ by their quantisation alone. Both sums
  // are added to weights in float32: half a unit in the last place of weights below 1 each.
  const { twinDifference, quantisationBound } = history[1]!;
  expect(twinDifference).toBeGreaterThan(0);
  expect(twinDifference).toBeLessThanOrEqual(
    quantisationBound + twin!.history[1]!.quantisationBound + 2 ** -23,
  );
});

test('a backend forced by URL is used and shown', async ({ federation, baseURL }) => {
  const dashboard = await federation.openDashboard(
    smallRun({ clients: 2, rounds: 1, localBatches: 2 }),
  );
  const forced = await federation.context.newPage();
  await forced.goto(`${baseURL}?client&backend=cpu`);
  const [other] = await federation.openClients(dashboard, 1);
  const isJoined = ({ clients }: ServerView) => clients.length === 2;
  await federation.waitFor(dashboard, 'both clients', isJoined, 30_000);
  await federation.start(dashboard);
  const { clients } = await federation.waitForEnd(dashboard);

  for (const [page, backend, words] of [
    [forced, 'cpu', 'JavaScript'],
    [other!, 'wasm', 'WASM'],
  ] as const) {
    const clientId = await clientIdOf(page);
    const client = clients.find((one) => one.clientId === clientId)!;
    expect(client.backend?.backend).toBe(backend);
    const row = dashboard.getByRole('row').filter({ hasText: client.name });
    await expect(row.getByRole('cell', { name: words, exact: true })).toBeVisible();
  }
});
