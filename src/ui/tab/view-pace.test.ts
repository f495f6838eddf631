import { expect, it } from 'vitest';
import { createViewPace } from './view-pace.ts';

function paceAfter(costsMs: readonly number[]) {
  const pace = createViewPace();
  const numWishes = costsMs.filter((costMs) => pace.tookMs(costMs)).length;
  return { intervalMs: pace.intervalMs(), numWishes };
}
const views = (howMany: number, costMs: number) => Array<number>(howMany).fill(costMs);

it.each([
  ['cheap views come ten times a second', views(50, 3), 100],
  ['views of 30 ms take a tenth of the thread', views(50, 30), 300],
  ['the dearest come once a second', views(50, 500), 1000],
])('%s', (_what, costsMs, intervalMs) => {
  expect(paceAfter(costsMs).intervalMs).toBeCloseTo(intervalMs, -2);
});

it('asks seldom, and again for more when views are cheap again', () => {
  const dear = paceAfter(views(100, 40));
  expect(dear.numWishes).toBeLessThan(4);
  const cheapAgain = paceAfter([...views(100, 40), ...views(100, 2)]);
  expect(cheapAgain.intervalMs).toBeLessThan(160);
});

it('one slow view among cheap ones is no reason', () => {
  expect(paceAfter([...views(20, 4), 60]).numWishes).toBe(0);
});
