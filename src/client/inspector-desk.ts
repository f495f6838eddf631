// What the inspector does with a request: holds one opened model, predicts with a plain forward
// pass, goes through the test images in slices so that drawing is answered meanwhile. What needs a
// platform (opening sealed bytes, reading data, encrypting) comes in as services.
import { CodedError } from '../core/errors/coded-error.ts';
import * as v from 'valibot';
import type { RunConfig } from '../core/experiment/run-config.ts';
import { allFinite } from '../core/math/finite.ts';
import { classProbabilities } from '../core/model/forward.ts';
import { modelOf } from '../core/experiment/model-of.ts';
import {
  initialWeights,
  NUM_CLASSES,
  NUM_PIXELS,
  numParameters,
  type ModelSpec,
} from '../core/model/model-spec.ts';
import { exportForTfjs } from '../core/model/tfjs-export.ts';
import {
  inspectorRequestSchema,
  type Demonstration,
  type InspectorAnswer,
  type InspectorErrorCode,
  type InspectorRequest,
  type InspectorRequestOf,
  type InspectorResults,
  type Mistake,
  type TestInspection,
} from '../core/protocol/inspector-messages.ts';
import type { Examples } from '../core/training/trainer.ts';

/** Images between two looks at the inbox: a few milliseconds of work. */
const IMAGES_PER_SLICE = 100;

export interface InspectorServices {
  /** Rejects when the bytes are not weights of this run and round sealed under this secret. */
  openWeights(
    secret: Uint8Array<ArrayBuffer>,
    sealed: Uint8Array<ArrayBuffer>,
    runId: string,
    round: number,
  ): Promise<Float32Array>;
  /** The 10,000 test images; asked for once, and again after a failure. */
  loadTestExamples(dataUrl: string): Promise<Examples>;
  demonstrate(first: readonly number[], second: readonly number[]): Promise<Demonstration>;
  /** Lets waiting requests in. */
  pause(): Promise<void>;
}

interface LoadedModel {
  readonly runId: string;
  readonly round: number;
  readonly config: RunConfig;
  readonly spec: ModelSpec;
  readonly weights: Float32Array;
}

/** A request that cannot be met, with the sentence that the page shows. */
class Refusal extends CodedError<InspectorErrorCode> {
  override readonly name = 'Refusal';
}

