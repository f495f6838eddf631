// The bench's own code runs and reports what it should (its figures are never asserted).
import { expect, test } from 'vitest';
import { readMeasurements } from '../../scripts/bench/measurement.ts';
import { bench } from './simd.bench.ts';

test('reports training, workers and evaluation as lines of the table', async () => {
  const effort = { stepsPerTurn: 2, turns: 1, workersMs: 20, numEvaluated: 200 };
  const lines = readMeasurements(
    await bench(effort, [
      { optimizer: 'sgd', units: 128, batchSize: 16 },
      { optimizer: 'sgd', units: 64, batchSize: 16 },
      { optimizer: 'sgd', units: 128, batchSize: 10 },
      { optimizer: 'adam', units: 64, batchSize: 10 },
    ]),
  );
  const cells = ['≥ 20×', '', '', '≥ 12×'];
  expect(lines.map(({ target }) => target)).toEqual([...cells, '≥ 1.8×', '≤ 0.1', '']);
  for (const { what } of lines.slice(0, cells.length))
    expect(what).toMatch(/(sparse|dense) kernels/);
  for (const { target, met } of lines) expect(met === null).toBe(target === '');
  for (const { values } of lines) {
    for (const value of Object.values(values)) expect(value).toBeGreaterThan(0);
  }
});
