// What a client says when it cannot prepare: the code names the part that failed. And which trainer the
// next run gets: the one that lies there, or another.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_RANGE_EXPONENT } from '../core/encryption/quantisation.ts';
import { defaultRunConfig, type RunConfig } from '../core/experiment/run-config.ts';
import { DeviceLost, type Trainer } from '../core/training/trainer.ts';
import { DataUnavailable, type Dataset } from '../data/static-dataset.ts';
import { canRun } from '../simd/calibration.ts';
import { openTrainer, type OpenedTrainer } from './open-trainer.ts';
import { createEffectRunner } from './run-effects.ts';
import type { FederationSecret } from './sealing.ts';
import { createWorkshop } from './workshop.ts';
import type { UntimedClientEvent } from '../core/federation/client/client-types.ts';

const openDataset = vi.hoisted(() => vi.fn<() => Promise<Dataset>>());
vi.mock('node-seal', () => ({ default: () => Promise.reject(new Error('not in Node')) }));
vi.mock('./open-trainer.ts', () => ({ openTrainer: vi.fn<typeof openTrainer>() }));
vi.mock('../simd/calibration.ts', () => ({ canRun: vi.fn<typeof canRun>() }));
vi.mock(import('../data/static-dataset.ts'), async (original) => ({
  ...(await original()),
  openDataset,
}));

const config = {
  ...defaultRunConfig,
  clients: 2,
  encryption: 'plaintext',
  batchSize: 4,
  localBatches: 40,
} as const;
const labels = Uint8Array.from({ length: 400 }, (_, index) => index % 10);
const data = {
  prefetch() {},
  loadLabels: () => Promise.resolve(labels),
  loadExamples: () => Promise.resolve({}),
} as unknown as Dataset;

/** A trainer that adds `movement` to every weight. */
function trainer(movement: number, warmUp = () => Promise.resolve()) {
  return {
    info: { backend: 'cpu', renderer: '', reason: '' },
    loadTrainingExamples() {},
    loadEvaluationExamples() {},
    warmUp,
    train: (_model: unknown, weights: Float32Array) =>
      Promise.resolve({
        weights: weights.map((weight) => weight + movement),
        meanLoss: 1,
        accuracy: 0.1,
        numExamplesSeen: 1,
      }),
    dispose: vi.fn<() => void>(),
  } as unknown as Trainer;
}

function opened(trainer: Trainer, how: Partial<OpenedTrainer> = {}): OpenedTrainer {
  return { trainer, lead: 1.5, isStandIn: false, ...how };
}

function setUp() {
  const events: UntimedClientEvent[] = [];
  const workshop = createWorkshop({
    secret: {} as FederationSecret,
    dataUrl: '',
    watchdog: { guard: (_what, _limitMs, work) => work(), alive() {} },
  });
  const runner = createEffectRunner({
    workshop,
    backend: 'auto',
    emit: (event) => events.push(event),
  });
  /** What comes of taking the first seat. */
  async function prepare(
    changes: Partial<RunConfig> = {},
    runId = 'run',
  ): Promise<UntimedClientEvent> {
    const numBefore = events.length;
    runner.run({
      type: 'prepare',
      runId,
      config: { ...config, ...changes },
      seat: 0,
      round: 0,
      sealedWeights: null,
    });
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(numBefore));
    return events.at(-1)!;
  }
  return { prepare };
}

beforeEach(() => {
  openDataset.mockReset().mockResolvedValue(data);
  vi.mocked(openTrainer)
    .mockReset()
    .mockResolvedValue(opened(trainer(0.01)));
  vi.mocked(canRun).mockReset().mockReturnValue(true);
});

describe('a preparation that fails', () => {
  it('for want of the images is tried afresh the next time', async () => {
    const { prepare } = setUp();
    // Once for what is fetched ahead, once for the preparation itself.
    const unavailable = new DataUnavailable('manifest.json cannot be reached.');
    openDataset.mockRejectedValueOnce(unavailable).mockRejectedValueOnce(unavailable);
    expect(await prepare()).toMatchObject({
      type: 'work-failed',
      key: { attempt: 0 },
      code: 'data-unavailable',
      detail: 'manifest.json cannot be reached.',
    });
    expect(await prepare()).toMatchObject({ type: 'prepared', numExamples: 200 });
  });

  it('for want of a backend says so', async () => {
    vi.mocked(openTrainer).mockRejectedValue(new Error('WebGL cannot be started in this browser'));
    expect(await setUp().prepare()).toMatchObject({
      code: 'backend-unavailable',
      detail: 'WebGL cannot be started in this browser',
    });
  });

  it('in the warm-up is the backend’s', async () => {
    const refuse = () => Promise.reject(new Error('shader did not compile'));
    vi.mocked(openTrainer).mockResolvedValue(opened(trainer(0, refuse)));
    expect(await setUp().prepare()).toMatchObject({ code: 'backend-unavailable' });
  });

  it('because the device is gone says that', async () => {
    const lose = () => Promise.reject(new DeviceLost('the WebGL context was lost'));
    vi.mocked(openTrainer).mockResolvedValue(opened(trainer(0, lose)));
    expect(await setUp().prepare()).toMatchObject({ code: 'device-lost' });
  });
});

