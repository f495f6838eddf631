// The Encryption and the Model view as a person uses them: numbers typed and added under encryption,
// a digit drawn with the mouse and read by the model that the federation has trained.
import { expect, test } from './fixtures.ts';
import { smallRun } from './small-run.ts';

test('typed numbers are added under encryption', async ({ page, baseURL }) => {
  await page.goto(`${baseURL}?view=encryption`);
  const attempts = [
    { first: '1, 2, 3', second: '4, 5, 6', sum: '5, 7, 9' },
    { first: '10, -2, 0.5', second: '1, 2, 1', sum: '11, 0, 1.5' },
  ];
  for (const { first, second, sum } of attempts) {
    const panel = page.getByRole('region', { name: 'Try it' });
    await panel.getByLabel('First client’s numbers').fill(first);
    await panel.getByLabel('Second client’s numbers').fill(second);
    await panel.getByRole('button', { name: 'Encrypt, add, open' }).click();
    await expect(panel.getByText('Opened:')).toHaveText(`Opened: ${sum}`, { timeout: 30_000 });
    await expect(panel.getByText('Exactly the sum of the two lists.')).toBeVisible();
  }
});

test('a drawn digit is read by the trained model', async ({ federation }) => {
  const dashboard = await federation.openDashboard(smallRun({ rounds: 2 }));
  await federation.openClients(dashboard, 3);
  await federation.start(dashboard);
  await federation.waitForEnd(dashboard);

  await dashboard.getByRole('link', { name: 'Model', exact: true }).click();
  await expect(dashboard.getByText('After round 2 of 2')).toBeVisible({ timeout: 30_000 });
  const probabilities = dashboard.getByRole('list', { name: 'Probability of each digit' });
  await expect(probabilities.getByRole('listitem').nth(1)).toHaveText('1–');

  const sheet = dashboard.getByRole('application', { name: 'Sheet to draw a digit on' });
  await sheet.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await sheet.boundingBox())!;
  await dashboard.mouse.move(x + 0.5 * width, y + 0.2 * height);
  await dashboard.mouse.down();
  await dashboard.mouse.move(x + 0.5 * width, y + 0.8 * height, { steps: 12 });
  await dashboard.mouse.up();

  await expect
    .poll(async () => {
      const texts = await probabilities.getByRole('listitem').allInnerTexts();
      return texts.map((text) => Number(/([\d.]+)\s*%/.exec(text)?.[1] ?? Number.NaN));
    })
    .toEqual(expect.arrayContaining([expect.any(Number)]));
  const texts = await probabilities.getByRole('listitem').allInnerTexts();
  const shown = texts.map((text) => Number(/([\d.]+)\s*%/.exec(text)![1]));
  expect(shown).toHaveLength(10);
  expect(shown.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(99);
  expect(shown[1], 'an upright stroke is a one').toBeGreaterThan(50);

  await dashboard.getByRole('button', { name: 'Clear' }).click();
  await expect(probabilities.getByRole('listitem').nth(1)).toHaveText('1–');
});
