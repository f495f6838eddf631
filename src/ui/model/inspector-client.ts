// The page's end of the inspector: requests become promises. The worker starts at the first
// request and is thrown away when it breaks; the next request starts another.
import { CodedError } from '../../core/errors/coded-error.ts';
import * as v from 'valibot';
import {
  inspectorAnswerSchema,
  type Demonstration,
  type InspectorErrorCode,
  type InspectorRequest,
  type InspectorRequestOf,
  type InspectorResults,
  type TestInspection,
} from '../../core/protocol/inspector-messages.ts';

type RequestType = InspectorRequest['type'];
type Fields<Type extends RequestType> = Omit<InspectorRequestOf<Type>, 'type' | 'requestId'>;

/** The sealed model as the server hands it out, with what is needed to open it. */
export type SealedModel = Fields<'load-model'>;

/** Every promise rejects with an InspectorError whose message is a sentence for the page. */
export interface InspectorClient {
  loadModel(model: SealedModel): Promise<InspectorResults['load-model']>;
  /** `pixels` [784], 0 = background, 255 = ink; ten probabilities. */
  predict(pixels: Uint8Array<ArrayBuffer>): Promise<readonly number[]>;
  /** At most `most` mistakes; `onProgress` gets the share of test images done. */
  findMistakes(most: number, onProgress: (fraction: number) => void): Promise<TestInspection>;
  testImage(index: number): Promise<InspectorResults['get-test-image']>;
  exportModel(): Promise<InspectorResults['export']>;
  demonstrate(first: readonly number[], second: readonly number[]): Promise<Demonstration>;
}

export class InspectorError extends CodedError<InspectorErrorCode> {
  override readonly name = 'InspectorError';
}

/** The part of Worker that the client needs. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: InspectorError): void;
  onProgress(fraction: number): void;
}

let shared: InspectorClient | null = null;

/** The page's one inspector. */
export function inspector(): InspectorClient {
  shared ??= createInspectorClient(
    () => new Worker(new URL('../../client/inspector.ts', import.meta.url), { type: 'module' }),
    new URL('./data/', document.baseURI).href,
  );
  return shared;
}

/** `dataUrl`: where the static data files lie, ending in a slash. */
export function createInspectorClient(
  startWorker: () => WorkerLike,
  dataUrl: string,
): InspectorClient {
  let worker: WorkerLike | null = null;
  let nextRequestId = 0;
  const pending = new Map<number, Pending>();

  function start(): WorkerLike {
    const started = startWorker();
    started.onmessage = ({ data }) => receive(data);
    started.onerror = (event) => {
      event.preventDefault();
      abandon('The model’s worker stopped unexpectedly. Try again; reload the page if it repeats.');
    };
    started.onmessageerror = () =>
      abandon('The model’s worker sent something unreadable. Reload the page.');
    return started;
  }

  function abandon(text: string): void {
    worker?.terminate();
    worker = null;
    const lost = [...pending.values()];
    pending.clear();
    for (const { reject } of lost) reject(new InspectorError('failed', text));
  }

  function receive(data: unknown): void {
    const read = v.safeParse(inspectorAnswerSchema, data);
    const requestId = read.success ? read.output.requestId : null;
    if (!read.success || requestId === null) {
      abandon('The page and its worker do not understand each other. Reload the page.');
      return;
    }
    const waiting = pending.get(requestId);
    if (waiting === undefined) return;
    if (read.output.type === 'progress') {
      waiting.onProgress(read.output.fraction);
      return;
    }
    pending.delete(requestId);
    const { outcome } = read.output;
    if (outcome.ok) waiting.resolve(outcome.result);
    else waiting.reject(new InspectorError(outcome.code, outcome.text));
  }

  function ask<Type extends RequestType>(
    type: Type,
    fields: Fields<Type>,
    onProgress: (fraction: number) => void = () => {},
  ): Promise<InspectorResults[Type]> {
    const requestId = nextRequestId++;
    return new Promise((resolve, reject) => {
      pending.set(requestId, {
        resolve: (result) => resolve(result as InspectorResults[Type]),
        reject,
        onProgress,
      });
      worker ??= start();
      worker.postMessage({ type, requestId, ...fields });
    });
  }

  return {
    loadModel: (model) => ask('load-model', model),
    predict: async (pixels) => (await ask('predict', { pixels })).probabilities,
    findMistakes: (most, onProgress) => ask('find-mistakes', { dataUrl, most }, onProgress),
    testImage: (index) => ask('get-test-image', { dataUrl, index }),
    exportModel: () => ask('export', {}),
    demonstrate: (first, second) => ask('demonstrate', { first: [...first], second: [...second] }),
  };
}
