// What a client says when it cannot prepare: the code names the part that failed.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_RANGE_EXPONENT } from '../core/encryption/quantisation.ts';
import { defaultRunConfig } from '../core/federation/run-config.ts';
import { DeviceLost, type Trainer } from '../core/training/trainer.ts';
import { DataUnavailable, type Dataset } from '../tfjs/datasets.ts';
import { openTrainer } from './open-trainer.ts';
import { createWorkbench, type UntimedClientEvent } from './workbench.ts';

const openDataset = vi.hoisted(() => vi.fn<() => Promise<Dataset>>());
vi.mock('node-seal', () => ({ default: () => Promise.reject(new Error('not in Node')) }));
vi.mock('./open-trainer.ts', () => ({ openTrainer: vi.fn<typeof openTrainer>() }));
vi.mock(import('../tfjs/datasets.ts'), async (original) => ({
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
  } as unknown as Trainer;
}

function setUp() {
  const events: UntimedClientEvent[] = [];
  const workbench = createWorkbench({
    secret: {} as Parameters<typeof createWorkbench>[0]['secret'],
    backend: 'auto',
    dataUrl: '',
    watchdog: { guard: (_what, _limitMs, work) => work(), alive() {} },
    emit: (event) => events.push(event),
  });
  /** What comes of taking the first seat. */
  async function prepare(): Promise<UntimedClientEvent> {
    const numBefore = events.length;
    workbench.run({
      type: 'prepare',
      runId: 'run',
      config,
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
  vi.mocked(openTrainer).mockReset().mockResolvedValue(trainer(0.01));
});

describe('a preparation that fails', () => {
  it('for want of the images is tried afresh the next time', async () => {
    const { prepare } = setUp();
    openDataset.mockRejectedValueOnce(new DataUnavailable('manifest.json cannot be reached.'));
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
    vi.mocked(openTrainer).mockResolvedValue(trainer(0, refuse));
    expect(await setUp().prepare()).toMatchObject({ code: 'backend-unavailable' });
  });

  it('because the device is gone says that', async () => {
    const lose = () => Promise.reject(new DeviceLost('the WebGL context was lost'));
    vi.mocked(openTrainer).mockResolvedValue(trainer(0, lose));
    expect(await setUp().prepare()).toMatchObject({ code: 'device-lost' });
  });
});

it.each([NaN, Infinity, 2 ** MAX_RANGE_EXPONENT])(
  'training that moves weights by %f is no failure of the preparation',
  async (movement) => {
    vi.mocked(openTrainer).mockResolvedValue(trainer(movement));
    expect(await setUp().prepare()).toMatchObject({
      type: 'prepared',
      rangeExponents: [0, 0, 0, 0],
    });
  },
);
