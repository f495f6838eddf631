// What clients of one worker share of a run: the same work is done once, other work is not mistaken for
// it, and a failure is told to all who asked for it and to nobody else.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { createPlaintextScheme } from '../core/encryption/plaintext-scheme.ts';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import type { Trainer } from '../core/training/trainer.ts';
import { createClientScheme } from '../ckks/client-scheme.ts';
import type { FederationSecret } from './sealing.ts';
import { createSharedRun } from './shared-run.ts';

vi.mock('../ckks/client-scheme.ts', () => ({
  createClientScheme: vi.fn<typeof createClientScheme>(),
}));

const config = { ...defaultRunConfig, units: 8, clients: 3, encryption: 'plaintext' } as const;
const decryptSum = vi.fn<(sum: Uint8Array, numContributors: number) => Float64Array<ArrayBuffer>>();

function setUp() {
  const secret = {} as FederationSecret;
  return createSharedRun({ secret, warmSchemes: new Set() }, 'run', config);
}

beforeEach(() => {
  decryptSum.mockReset().mockImplementation(() => new Float64Array(numParameters()).fill(3));
  vi.mocked(createClientScheme)
    .mockReset()
    .mockImplementation((parameters) => {
      const scheme = createPlaintextScheme(parameters);
      return Promise.resolve({
        ...scheme,
        open: (keys) => {
          const opened = scheme.open(keys);
          return { ...opened, decryptor: { ...opened.decryptor, decryptSum } };
        },
      });
    });
});

const numParameters = () => setUp().initialWeights().length;

function applyOrder(changes: { readonly sum?: number; readonly totalExamples?: number } = {}) {
  const { sum = 1, totalExamples = 300 } = changes;
  return {
    type: 'apply',
    key: { runId: 'run', round: 1, attempt: 1 },
    sum: new Uint8Array(8).fill(sum),
    numContributors: 3,
    totalExamples,
    largestNumExamples: 100,
    rangeExponents: [0, 0, 0, 0],
  } as const;
}

describe('a sum', () => {
  it('is opened once, and all get the same weights', async () => {
    const shared = setUp();
    const base = shared.initialWeights();
    const all = await Promise.all([1, 2, 3].map(() => shared.applySum(base, applyOrder())));
    expect(decryptSum).toHaveBeenCalledTimes(1);
    expect(new Set(all).size).toBe(1);
    expect(all[0]).not.toBe(base);
  });

  it.each([
    ['other bytes', { sum: 2 }],
    ['another total', { totalExamples: 299 }],
  ])('with %s is another sum', async (_what, changes) => {
    const shared = setUp();
    const base = shared.initialWeights();
    const [one, other] = await Promise.all([
      shared.applySum(base, applyOrder()),
      shared.applySum(base, applyOrder(changes)),
    ]);
    expect(decryptSum).toHaveBeenCalledTimes(2);
    expect(other).not.toBe(one);
  });

  it('is added to the weights that the client holds, not to those of the first who asked', async () => {
    const shared = setUp();
    const base = shared.initialWeights();
    const behind = base.map((weight) => weight + 1);
    const one = await shared.applySum(base, applyOrder());
    const other = await shared.applySum(behind, applyOrder());
    expect(other[0]! - one[0]!).toBeCloseTo(1, 5);
  });

  it('that does not open is refused to all who were given it, and the next one opens', async () => {
    const shared = setUp();
    const base = shared.initialWeights();
    decryptSum.mockImplementationOnce(() => {
      throw new Error('no sum');
    });
    const asked = [1, 2].map(() => shared.applySum(base, applyOrder()));
    for (const one of asked) await expect(one).rejects.toThrow('no sum');
    await expect(shared.applySum(base, applyOrder({ sum: 2 }))).resolves.toBeInstanceOf(
      Float32Array,
    );
  });
});

describe('evaluations', () => {
  const result = (from: number) => ({
    numExamples: from,
    numCorrect: 0,
    lossSum: 0,
    confusion: new Uint32Array(100),
  });

  function setUpTrainer() {
    const evaluate = vi.fn<Trainer['evaluate']>((_model, _weights, _split, ranges) =>
      Promise.resolve(ranges.map(({ from }) => result(from))),
    );
    return { evaluate, trainer: { evaluate } as unknown as Trainer };
  }

  const asked = (shared: ReturnType<typeof setUp>, from: number, signal = { aborted: false }) =>
    shared.askEvaluation({
      weights: shared.initialWeights(),
      split: 'validation',
      range: { from, to: from + 10 },
      signal,
    });

  it('asked for before the first is done are done with it, each with its own result', async () => {
    const shared = setUp();
    const { evaluate, trainer } = setUpTrainer();
    const all = [0, 10, 20].map((from) => asked(shared, from));
    const numbers = [];
    for (const one of all) numbers.push((await one.run(trainer)).numExamples);
    expect(numbers).toEqual([0, 10, 20]);
    expect(evaluate).toHaveBeenCalledTimes(1);
  });

  it('of other weights or of the other split are apart', async () => {
    const shared = setUp();
    const { evaluate, trainer } = setUpTrainer();
    const one = asked(shared, 0);
    const range = { from: 10, to: 20 };
    const signal = { aborted: false };
    const moved = shared.initialWeights().map((weight) => weight + 1);
    const others = [
      shared.askEvaluation({ weights: moved, split: 'validation', range, signal }),
      shared.askEvaluation({ weights: shared.initialWeights(), split: 'test', range, signal }),
    ];
    for (const each of [one, ...others]) await each.run(trainer);
    expect(evaluate.mock.calls.map(([, , split, ranges]) => [split, ranges.length])).toEqual([
      ['validation', 1],
      ['validation', 1],
      ['test', 1],
    ]);
  });

  it('that were called off are left out', async () => {
    const shared = setUp();
    const { evaluate, trainer } = setUpTrainer();
    const signal = { aborted: false };
    const first = asked(shared, 0);
    asked(shared, 10, signal);
    signal.aborted = true;
    await first.run(trainer);
    expect(evaluate.mock.calls[0]![3]).toEqual([{ from: 0, to: 10 }]);
  });

  it('that fail, fail for each who asked', async () => {
    const shared = setUp();
    const { evaluate, trainer } = setUpTrainer();
    evaluate.mockRejectedValueOnce(new Error('device lost'));
    const [one, other] = [asked(shared, 0), asked(shared, 10)];
    await expect(one.run(trainer)).rejects.toThrow('device lost');
    await expect(other.run(trainer)).rejects.toThrow('device lost');
    expect((await asked(shared, 30).run(trainer)).numExamples).toBe(30);
  });
});

it('knows the parameters of its configuration', () => {
  const shared = setUp();
  expect(shared.parameters).toEqual(chooseParameters('plaintext', numParameters(), 3));
});
