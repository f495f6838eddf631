import { describe, expect, it } from 'vitest';
import { finishedView } from '../src/testing/samples/sample-view.ts';
import { shapeResult } from './result.ts';

describe('shapeResult', () => {
  it('writes the documented fields and no others', () => {
    const result = shapeResult(finishedView(), 2500.4);
    expect(Object.keys(result)).toEqual([
      'version',
      'config',
      'backend',
      'rounds',
      'testAccuracy',
      'confusionMatrix',
      'weightsSha256',
      'wallMilliseconds',
    ]);
    expect(result.version).toBe(1);
    expect(result.config.seed).toBe(9);
    expect(result.backend).toBe('wasm');
    expect(result.testAccuracy).toBe(0.91);
    expect(result.weightsSha256).toBe('b'.repeat(64));
    expect(result.wallMilliseconds).toBe(2500);
    expect(result.rounds.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(result.rounds[1]).toEqual({
      round: 1,
      validationAccuracy: 0.5,
      validationLoss: 1.2999999999999998,
      numClients: 2,
      numExamples: 55000,
      uploadBytesPerClient: 400000,
      bytesPerParameter: 3.93,
      milliseconds: {
        total: 100,
        train: 60,
        encrypt: 10,
        upload: 5,
        sum: 1,
        decrypt: 4,
        evaluate: 9,
      },
    });
  });

  it('keeps true labels in rows', () => {
    const { confusionMatrix } = shapeResult(finishedView(), 0);
    expect(confusionMatrix).toHaveLength(10);
    expect(confusionMatrix[3]).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
  });

  it.each([
    ['failed', { phase: 'failed', note: 'no client has the keys' }, 'ended as failed: no client'],
    ['stopped', { phase: 'stopped' }, 'the run ended as stopped'],
    ['untested', { test: null }, 'finished without a test result'],
    ['unhashed', { weightsSha256: null }, 'finished without a test result'],
  ] as const)('refuses a %s run', (_name, changes, message) => {
    expect(() => shapeResult(finishedView(changes), 0)).toThrow(message);
  });

  it('refuses a run whose clients disagree on the weights', () => {
    const view = finishedView();
    const server = { ...view.server, rejections: { diverged: 1 } };
    expect(() => shapeResult({ ...view, server }, 0)).toThrow('do not agree');
  });

  it('refuses a run with a missing round', () => {
    const view = finishedView();
    expect(() => shapeResult({ ...view, history: view.history.slice(1) }, 0)).toThrow(
      'expected 2 rounds and round 0, found 2',
    );
  });
});
