// The dashboard as a person meets it: readable by assistive technology, in light and dark, on a
// laptop and on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

const views = ['table', 'encryption', 'model'];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every view passes axe in ${colorScheme}`, async ({ federation, baseURL }) => {
    const dashboard = await federation.openDashboard(smallRun({ rounds: 1, localBatches: 5 }));
    await dashboard.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await federation.openClients(dashboard, 3);
    await federation.start(dashboard);
    await federation.waitForEnd(dashboard);
    for (const view of views) {
      await dashboard.goto(`${baseURL}?view=${view}`);
      await federation.waitFor(dashboard, 'the run', ({ run }) => run !== null, 10_000);
      const { violations } = await new AxeBuilder({ page: dashboard }).analyze();
      const found = violations.map(
        ({ id, nodes }) => `${view}: ${id} at ${String(nodes[0]?.target)}`,
      );
      expect(found).toEqual([]);
    }
  });
}

for (const [width, height] of [
  [390, 844],
  [1366, 768],
] as const) {
  test(`nothing is cut off at ${width} × ${height}`, async ({ federation, baseURL }) => {
    const dashboard = await federation.openDashboard();
    await dashboard.setViewportSize({ width, height });
    for (const view of views) {
      await dashboard.goto(`${baseURL}?view=${view}`);
      await expect(dashboard.getByRole('main')).toBeVisible();
      const overflow =
        'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await dashboard.evaluate<number>(overflow), view).toBeLessThanOrEqual(0);
    }
  });
}

test('the table is used by keyboard alone', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 1, localBatches: 5 }));
  await federation.openClients(dashboard, 3);
  const start = dashboard.getByRole('button', { name: 'Start', exact: true });
  for (let presses = 0; presses < 100; presses++) {
    if (await start.evaluate((button) => button === document.activeElement)) break;
    await dashboard.keyboard.press('Tab');
  }
  await expect(start).toBeFocused();
  await dashboard.keyboard.press('Enter');
  await federation.waitFor(dashboard, 'a run', ({ run }) => run !== null, 10_000);
});
