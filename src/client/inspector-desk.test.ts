import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import { classProbabilities } from '../core/model/forward.ts';
import { denseModel, initialWeights } from '../core/model/model-spec.ts';
import { createRandom } from '../core/math/random.ts';
import type {
  InspectorAnswer,
  InspectorErrorCode,
  TestInspection,
} from '../core/protocol/inspector-messages.ts';
import { createInspectorDesk, type InspectorServices } from './inspector-desk.ts';

const config = { ...defaultRunConfig, units: 16 };
const spec = denseModel(config.units, config.hiddenLayers);
const dataUrl = 'http://localhost/data/';
const secret = new Uint8Array(32).fill(7);
const NUM_TEST = 250;
const random = createRandom(1, 'inspector-test');
const examples = {
  images: Uint8Array.from({ length: NUM_TEST * 784 }, () => random.below(256)),
  labels: Uint8Array.from({ length: NUM_TEST }, () => random.below(10)),
};

function desk(overrides: Partial<InspectorServices> = {}) {
  const said: InspectorAnswer[] = [];
  const services: InspectorServices = {
    openWeights: async () => initialWeights(spec, 99),
    loadTestExamples: async () => examples,
    demonstrate: async () => {
      throw new Error('not in this test.');
    },
    pause: async () => {},
    ...overrides,
  };
  const handle = createInspectorDesk(services, (answer) => said.push(answer));
  const ask = async (request: Record<string, unknown>) => {
    await handle(request);
    return outcomeOf(said, request['requestId'] as number);
  };
  return { ask, handle, said };
}

function outcomeOf(said: readonly InspectorAnswer[], requestId: number | null) {
  const answers = said.filter((one) => one.type === 'answer' && one.requestId === requestId);
  expect(answers).toHaveLength(1);
  return (answers[0] as Extract<InspectorAnswer, { type: 'answer' }>).outcome;
}

const load = (requestId: number, sealedWeights: Uint8Array | null = null) => ({
  type: 'load-model',
  requestId,
  secret,
  runId: 'run-1',
  config,
  round: sealedWeights === null ? 0 : 3,
  sealedWeights,
});

function refusedWith(code: InspectorErrorCode) {
  return { ok: false, code, text: expect.stringMatching(/\.$/) };
}

