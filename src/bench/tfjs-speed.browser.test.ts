// The bench's own code runs and reports each backend (its figures are never asserted).
import { expect, test } from 'vitest';
import { measureThroughput } from './tfjs-speed.ts';

test('reports every backend and auto’s pick', async () => {
  const report = await measureThroughput({ batchSize: 16, units: 128, stepsPerTurn: 4, turns: 1 });
  expect(report.rows.map((row) => row.backend)).toEqual(['webgl', 'wasm', 'cpu']);
  for (const row of report.rows) {
    expect(row.examplesPerSecond / row.layersExamplesPerSecond).toBeCloseTo(row.ratio, 6);
    expect(row.renderer).not.toBe('');
  }
  expect(report.auto.reason).toContain('examples/s');
});
