// What a client does with training that ends in no numbers: it says that its update failed, and there
// is nothing left that could be sent.
import type { RoundKey } from '../core/protocol/round-key.ts';
import { expect, test, vi } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import type { Trainer, TrainingResult } from '../core/training/trainer.ts';
import { createWorkbench, type WorkbenchEnvironment } from './workbench.ts';
import type { FederationSecret } from './sealing.ts';
import { createSharedRun } from './shared-run.ts';
import { createTwinMemory } from './twin-memory.ts';

vi.mock('node-seal', () => ({ default: () => Promise.reject(new Error('not in Node')) }));

const config = { ...defaultRunConfig, clients: 2, encryption: 'plaintext' } as const;
const key: RoundKey = { runId: 'run', round: 1, attempt: 1 };

/** A client in its seat, whose trainer moves every weight by 0.01 and then does `spoil` to the result. */
async function seatedClient(spoil: (result: TrainingResult) => TrainingResult) {
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
  const secret = {} as FederationSecret;
  const environment: WorkbenchEnvironment = {
    secret,
    shards: {
      announce() {},
      prefetch() {},
      load: () =>
        Promise.resolve({
          numExamples: 160,
          labelHistogram: Array<number>(10).fill(16),
          offset: () => 0,
          release() {},
        }),
      ensureSplit: () => Promise.resolve(),
    },
    twins: createTwinMemory(),
  };
  const shared = createSharedRun({ secret, warmSchemes: new Set() }, 'run', config);
  const workbench = createWorkbench(environment, shared);
  await workbench.prepare(trainer, {
    ...{ type: 'prepare', runId: 'run', config, seat: 0, round: 0, sealedWeights: null },
  });
  return {
    train: () => workbench.train(key, { aborted: false }, () => {}),
    encrypt: () =>
      workbench.encrypt({
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
  const client = await seatedClient((result) => ({
    ...result,
    weights: result.weights.map((weight, at) => (isBad(at) ? bad : weight)),
  }));
  await expect(client.train()).rejects.toMatchObject({ code: 'non-finite-update' });
  await expect(client.encrypt()).rejects.toThrow('Nothing was trained');
});

test.each([NaN, Infinity, -Infinity])('a loss of %s is the same', async (meanLoss) => {
  const client = await seatedClient((result) => ({ ...result, meanLoss }));
  await expect(client.train()).rejects.toMatchObject({ code: 'non-finite-update' });
  await expect(client.encrypt()).rejects.toThrow('Nothing was trained');
});

test('numbers are no failure', async () => {
  const client = await seatedClient((result) => result);
  expect(await client.train()).toMatchObject({ type: 'trained', key, trainLoss: 1 });
  const { type, quantisationError } = await client.encrypt();
  expect([type, quantisationError < 1e-6]).toEqual(['encrypted', true]);
});
