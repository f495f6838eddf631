// What a dashboard does for clients: the link that brings others to the table, and the choices made for
// those that it hosts itself.
import { expect, stateOf, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

const copyButton = 'Copy a link that brings another tab to this table';

test('copying the invite link says so, and the link brings a client to the table', async ({
  federation,
}) => {
  await federation.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const dashboard = await federation.openDashboard();
  await dashboard.getByRole('button', { name: copyButton }).click();
  await expect(dashboard.getByRole('status').filter({ hasText: 'Link copied' })).toBeVisible();
  const link = await dashboard.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash).toMatch(/^#federation=[A-Za-z0-9_-]{43}$/);
  await (await federation.context.newPage()).goto(link);
  await federation.waitFor(dashboard, 'a client', ({ clients }) => clients.length === 1, 30_000);
});

test('a link that cannot be copied is shown, selected, to copy by hand', async ({ federation }) => {
  await federation.context.addInitScript(() => {
    navigator.clipboard.writeText = () =>
      Promise.reject(new DOMException('refused', 'NotAllowedError'));
  });
  const dashboard = await federation.openDashboard();
  await dashboard.getByRole('button', { name: copyButton }).click();
  const status = dashboard.getByRole('status').filter({ hasText: 'copy it by hand' });
  await expect(status).toBeVisible();
  const field = dashboard.getByLabel('This browser did not let the page copy.');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(/\?client#federation=/);
  const selected = await field.evaluate(({ selectionStart, selectionEnd }: HTMLInputElement) => [
    selectionStart,
    selectionEnd,
  ]);
  expect(selected).toEqual([0, (await field.inputValue()).length]);
});

test('the backend chosen for a hosted client is shown and survives a reload', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(smallRun());
  await dashboard.getByRole('button', { name: 'Add 3 clients in this tab' }).click();
  const selects = dashboard.getByLabel(/^Backend of/);
  await expect(selects).toHaveCount(3);
  const chosen = await selects.nth(1).getAttribute('aria-label');
  await selects.nth(1).selectOption('cpu');
  await expect(dashboard.getByLabel(chosen!)).toHaveValue('cpu');
  await dashboard.reload();
  await expect(selects).toHaveCount(3, { timeout: 30_000 });
  await expect(dashboard.getByLabel(chosen!)).toHaveValue('cpu');
  const others = (await stateOf(dashboard)).hosted.map(({ backend }) => backend);
  expect(others.toSorted()).toEqual(['auto', 'auto', 'cpu']);
  await federation.start(dashboard);
  const prepared = await federation.waitFor(dashboard, 'every client prepared', ({ clients }) =>
    clients.every(({ backend }) => backend !== null),
  );
  const one = prepared.clients.find(({ name }) => `Backend of ${name}` === chosen);
  expect(one?.backend?.backend).toBe('cpu');
});

test('a client that cannot load its images says what happened and what to do', async ({
  federation,
}) => {
  await federation.context.route('**/data/**', (route) => route.abort());
  const dashboard = await federation.openDashboard(smallRun());
  await dashboard.getByRole('button', { name: 'Add 3 clients in this tab' }).click();
  await federation.start(dashboard);
  const figure = dashboard.getByRole('figure', { name: 'The federation at its table' });
  await expect(figure).toContainText(
    'and 2 more: Its images could not be loaded, so it cannot take part.',
    {
      timeout: 30_000,
    },
  );
  await dashboard.keyboard.press('Tab'); // from now on, focus is the keyboard's
  await dashboard.getByRole('button', { name: 'failed', exact: true }).first().focus();
  await expect(dashboard.getByRole('tooltip')).toContainText('manifest.json cannot be reached.');
});

test('a learning rate at which training diverges ends the run with a sentence', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(smallRun({ learningRate: 10, hiddenLayers: 4 }));
  await dashboard.getByRole('button', { name: 'Add 3 clients in this tab' }).click();
  await federation.start(dashboard);
  const { run } = await federation.waitFor(
    dashboard,
    'the end of the run',
    (view) => view.run?.phase === 'failed',
    60_000,
  );
  expect(run?.note).toMatchObject({ because: 'non-finite-update' });
});
