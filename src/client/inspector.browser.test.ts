// The real worker in a real browser: sealed weights in, probabilities out, and nothing opens that
// was sealed for another round or by another federation.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import { createRandom } from '../core/math/random.ts';
import { classProbabilities } from '../core/model/forward.ts';
import { denseModel, initialWeights } from '../core/model/model-spec.ts';
import { createInspectorClient, type InspectorClient } from '../ui/model/inspector-client.ts';
import { importFederationSecret, seal } from './sealing.ts';

const config = { ...defaultRunConfig, units: 32 };
const spec = denseModel(config.units, config.hiddenLayers);
const weights = initialWeights(spec, 77);
const random = createRandom(7, 'inspector-browser-test');
const pixels = Uint8Array.from({ length: 784 }, () => random.below(256));
const secretBytes = new Uint8Array(32).map((_, i) => 3 * i);

let worker: Worker;
let client: InspectorClient;

// vitest rewrites dynamic imports to go through a global of its page, which a worker lacks.
const shim = 'globalThis.__vitest_browser_runner__={wrapDynamicImport:(load)=>load()}';

beforeEach(() => {
  const entry = new URL('./inspector.ts', import.meta.url).href;
  const code = `import 'data:text/javascript,${shim}'; import '${entry}';`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  client = createInspectorClient(
    () => (worker = new Worker(url, { type: 'module' })),
    'http://localhost/none/',
  );
});

afterEach(() => worker.terminate());

async function sealedFor(runId: string, round: number) {
  const secret = await importFederationSecret(secretBytes);
  return seal(secret, 'weights', { runId, index: round }, new Uint8Array(weights.buffer));
}

it('opens sealed weights and predicts with them', async () => {
  const sealedWeights = await sealedFor('run-1', 3);
  const model = { secret: secretBytes, runId: 'run-1', config, round: 3, sealedWeights };
  expect(await client.loadModel(model)).toEqual({
    runId: 'run-1',
    round: 3,
    numParameters: weights.length,
  });
  expect(await client.predict(pixels)).toEqual([...classProbabilities(spec, weights, pixels)]);
  const files = await client.exportModel();
  expect(new Float32Array(files.weights.buffer)).toEqual(weights);
});

it('opens nothing sealed for another round, another run or by another federation', async () => {
  const sealedWeights = await sealedFor('run-1', 3);
  const model = { secret: secretBytes, runId: 'run-1', config, round: 3, sealedWeights };
  const foreign = secretBytes.slice().fill(1, 0, 1);
  for (const wrong of [{ round: 4 }, { runId: 'run-2' }, { secret: foreign }]) {
    await expect(client.loadModel({ ...model, ...wrong })).rejects.toMatchObject({
      code: 'cannot-open',
    });
  }
  await expect(client.predict(pixels)).rejects.toMatchObject({ code: 'no-model' });
});

it('adds numbers under encryption', async () => {
  const shown = await client.demonstrate([1, 2, 3], [0.5, -2]);
  expect(shown.sums).toEqual([1.5, 0, 3]);
  expect(shown.exact).toBe(true);
  expect(shown.firstHead).not.toEqual(shown.secondHead);
});

it('says in a sentence that the test images are not there', async () => {
  await client.loadModel({
    secret: secretBytes,
    runId: 'run-1',
    config,
    round: 0,
    sealedWeights: null,
  });
  await expect(client.testImage(0)).rejects.toMatchObject({ code: 'data-unavailable' });
});
