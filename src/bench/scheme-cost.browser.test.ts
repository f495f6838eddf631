// The targets on bytes are exact and asserted; times are printed, never asserted.
import { expect, test } from 'vitest';
import { defaultCostRequest, measureSchemeCosts } from './scheme-cost.ts';

test('packed schemes cost a fraction of the notebook’s bytes', async () => {
  const rows = await measureSchemeCosts({ ...defaultCostRequest, repetitions: 3 });
  for (const { name, ...costs } of rows) {
    const texts = Object.entries(costs).map(([key, value]) => `${key} ${value.toFixed(2)}`);
    console.log(`${name}: ${texts.join(', ')}`);
  }
  const row = (name: string) => rows.find((one) => one.name === name)!;
  expect(row('ckks').bytesPerParameter).toBeLessThanOrEqual(4.5);
  expect(row('bgv').bytesPerParameter).toBeLessThanOrEqual(3.1);
  expect(row('ckks').fewerBytes).toBeGreaterThanOrEqual(10);
  expect(row('bgv').fewerBytes).toBeGreaterThanOrEqual(10);
  for (const { totalMs } of rows) expect(totalMs).toBeGreaterThan(0);
});
