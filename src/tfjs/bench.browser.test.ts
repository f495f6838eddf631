// The bench's own code runs and reports each backend (its figures are never asserted).
import { expect, test } from 'vitest';
import { measureThroughput } from './bench.ts';

test('reports every backend and auto’s pick', async () => {
  const report = await measureThroughput({ batchSize: 16, units: 128, stepsPerTurn: 40, turns: 5 });
  console.log(JSON.stringify(report, null, 1));
  expect(report.rows.map((row) => row.backend)).toEqual(['webgl', 'wasm', 'cpu']);
});
