// A sweep as a person makes one, with the pointer and the keyboard alone: clients opened, the form filled
// in, the study watched, paused in the middle of a trial, every tab closed; then opened again, continued,
// looked at and taken home as files. Only the files' contents are read by code of ours.
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { readJournal } from '../src/core/tuning/journal-reader.ts';
import type { ExportedTrial } from '../src/core/tuning/trial-export.ts';
import { expect, test } from './fixtures.ts';

const NUM_TRIALS = 4;
const NUM_ROUNDS = 3;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]; // PNG, section 5.2

test('a sweep is configured, paused, left, found again, continued and saved by clicking', async ({
  context,
  baseURL,
}) => {
  test.setTimeout(90_000);
  const page = await context.newPage();
  await page.goto(baseURL!);
  await page.getByRole('textbox', { name: 'Clients', exact: true }).fill('2');
  await openTwoClients(page);
  await page.getByRole('link', { name: 'Study' }).click();

  await page.getByRole('button', { name: 'Notebook’s sweep' }).click();
  await page.getByRole('textbox', { name: 'Clients', exact: true }).fill('2');
  await page.getByRole('textbox', { name: 'Rounds', exact: true }).fill(String(NUM_ROUNDS));
  await page.getByRole('textbox', { name: 'Local batches', exact: true }).fill('400');
  await page.getByRole('textbox', { name: 'Trials', exact: true }).fill(String(NUM_TRIALS));
  // A study this short would prune from its second trial on; here every trial is to be watched to its end.
  await page.getByLabel('Pruner', { exact: true }).selectOption('none');
  const rate = page.getByRole('group', { name: 'Learning rate', exact: true });
  await rate.getByLabel('Learning rate, lowest').fill('0.002');
  await rate.getByLabel('Learning rate, highest').fill('0.02');
  await expect(page).toHaveURL(/sweep\.learningRate=0\.002%3A0\.02%3Alog/);
  await page.getByRole('button', { name: 'Start the study' }).click();

  const before = studyOf(page);
  // Whichever trial it is that runs when the click arrives: the first one is over by then.
  await before.chip(/Trial [1-3]: round [0-3] of 3/).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(before.bar.getByRole('status')).toHaveText('paused');
  await before.rows.first().scrollIntoViewIfNeeded();
  await expect(before.row(0)).toContainText('complete');
  const firstRow = await rowCells(before.row(0));
  const halfway = before.rows.filter({ hasText: 'running' });
  await expect(halfway).toHaveCount(1);
  const [number, , , , , ...params] = await rowCells(halfway);
  const running = Number(number);

  await Promise.all(context.pages().map((each) => each.close()));
  const again = await context.newPage();
  await again.goto(baseURL!);
  await again.getByRole('link', { name: 'Study' }).click();
  const after = studyOf(again);
  await expect(after.bar.getByRole('status')).toHaveText('paused');
  await expect(after.bar).toContainText(`${running} of 4 trials over`);
  await expect(after.chip(new RegExp(`^Trial ${running}: round [0-3] of 3$`))).toBeVisible();
  await after.rows.first().scrollIntoViewIfNeeded();
  await expect.poll(() => rowCells(after.row(0))).toEqual(firstRow);
  expect((await rowCells(after.row(running))).slice(5)).toEqual(params);

  await again.getByRole('link', { name: 'Table' }).click();
  await openTwoClients(again);
  await again.getByRole('link', { name: 'Study' }).click();
  await again.getByRole('button', { name: 'Continue' }).click();
  await expect(after.bar.getByRole('status')).toHaveText('finished', { timeout: 60_000 });
  await expect(after.bar).toContainText('4 of 4 trials over');
  await after.rows.first().scrollIntoViewIfNeeded();
  await expect(after.rows.filter({ hasText: 'complete' })).toHaveCount(NUM_TRIALS);
  expect((await rowCells(after.row(running))).slice(5)).toEqual(params);

  const values = await Promise.all(
    [0, 1, 2, 3].map(async (number) => percentIn((await rowCells(after.row(number)))[2]!)),
  );
  const tested = /best .* ([\d.]+)\s% of the test images/.exec(await after.bar.innerText());
  const bestValue = percentIn(
    await after.bar.getByTitle(/Best .* of a complete trial/).innerText(),
  );
  expect(bestValue).toBe(Math.max(...values));
  expect(bestValue).toBeGreaterThan(50); // guessing is 10 %
  expect(Math.abs(Number(tested![1]) - bestValue)).toBeLessThan(8); // other images, the same model

  await after.row(1).getByRole('button', { name: 'Trial 1, details' }).click();
  await expect(again.getByRole('heading', { name: 'Trial 1' })).toBeFocused();
  await again.getByRole('button', { name: 'Show its rounds' }).click();
  const rounds = again.getByRole('region', { name: 'Rounds of the trial’s run' });
  await expect(rounds.getByRole('row')).toHaveCount(1 + 1 + NUM_ROUNDS); // the head, round 0

  const csv = await saved(again, 'Save', 'Trials, CSV');
  const [header, ...lines] = csv.toString().trimEnd().split('\r\n');
  const columns = header!.split(',');
  expect(columns).toContain('params_learningRate');
  expect(lines).toHaveLength(NUM_TRIALS);
  const valueOf = (line: string) => Number(line.split(',')[columns.indexOf('value')]);
  expect(lines.map((line) => Number((100 * valueOf(line)).toFixed(2)))).toEqual(values);

  const trials = JSON.parse(
    (await saved(again, 'Save', 'Trials, JSON')).toString(),
  ) as ExportedTrial[];
  expect(trials.map(({ state }) => state)).toEqual(Array(NUM_TRIALS).fill('complete'));
  for (const { params, intermediateValues } of trials) {
    expect(params['learningRate']).toBeGreaterThanOrEqual(0.002);
    expect(params['learningRate']).toBeLessThanOrEqual(0.02);
    expect(intermediateValues.map(({ step }) => step)).toEqual([1, 2, 3]);
  }

  const journal = (await saved(again, 'Save', 'Study, Optuna journal')).toString();
  for (const line of journal.trimEnd().split('\n'))
    expect(JSON.parse(line)).toHaveProperty('op_code');
  const reading = readJournal(journal, 0);
  if (!reading.ok) throw new Error(`line ${reading.line}: ${reading.problem}`);
  expect(reading.studies[0]!.trials.map(({ value }) => value)).toEqual(
    trials.map(({ value }) => value),
  );

  const chart = 'Save: Validation accuracy per round';
  const svg = (await saved(again, chart, 'Picture, SVG')).toString();
  expect(svg).toMatch(/^<svg [^]*Validation accuracy per round[^]*<\/svg>\s*$/);
  const png = await saved(again, chart, 'Picture, PNG');
  expect([...png.subarray(0, 8)]).toEqual(PNG_SIGNATURE);
  expect(png.readUInt32BE(16)).toBeGreaterThan(400); // its width: not an empty picture
});

