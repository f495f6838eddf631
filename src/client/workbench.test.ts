// What a client does with training that ends in no numbers: it says that its update failed, and there
// is nothing left that could be sent.
import type { RoundKey } from '../core/protocol/round-key.ts';
import { expect, test, vi } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import type { Trainer, TrainingResult } from '../core/training/trainer.ts';
import { createWorkbench, type WorkbenchEnvironment } from './workbench.ts';
import { createTwinMemory } from './twin-memory.ts';

vi.mock('node-seal', () => ({ default: () => Promise.reject(new Error('not in Node')) }));

const config = { ...defaultRunConfig, clients: 2, encryption: 'plaintext' } as const;
const key: RoundKey = { runId: 'run', round: 1, attempt: 1 };

/** A client in its seat, whose trainer moves every weight by 0.01 and then does `spoil` to the result. */
async function seatedBench(spoil: (result: TrainingResult) => TrainingResult) {
  const trainer = {
    info: { backend: 'cpu', renderer: '', reason: '' },
    warmUp: () => Promise.resolve(),
    train: (_model: unknown, weights: Float32Array) =>
      Promise.resolve(
        spoil({
          weights: Float32Array.from(weights, (weight) => weight + 0.01),
          meanLoss: 1,
          accuracy: 0.1,
          numExamplesSeen: 16,
        }),
      ),
  } as unknown as Trainer;
  const environment: WorkbenchEnvironment = {
    secret: {} as WorkbenchEnvironment['secret'],
    shards: {
      load: () => Promise.resolve({ numExamples: 160, labelHistogram: Array<number>(10).fill(16) }),
      ensureSplit: () => Promise.resolve(),
    },
    twins: createTwinMemory(),
    warmSchemes: new Set(),
  };
  const bench = createWorkbench(environment, 'run', config);
  await bench.prepare(trainer, {
    ...{ type: 'prepare', runId: 'run', config, seat: 0, round: 0, sealedWeights: null },
  });
  return {
    train: () => bench.train(key, { aborted: false }, () => {}),
    encrypt: () =>
      bench.encrypt({
        ...{ type: 'encrypt', key, numExamples: 160, largestNumExamples: 160 },
        rangeExponents: [0, 0, 0, 0],
      }),
  };
}

const places: readonly (readonly [place: string, isBad: (at: number) => boolean])[] = [
  ['in the first weight', (at) => at === 0],
  ['in one weight', (at) => at === 70_001],
  ['in all weights', () => true],
];

test.each(
  [NaN, Infinity, -Infinity].flatMap((bad) => places.map((place) => [bad, ...place] as const)),
)('%s %s is a failed update, and nothing is sent', async (bad, _, isBad) => {
  const bench = await seatedBench((result) => ({
    ...result,
    weights: result.weights.map((weight, at) => (isBad(at) ? bad : weight)),
  }));
  await expect(bench.train()).rejects.toMatchObject({ code: 'non-finite-update' });
  await expect(bench.encrypt()).rejects.toThrow('Nothing was trained');
});

test.each([NaN, Infinity, -Infinity])('a loss of %s is the same', async (meanLoss) => {
  const bench = await seatedBench((result) => ({ ...result, meanLoss }));
  await expect(bench.train()).rejects.toMatchObject({ code: 'non-finite-update' });
  await expect(bench.encrypt()).rejects.toThrow('Nothing was trained');
});

test('numbers are no failure', async () => {
  const bench = await seatedBench((result) => result);
  expect(await bench.train()).toMatchObject({ type: 'trained', key, trainLoss: 1 });
  const { type, quantisationError } = await bench.encrypt();
  expect([type, quantisationError < 1e-6]).toEqual(['encrypted', true]);
});
