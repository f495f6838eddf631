// The trainer's conformance in Node, and what is particular to the SIMD step: its layouts at odd
// sizes, the sparse kernels against the dense ones, repeatability, recovery after NaN.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../core/math/random.ts';
import { initialWeights, type ModelSpec } from '../core/model/model-spec.ts';
import type {
  Examples,
  OptimizerName,
  TrainingJob,
  TrainingResult,
} from '../core/training/trainer.ts';
import {
  evaluateFloat64,
  randomWeights,
  trainFloat64,
} from '../testing/conformance/float64-trainer.ts';
import { describeTrainer } from '../testing/conformance/trainer-conformance.ts';
import { largestDifference, trainingJob } from '../testing/conformance/training-samples.ts';
import { darkExamples } from './calibration.ts';
import type { KernelChoice } from './kernel-choice.ts';
import { createSimdTrainer } from './trainer.ts';

const wasm = readFileSync('src/simd/training-step.wasm');
const module = new WebAssembly.Module(wasm);
const create = (kernels: KernelChoice) => createSimdTrainer({ module, reason: 'A test.', kernels });
const optimizers: readonly OptimizerName[] = ['sgd', 'momentum', 'adam'];

describeTrainer('simd (dense)', () => create('dense'));
describeTrainer('simd (sparse)', () => create('sparse'), { openTwin: () => create('dense') });
// Either of the two; which one is found anew for every case.
describeTrainer('simd (measured)', () => create('measured'), { coverage: 'pairs' });

test('is at most 25 kB of gzip', () => {
  expect(gzipSync(wasm).byteLength).toBeLessThanOrEqual(25_000);
});

/** Widths and batch sizes on both sides of panels (16), tiles (2) and list pairs (2). */
const shapes: readonly { model: ModelSpec; batchSize: number; numExamples: number }[] = [
  { model: { widths: [784, 10] }, batchSize: 7, numExamples: 30 },
  { model: { widths: [784, 1, 10] }, batchSize: 1, numExamples: 9 },
  { model: { widths: [784, 37, 10] }, batchSize: 33, numExamples: 100 },
  { model: { widths: [784, 48, 10] }, batchSize: 16, numExamples: 64 },
  { model: { widths: [50, 17, 15, 33, 10] }, batchSize: 9, numExamples: 60 },
  { model: { widths: [600, 300, 10] }, batchSize: 3, numExamples: 13 },
];

describe.each(shapes)(
  '$model.widths, batches of $batchSize',
  ({ model, batchSize, numExamples }) => {
    const examples = darkExamples(numExamples, model.widths[0]!);
    const weights = randomWeights(model, createRandom(3, 'shapes'));

    test.each(optimizers)(
      '%s: as the float64 twin, dense equals sparse bit for bit',
      async (name) => {
        const job = trainingJob(numExamples, {
          ...{
            optimizer: name,
            batchSize,
            localEpochs: 2,
            learningRate: name === 'adam' ? 0.001 : 0.02,
          },
        });
        const dense = await trainOnce('dense', model, weights, examples, job);
        const sparse = await trainOnce('sparse', model, weights, examples, job);
        const twin = trainFloat64(model, weights, examples, job);
        expect(largestDifference(dense.weights, twin.weights)).toBeLessThan(1e-5);
        expect(largestDifference(dense.weights, weights)).toBeGreaterThan(1e-3);
        expect(Math.abs(dense.meanLoss - twin.meanLoss)).toBeLessThan(1e-5);
        expect(dense.accuracy).toBeCloseTo(twin.accuracy, 9);
        expect(bitsOf(sparse)).toBe(bitsOf(dense));
      },
    );

    test.each(['dense', 'sparse'] as const)(
      '%s evaluation as the float64 twin',
      async (kernels) => {
        const trainer = await create(kernels);
        trainer.loadEvaluationExamples('test', examples);
        const [from, to] = [2, numExamples];
        const [result] = await trainer.evaluate(model, weights, 'test', [{ from, to }]);
        if (result === undefined) throw new Error('a range has no result');
        const twin = evaluateFloat64(model, weights, examples, from, to);
        expect(result.numCorrect).toBe(twin.numCorrect);
        expect([...result.confusion]).toEqual(twin.confusion);
        expect(Math.abs(result.lossSum - twin.lossSum)).toBeLessThan(1e-5 * (to - from));
      },
    );
  },
);

test.each(optimizers)(
  '%s with a learning rate of 0 leaves the weights as they are',
  async (name) => {
    const model: ModelSpec = { widths: [100, 20, 10] };
    const weights = initialWeights(model, 1);
    const job = trainingJob(30, { optimizer: name, learningRate: 0 });
    const result = await trainOnce('sparse', model, weights, darkExamples(30, 100), job);
    expect(largestDifference(result.weights, weights)).toBe(0);
  },
);

test('gives the same bits from run to run', async () => {
  const model: ModelSpec = { widths: [784, 64, 10] };
  const weights = initialWeights(model, 1);
  const examples = darkExamples(400, 784);
  const hashOf = async (optimizer: OptimizerName) => {
    const job = trainingJob(400, { optimizer });
    return bitsOf(await trainOnce('measured', model, weights, examples, job));
  };
  for (const optimizer of optimizers) {
    expect([optimizer, await hashOf(optimizer)]).toEqual([optimizer, await hashOf(optimizer)]);
  }
});