describe('the inspector', () => {
  it('answers what it cannot read', async () => {
    const { handle, said } = desk();
    await handle({ type: 'steal-keys', requestId: 4 });
    expect(outcomeOf(said, 4)).toEqual(refusedWith('malformed'));
    await handle('nonsense');
    expect(outcomeOf(said, null)).toEqual(refusedWith('malformed'));
    await handle({ type: 'predict', requestId: 5, pixels: new Uint8Array(783) });
    expect(outcomeOf(said, 5)).toEqual(refusedWith('malformed'));
  });

  it('has no model until one is loaded', async () => {
    const { ask } = desk();
    const pixels = new Uint8Array(784);
    expect(await ask({ type: 'predict', requestId: 1, pixels })).toEqual(refusedWith('no-model'));
    expect(await ask({ type: 'export', requestId: 2 })).toEqual(refusedWith('no-model'));
  });

  it('predicts with the opened weights, and with the seed’s in round 0', async () => {
    const { ask } = desk();
    const pixels = examples.images.slice(0, 784);
    for (const [sealed, seed] of [
      [null, config.seed],
      [new Uint8Array(9), 99],
    ] as const) {
      await ask(load(1 + seed, sealed));
      const outcome = await ask({ type: 'predict', requestId: 1000 + seed, pixels });
      const expected = [...classProbabilities(spec, initialWeights(spec, seed), pixels)];
      expect(outcome).toEqual({ ok: true, result: { probabilities: expected } });
    }
  });

  it('says so when the secret does not open the weights, and keeps the model it had', async () => {
    const { ask } = desk({ openWeights: () => Promise.reject(new Error('bad tag')) });
    await ask(load(1));
    expect(await ask(load(2, new Uint8Array(9)))).toEqual(refusedWith('cannot-open'));
    const predicted = await ask({ type: 'predict', requestId: 3, pixels: new Uint8Array(784) });
    expect(predicted.ok).toBe(true);
  });

  it('does not show a diverged model', async () => {
    const { ask } = desk({ openWeights: async () => initialWeights(spec, 1).fill(NaN, 5, 6) });
    expect(await ask(load(1, new Uint8Array(9)))).toEqual(refusedWith('failed'));
  });

  it('passes on what is wrong with the numbers of a demonstration', async () => {
    const { ask } = desk({
      demonstrate: () => Promise.reject(new RangeError('Give 1 to 10 numbers.')),
    });
    const outcome = await ask({ type: 'demonstrate', requestId: 1, first: [1], second: [2] });
    expect(outcome).toEqual({ ok: false, code: 'malformed', text: 'Give 1 to 10 numbers.' });
  });

  it('keeps the model that was asked for last, whichever opens first', async () => {
    const opened: ((weights: Float32Array) => void)[] = [];
    const { handle, said } = desk({
      openWeights: () => new Promise((resolve) => opened.push(resolve)),
    });
    const first = handle(load(1, new Uint8Array(9)));
    const second = handle(load(2, new Uint8Array(9)));
    opened[1]!(initialWeights(spec, 2));
    opened[0]!(initialWeights(spec, 1));
    await Promise.all([first, second]);
    expect(outcomeOf(said, 1)).toEqual(refusedWith('superseded'));
    const pixels = examples.images.slice(0, 784);
    await handle({ type: 'predict', requestId: 3, pixels });
    expect(outcomeOf(said, 3)).toEqual({
      ok: true,
      result: { probabilities: [...classProbabilities(spec, initialWeights(spec, 2), pixels)] },
    });
  });

  it('counts every test image once and lists the surest mistakes', async () => {
    const { ask, said } = desk();
    await ask(load(1));
    const outcome = await ask({ type: 'find-mistakes', requestId: 2, dataUrl, most: 5 });
    const { result } = outcome as { result: TestInspection };
    // The oracle: one image at a time, ties apart.
    const expected = Array<number>(100).fill(0);
    const wrong: number[] = [];
    for (let i = 0; i < NUM_TEST; i++) {
      const image = examples.images.slice(784 * i, 784 * (i + 1));
      const row = [...classProbabilities(spec, initialWeights(spec, config.seed), image)];
      const predicted = row.indexOf(Math.max(...row));
      const label = examples.labels[i]!;
      expected[10 * label + predicted]! += 1;
      if (predicted !== label) wrong.push(Math.max(...row));
    }
    expect(result.confusion).toEqual(expected);
    expect(result.numExamples - result.numCorrect).toBe(wrong.length);
    const surest = wrong.sort((a, b) => b - a).slice(0, 5);
    expect(result.mistakes.map(({ confidence }) => confidence)).toEqual(surest);
    for (const { index, pixels, label } of result.mistakes) {
      expect(label).toBe(examples.labels[index]);
      expect(pixels).toEqual(examples.images.slice(784 * index, 784 * (index + 1)));
    }
    expect(said.filter(({ type }) => type === 'progress')).toHaveLength(3);
  });

  it('answers a drawing while it goes through the test images', async () => {
    let isPaused: (() => void) | undefined;
    const { handle, said, ask } = desk({
      pause: () => new Promise((resolve) => (isPaused = resolve)),
    });
    await ask(load(1));
    const going = handle({ type: 'find-mistakes', requestId: 2, dataUrl, most: 1 });
    await new Promise((resolve) => setTimeout(resolve));
    await handle({ type: 'predict', requestId: 3, pixels: new Uint8Array(784) });
    expect(outcomeOf(said, 3).ok).toBe(true);
    expect(said.some((one) => one.type === 'answer' && one.requestId === 2)).toBe(false);
    await ask(load(4)); // a newer model ends the search
    isPaused!();
    await going;
    expect(outcomeOf(said, 2)).toEqual(refusedWith('superseded'));
  });

  it('reads the test images again after a failure', async () => {
    let numReads = 0;
    const { ask } = desk({
      loadTestExamples: async () => {
        numReads += 1;
        if (numReads === 1) throw new Error('HTTP 503');
        return examples;
      },
    });
    const asked = { type: 'get-test-image', dataUrl, index: 3 };
    expect(await ask({ ...asked, requestId: 1 })).toEqual(refusedWith('data-unavailable'));
    expect(await ask({ ...asked, requestId: 2 })).toMatchObject({
      ok: true,
      result: { label: examples.labels[3] },
    });
    expect(await ask({ ...asked, index: NUM_TEST, requestId: 3 })).toEqual(
      refusedWith('malformed'),
    );
    expect(numReads).toBe(2);
  });
});