it.each([NaN, Infinity, 2 ** MAX_RANGE_EXPONENT])(
  'training that moves weights by %f is no failure of the preparation',
  async (movement) => {
    vi.mocked(openTrainer).mockResolvedValue(opened(trainer(movement)));
    expect(await setUp().prepare()).toMatchObject({
      type: 'prepared',
      rangeExponents: [0, 0, 0, 0],
    });
  },
);

describe('two runs, one after the other', () => {
  /** The engines that the two runs were opened with: how many, and whether the first was given back. */
  async function openings(
    [first, second]: readonly [Partial<RunConfig>, Partial<RunConfig>],
    how: Partial<OpenedTrainer> = {},
  ) {
    const trainers = [trainer(0.01), trainer(0.01)] as const;
    for (const one of trainers) vi.mocked(openTrainer).mockResolvedValueOnce(opened(one, how));
    const { prepare } = setUp();
    expect(await prepare(first, 'first')).toMatchObject({ type: 'prepared' });
    expect(await prepare(second, 'second')).toMatchObject({ type: 'prepared' });
    const numOpened = vi.mocked(openTrainer).mock.calls.length;
    expect(trainers[0].dispose).toHaveBeenCalledTimes(numOpened - 1);
    return vi.mocked(openTrainer).mock.calls;
  }
  const [once, twice] = [1, 2];

  it.each<[string, Partial<RunConfig>, number]>([
    ['the learning rate', { learningRate: 0.5 }, once],
    ['the units', { units: 200 }, twice],
    ['the layers', { hiddenLayers: 2 }, twice],
    ['the batch size', { batchSize: 5 }, twice],
    ['the optimizer', { optimizer: 'adam' }, twice],
    ['the backend', { backend: 'simd' }, twice],
  ])('that differ in %s, engines close to each other', async (_what, change, expected) => {
    const calls = await openings([{}, change], { lead: 2.9 });
    expect(calls).toHaveLength(expected);
  });

  it('tell the second opening what will be trained', async () => {
    const [, second] = await openings([{}, { units: 64, batchSize: 7, optimizer: 'adam' }]);
    const shape = { model: { widths: [784, 64, 10] }, batchSize: 7, optimizer: 'adam' };
    expect(second).toEqual(['auto', shape]);
  });

  it.each<[string, Partial<RunConfig>, number, number]>([
    ['the next model', { units: 200 }, 3, once],
    ['the next optimizer', { optimizer: 'adam' }, 3, once],
    ['a model of twice the work', { units: 256 }, 2.9, twice],
    ['a model of eight times the work', { units: 1024 }, 7.9, twice],
    ['a model of eight times the work', { units: 1024 }, 8.1, once],
    ['eight times the batch', { batchSize: 32 }, 7.9, twice],
  ])('keep the engine for %s (%j) with a lead of %d', async (_what, change, lead, expected) => {
    const calls = await openings([{}, change], { lead });
    expect(calls).toHaveLength(expected);
  });

  it.each(['auto', 'simd'] as const)(
    'get an engine for each (%s) where the SIMD step can run only one of the models',
    async (backend) => {
      vi.mocked(canRun).mockImplementation(({ widths }) => widths[1]! < 200);
      const [small, large] = [
        { backend, units: 128 },
        { backend, units: 200 },
      ];
      expect(await openings([small, large], { lead: 100 })).toHaveLength(twice);
      vi.mocked(openTrainer).mockClear();
      expect(await openings([large, small], { lead: 100 })).toHaveLength(twice);
    },
  );

  it.each(['webgl', 'wasm', 'cpu', 'simd'] as const)(
    'keep %s for every model when it was chosen by hand',
    async (backend) => {
      const runs = [{ backend }, { backend, units: 1024, batchSize: 100 }] as const;
      expect(await openings(runs, { lead: null })).toHaveLength(once);
    },
  );

  it('try again for what stands in for the SIMD step', async () => {
    expect(await openings([{}, {}], { lead: 100, isStandIn: true })).toHaveLength(twice);
  });

  it('load the examples anew on a trainer that is opened anew', async () => {
    const next = { ...trainer(0.01), loadTrainingExamples: vi.fn<() => void>() };
    vi.mocked(openTrainer)
      .mockResolvedValueOnce(opened(trainer(0.01)))
      .mockResolvedValueOnce(opened(next));
    const { prepare } = setUp();
    await prepare({}, 'first');
    await prepare({ units: 200 }, 'second');
    expect(next.loadTrainingExamples).toHaveBeenCalledTimes(1);
  });

  it('do not go back to a trainer that was given back for one that did not open', async () => {
    const { prepare } = setUp();
    await prepare({}, 'first');
    vi.mocked(openTrainer).mockRejectedValueOnce(new Error('WebGL cannot be started'));
    expect(await prepare({ backend: 'webgl' }, 'second')).toMatchObject({ type: 'work-failed' });
    await prepare({}, 'third');
    expect(openTrainer).toHaveBeenCalledTimes(3);
  });
});
