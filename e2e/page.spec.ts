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

test('a run, a drawn digit and an encrypted sum are reached by keyboard alone', async ({
  federation,
}) => {
  const dashboard = await federation.openDashboard(
    smallRun({ clients: 2, rounds: 2, localBatches: 120 }),
  );
  const { keyboard } = dashboard;
  await press(dashboard, 'button', 'Add 2 clients in this tab');
  await federation.waitFor(dashboard, 'two clients', ({ clients }) => clients.length === 2, 30_000);
  await press(dashboard, 'button', 'Start');
  await federation.waitForEnd(dashboard);

  await press(dashboard, 'link', 'Model');
  await expect(dashboard.getByText('After round 2 of 2')).toBeVisible({ timeout: 30_000 });
  await reach(dashboard, 'application', 'Sheet to draw a digit on');
  await keyboard.press('Space'); // brush down, a quarter from the top
  for (let step = 0; step < 4; step++) await keyboard.press('Shift+ArrowDown');
  await keyboard.press('Space');
  const probabilities = dashboard.getByRole('list', { name: 'Probability of each digit' });
  await expect(probabilities.getByRole('listitem').nth(1)).toHaveText(/%/);
  await press(dashboard, 'button', 'Clear');
  await expect(probabilities.getByRole('listitem').nth(1)).toHaveText('1–');

  await press(dashboard, 'link', 'Encryption');
  await reach(dashboard, 'textbox', 'First client’s numbers');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('10, 20');
  await reach(dashboard, 'textbox', 'Second client’s numbers');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('1, 2');
  await keyboard.press('Enter');
  await expect(dashboard.getByText('Opened:')).toHaveText('Opened: 11, 22', { timeout: 30_000 });
});

/** Tabs to what has this role and name, whichever way is left to it, and sees that its focus shows. */
async function reach(
  page: Page,
  role: Parameters<Page['getByRole']>[0],
  name: string,
): Promise<void> {
  const target = page.getByRole(role, { name, exact: true });
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline, `focus on "${name}" can be seen`).not.toBe('none');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`"${name}" was not reached with 150 presses of Tab`);
}

async function press(page: Page, role: 'button' | 'link', name: string): Promise<void> {
  await reach(page, role, name);
  await page.keyboard.press('Enter');
}

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
