// The rows' arithmetic over runs made up here.
import { expect, it } from 'vitest';
import { defaultRunConfig } from '../../src/core/federation/run-config.ts';
import { exampleView } from '../headless/example-view.ts';
import { shapeResult } from '../headless/result.ts';
import { timedRunRows } from './timed-run-rows.ts';

it('tells the middle run, with its own shares', async () => {
  const wallMs = [16_000, 9000, 14_500];
  const lines = await timedRunRows.get('default-run')!((config, again = 0) => {
    expect(config).toEqual(defaultRunConfig);
    const view = exampleView({ endedAtMs: 2500 + 100 * again });
    return Promise.resolve({ view, result: shapeResult(view, wallMs[again]!) });
  });
  expect(lines[0]).toMatchObject({ measured: '14.5 s', met: true });
  const waiting = lines.find(({ what }) => what === 'that run: share of waiting')!;
  const totalMs = lines.slice(1).reduce((sum, { values }) => sum + values['milliseconds']!, 0);
  expect(totalMs).toBe(2700);
  expect(waiting.values['share']).toBe(waiting.values['milliseconds']! / 2700);
});

it('tells what a round costs beyond its training', async () => {
  const view = exampleView();
  const trained = view.history.filter(({ round }) => round > 0);
  const [typical, first] = await timedRunRows.get('small-rounds')!((config) => {
    expect(config).toEqual({ ...defaultRunConfig, localBatches: 50 });
    return Promise.resolve({ view, result: shapeResult(view, 1000) });
  });
  const beyondMs = trained.map(({ milliseconds, path }) => milliseconds.total - path.train);
  expect(beyondMs.length).toBeGreaterThan(0);
  expect(first!.values['firstMs']).toBe(beyondMs[0]);
  for (const { met, values } of [typical!, first!]) {
    expect(met).toBe((values['typicalMs'] ?? values['firstMs'])! <= 150);
  }
});