/** Returns the handler of whatever arrives; it never rejects and answers every request once. */
export function createInspectorDesk(
  services: InspectorServices,
  say: (answer: InspectorAnswer) => void,
): (data: unknown) => Promise<void> {
  let model: LoadedModel | null = null;
  let numLoads = 0;
  let testExamples: Promise<Examples> | null = null;

  async function loadModel(
    request: InspectorRequestOf<'load-model'>,
  ): Promise<InspectorResults['load-model']> {
    const { runId, round, config, sealedWeights } = request;
    const spec = modelOf(config);
    const load = ++numLoads;
    const weights =
      sealedWeights === null
        ? initialWeights(spec, config.seed)
        : await open(request.secret, sealedWeights, runId, round);
    if (weights.length !== numParameters(spec)) {
      throw new Refusal('cannot-open', 'The weights do not fit this run’s model.');
    }
    if (!allFinite(weights)) {
      throw new Refusal(
        'failed',
        'Its weights are not all numbers: training diverged. Start a run with a lower learning rate.',
      );
    }
    if (load !== numLoads) {
      throw new Refusal('superseded', 'A newer model was loaded in the meantime.');
    }
    model = { runId, round, config, spec, weights };
    return { runId, round, numParameters: weights.length };
  }

  async function open(
    secret: Uint8Array<ArrayBuffer>,
    sealed: Uint8Array<ArrayBuffer>,
    runId: string,
    round: number,
  ): Promise<Float32Array> {
    try {
      return await services.openWeights(secret, sealed, runId, round);
    } catch {
      throw new Refusal(
        'cannot-open',
        'This browser’s federation secret does not open the model. It was sealed by another federation; open the invite link of that one.',
      );
    }
  }

  function currentModel(): LoadedModel {
    if (model === null) throw new Refusal('no-model', 'No model is loaded yet.');
    return model;
  }

  async function examples(dataUrl: string): Promise<Examples> {
    testExamples ??= services.loadTestExamples(dataUrl);
    try {
      return await testExamples;
    } catch (error) {
      testExamples = null;
      throw new Refusal(
        'data-unavailable',
        `The test images could not be read (${sentence(error)}). Reload the page to try again.`,
      );
    }
  }

  async function findMistakes(
    request: InspectorRequestOf<'find-mistakes'>,
  ): Promise<TestInspection> {
    const inspected = currentModel();
    const { images, labels } = await examples(request.dataUrl);
    const confusion = Array<number>(NUM_CLASSES * NUM_CLASSES).fill(0);
    const mistakes: Mistake[] = [];
    for (let from = 0; from < labels.length; from += IMAGES_PER_SLICE) {
      await services.pause();
      if (model !== inspected) {
        throw new Refusal('superseded', 'A newer model was loaded while the images were read.');
      }
      const to = Math.min(labels.length, from + IMAGES_PER_SLICE);
      for (let index = from; index < to; index++) {
        const pixels = images.slice(index * NUM_PIXELS, (index + 1) * NUM_PIXELS);
        const probabilities = classProbabilities(inspected.spec, inspected.weights, pixels);
        const confidence = probabilities.reduce((a, b) => Math.max(a, b), 0);
        const predicted = probabilities.indexOf(confidence);
        const label = labels[index]!;
        confusion[label * NUM_CLASSES + predicted]! += 1;
        if (predicted !== label) mistakes.push({ index, pixels, label, predicted, confidence });
      }
      say({ type: 'progress', requestId: request.requestId, fraction: to / labels.length });
    }
    return {
      runId: inspected.runId,
      round: inspected.round,
      numExamples: labels.length,
      numCorrect: labels.length - mistakes.length,
      confusion,
      mistakes: mistakes
        .sort((a, b) => b.confidence - a.confidence || a.index - b.index)
        .slice(0, request.most),
    };
  }

  async function testImage({
    dataUrl,
    index,
  }: InspectorRequestOf<'get-test-image'>): Promise<InspectorResults['get-test-image']> {
    const { images, labels } = await examples(dataUrl);
    const label = labels[index];
    if (label === undefined) {
      throw new Refusal('malformed', `There are ${labels.length} test images, counted from 0.`);
    }
    return { pixels: images.slice(index * NUM_PIXELS, (index + 1) * NUM_PIXELS), label };
  }

  async function demonstrate({
    first,
    second,
  }: InspectorRequestOf<'demonstrate'>): Promise<Demonstration> {
    try {
      return await services.demonstrate(first, second);
    } catch (error) {
      // Its range errors are sentences about what was typed.
      if (error instanceof RangeError) throw new Refusal('malformed', error.message);
      throw error;
    }
  }

  async function answer(
    request: InspectorRequest,
  ): Promise<InspectorResults[InspectorRequest['type']]> {
    switch (request.type) {
      case 'load-model':
        return loadModel(request);
      case 'predict': {
        const { spec, weights } = currentModel();
        return { probabilities: [...classProbabilities(spec, weights, request.pixels)] };
      }
      case 'find-mistakes':
        return findMistakes(request);
      case 'get-test-image':
        return testImage(request);
      case 'export': {
        const { spec, weights, runId, round, config } = currentModel();
        return exportForTfjs(spec, weights, { runId, round, config });
      }
      case 'demonstrate':
        return demonstrate(request);
      default:
        return request satisfies never;
    }
  }

  return async (data) => {
    const read = v.safeParse(inspectorRequestSchema, data);
    if (!read.success) {
      const text = 'The request could not be read: page and worker are of different versions.';
      const outcome = { ok: false as const, code: 'malformed' as const, text };
      say({ type: 'answer', requestId: requestIdOf(data), outcome });
      return;
    }
    const { requestId } = read.output;
    try {
      const result = await answer(read.output);
      say({ type: 'answer', requestId, outcome: { ok: true, result } });
    } catch (error) {
      const code = error instanceof Refusal ? error.code : 'failed';
      const text = error instanceof Refusal ? error.message : `It failed: ${sentence(error)}.`;
      say({ type: 'answer', requestId, outcome: { ok: false, code, text } });
    }
  };
}

/** So that even an unreadable request is answered where its number can be read. */
function requestIdOf(data: unknown): number | null {
  const id = typeof data === 'object' && data !== null && 'requestId' in data && data.requestId;
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 ? id : null;
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
