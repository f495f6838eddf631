// The dashboard as a person meets it: readable by assistive technology, in light and dark, on a
// laptop and on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

const laptop = { width: 1366, height: 768 };
const phone = { width: 390, height: 844 };
const appearances = [
  { colorScheme: 'light', size: laptop },
  { colorScheme: 'dark', size: laptop },
  { colorScheme: 'light', size: phone },
] as const;

test('every view of a finished run passes axe, light and dark, laptop and phone', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 1, localBatches: 5 }));
  const [clientTab] = await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  await federation.waitForEnd(dashboard);
  const found: string[] = [];
  const analyse = async (page: Page, what: string) => {
    // Colours change by a transition, which needs frames, which only the front tab is sure to get.
    await page.bringToFront();
    await page.waitForFunction(
      () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, nodes } of violations) {
      const [node] = nodes;
      found.push(`${what}: ${id} at ${String(node?.target)}. ${node?.failureSummary}`);
    }
  };
  for (const { colorScheme, size } of appearances) {
    const circumstances = `${colorScheme}, ${size.width} × ${size.height}`;
    await dashboard.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await dashboard.setViewportSize(size);
    for (const view of await viewLinks(dashboard)) {
      await show(view);
      await analyse(dashboard, `${await view.innerText()} (${circumstances})`);
    }
    await clientTab!.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await clientTab!.setViewportSize(size);
    await analyse(clientTab!, `client tab (${circumstances})`);
  }
  expect(found).toEqual([]);
});

test('nothing is cut off before the first run and after it', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 1, localBatches: 5 }));
  const cutOff: string[] = [];
  const look = async (when: string) => {
    for (const size of [laptop, phone]) {
      await dashboard.setViewportSize(size);
      for (const view of await viewLinks(dashboard)) {
        await show(view);
        const overflow =
          'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        const pixels = await dashboard.evaluate<number>(overflow);
        if (pixels > 0)
          cutOff.push(`${await view.innerText()} ${when}: ${pixels} px of ${size.width}`);
      }
    }
  };
  await look('before');
  await dashboard.getByRole('link', { name: 'Table', exact: true }).click();
  await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  await federation.waitForEnd(dashboard);
  await look('after');
  expect(cutOff).toEqual([]);
});

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

/** The links to all views, whichever there are. */
async function viewLinks(dashboard: Page): Promise<Locator[]> {
  const links = await dashboard.getByRole('navigation', { name: 'Views' }).getByRole('link').all();
  expect(links.length).toBeGreaterThanOrEqual(3);
  return links;
}

/** Shows a view and waits for its code and its first panel. */
async function show(view: Locator): Promise<void> {
  await view.click();
  await expect(view).toHaveAttribute('aria-current', 'page');
  await expect(view.page().getByRole('main').locator('.panel').first()).toBeVisible();
}