test.each(['dense', 'sparse', 'measured'] as const)(
  '%s kernels: the memory grows in no epoch after the first call',
  async (kernels) => {
    const instantiate = vi.spyOn(WebAssembly, 'instantiate');
    const trainer = await create(kernels);
    const { exports } = (await instantiate.mock.results[0]!
      .value) as unknown as WebAssembly.Instance;
    instantiate.mockRestore();
    const memory = exports.memory as WebAssembly.Memory;
    const model: ModelSpec = { widths: [100, 20, 10] };
    const weights = initialWeights(model, 1);
    trainer.loadTrainingExamples(darkExamples(403, 100));
    const numSeen = new Map<ArrayBuffer, number>();
    const see = () => numSeen.set(memory.buffer, (numSeen.get(memory.buffer) ?? 0) + 1);
    // An order of 32 kB a call: two that are not given back take a page.
    const job = trainingJob(403, { optimizer: 'adam', localEpochs: 20, onProgress: see });
    await trainer.train(model, weights, job);
    numSeen.clear();
    const numBytes = memory.buffer.byteLength;
    for (let call = 0; call < 19; call++) {
      await trainer.train(model, weights, job);
      see();
    }
    // A memory that grows has another buffer, be it by nothing.
    expect([...numSeen.keys()]).toEqual([memory.buffer]);
    expect(memory.buffer.byteLength).toBe(numBytes);
  },
);

describe('zero-skipping', () => {
  afterEach(() => vi.restoreAllMocks());

  /**
   * Trains with one NaN weight, of a pixel that is never lit, under a clock by which one kind of
   * kernels takes 1 ms longer: products with zero show in the result (0 × NaN), left out they do not.
   */
  async function numNonFinite(slower: 'dense' | 'sparse') {
    const model: ModelSpec = { widths: [100, 20, 10] };
    const { images, labels } = darkExamples(60, 100);
    const dark = images.map((byte, at) => (at % 100 === 7 ? 0 : byte));
    const trainer = await create('measured');
    trainer.loadTrainingExamples({ images: dark, labels });
    let [nowMs, readings] = [0, 0];
    vi.spyOn(performance, 'now').mockImplementation(() => {
      const isEndOf = (['', 'dense', '', 'sparse'] as const)[readings++ % 4]; // they take turns
      return (nowMs += isEndOf === slower ? 2 : isEndOf === '' ? 0 : 1);
    });
    await trainer.warmUp(model, { optimizer: 'sgd', batchSize: 16 });
    vi.restoreAllMocks();
    const weights = initialWeights(model, 1);
    weights[7 * 20] = NaN;
    const result = await trainer.train(model, weights, trainingJob(60));
    return result.weights.filter((weight) => !Number.isFinite(weight)).length;
  }

  test('is chosen by which kernels are faster on the loaded images', async () => {
    expect(await numNonFinite('dense')).toBe(1);
    expect(await numNonFinite('sparse')).toBeGreaterThan(100);
  });
});

test('not a batch is trained after a stop was heard of', async () => {
  const model: ModelSpec = { widths: [784, 64, 10] };
  const trainer = await create('measured');
  trainer.loadTrainingExamples(darkExamples(400, 784));
  const signal = { aborted: false };
  const fractions: number[] = [];
  let numHeard = -1;
  const { port1: worker, port2: server } = new MessageChannel();
  worker.onmessage = () => {
    signal.aborted = true;
    numHeard = fractions.length;
  };
  const job = trainingJob(400, {
    localEpochs: 1000,
    signal,
    onProgress: (fraction) => {
      fractions.push(fraction);
      if (fractions.length === 3) server.postMessage('stop');
    },
  });
  const training = trainer.train(model, initialWeights(model, 1), job);
  await expect(training).rejects.toThrow('stopped');
  worker.close();
  // The slice that was under way when the message came, and then the turn in which it was heard.
  expect(numHeard - 3).toBeLessThanOrEqual(1);
  expect(fractions.length - numHeard).toBeLessThanOrEqual(1);
  expect(fractions.at(-1)).toBeLessThan(0.5);
});

test('refuses what does not belong together instead of reading beside it', async () => {
  const model: ModelSpec = { widths: [100, 20, 10] };
  const weights = initialWeights(model, 1);
  const trainer = await create('measured');
  await expect(trainer.train(model, weights, trainingJob(10))).rejects.toThrow('loaded');
  trainer.loadTrainingExamples(darkExamples(10, 100));
  await expect(trainer.train(model, weights, trainingJob(11))).rejects.toThrow(RangeError);
  const wider: ModelSpec = { widths: [101, 20, 10] };
  await expect(trainer.train(wider, initialWeights(wider, 1), trainingJob(10))).rejects.toThrow(
    RangeError,
  );
  const fewer: ModelSpec = { widths: [100, 20, 5] };
  await expect(trainer.train(fewer, initialWeights(fewer, 1), trainingJob(10))).rejects.toThrow(
    RangeError,
  );
  await expect(trainer.train(model, weights.subarray(1), trainingJob(10))).rejects.toThrow(
    RangeError,
  );
  const { images, labels } = darkExamples(10, 100);
  expect(() => trainer.loadTrainingExamples({ images: images.subarray(1), labels })).toThrow(
    RangeError,
  );
});

/** A digest: the difference of two large arrays would take minutes to print. */
function bitsOf({ weights, ...scores }: TrainingResult): string {
  const hash = createHash('sha256').update(new Uint8Array(weights.buffer));
  return hash.update(JSON.stringify(scores)).digest('hex');
}

async function trainOnce(
  kernels: KernelChoice,
  model: ModelSpec,
  weights: Float32Array,
  examples: Examples,
  job: TrainingJob,
) {
  const trainer = await create(kernels);
  trainer.loadTrainingExamples(examples);
  const result = await trainer.train(model, weights, job);
  trainer.dispose();
  return result;
}