/** What the Study view says of the study. */
function studyOf(page: Page) {
  const bar = page.getByRole('region', { name: 'Study', exact: true });
  const rows = page.getByRole('region', { name: 'Table of trials' }).locator('tbody tr');
  return {
    bar,
    rows,
    row: (number: number) =>
      rows.filter({ has: page.getByRole('button', { name: `Trial ${number}, details` }) }),
    chip: (name: RegExp) => bar.getByRole('button', { name }),
  };
}

/** Clicks them into tabs of their own, and waits until the header counts them. */
async function openTwoClients(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open 2 clients' }).click();
  await expect(page.getByRole('banner')).toContainText('2 clients', { timeout: 30_000 });
  await page.bringToFront();
}

/** Number, state, value, rounds, duration and the parameters, as they are shown. */
async function rowCells(row: Locator): Promise<string[]> {
  const cells = await row.locator('th, td').allInnerTexts();
  return cells.map((text) => text.replace(/\s*best$/, ''));
}

/** "94.33 %" as 94.33. */
function percentIn(text: string): number {
  return Number(/([\d.]+)\s*%/.exec(text)?.[1]);
}

/** The file that an item of a menu saves. */
async function saved(page: Page, menu: string, item: string): Promise<Buffer> {
  await page.getByRole('button', { name: menu, exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item }).click(),
  ]);
  return readFile(await download.path());
}
