// What the clients of one worker share of one run: the engine, the keys, one copy of the weights of a
// round, and work whose result is the same for all of them. Such work is done for the first who asks
// and remembered for the others, who must ask for the very same thing: shared is what was computed,
// never what a client holds. So a client that leaves, lags behind or fails takes no other with it.
import { chooseParameters } from '../core/encryption/parameters.ts';
import { dequantiseSum, type Slots } from '../core/encryption/quantisation.ts';
import type { ClientScheme, SchemeParameters } from '../core/encryption/scheme.ts';
import type { RunConfig } from '../core/experiment/run-config.ts';
import type { ClientEffect } from '../core/federation/client/client-types.ts';
import { modelOf } from '../core/experiment/model-of.ts';
import { initialWeights, tensorSlots, type ModelSpec } from '../core/model/model-spec.ts';
import { moved } from '../core/model/weights.ts';
import type { ExampleRange } from '../core/training/example-ranges.ts';
import type {
  AbortSignalLike,
  EvaluationResult,
  EvaluationSplit,
  Trainer,
} from '../core/training/trainer.ts';
import { createClientScheme } from '../ckks/client-scheme.ts';
import { open, seal, weightsSha256, type FederationSecret } from './sealing.ts';
import { warmUpEncryption } from './warm-encryption.ts';
import { WorkFailure } from './work-failure.ts';

export type Weights = Float32Array<ArrayBuffer>;
type Bytes = Uint8Array<ArrayBuffer>;
type Keys = ReturnType<ClientScheme['open']>;
type Apply = Extract<ClientEffect, { type: 'apply' }>;

export interface SharedRun {
  readonly runId: string;
  readonly config: RunConfig;
  readonly model: ModelSpec;
  readonly slots: Slots;
  readonly parameters: SchemeParameters;
  /** Of round 0: derived from the seed. */
  initialWeights(): Weights;
  /** Rejects with WorkFailure `weights-unavailable` when the seal or the size is wrong. */
  openWeights(round: number, sealed: Bytes): Promise<Weights>;
  /** Opens the sealed keys of an epoch in place of earlier ones, and warms their path up. */
  openSealedKeys(keyEpoch: number, sealed: Bytes): Promise<void>;
  /** Fresh keys in place of earlier ones, sealed; they are used, and their path is warmed up, from now on. */
  makeKeys(keyEpoch: number): Promise<Bytes>;
  /** Resolves when the path of the keys at hand is warm, or they could not be opened. */
  areKeysWarm(): Promise<void>;
  /** Both halves of the scheme. Rejects with WorkFailure `keys-unavailable` before there are keys. */
  keys(): Promise<Keys>;
  /** The weights after the round: the sum opened, divided and added to `base`. Rejects as the decryptor. */
  applySum(base: Weights, order: Apply): Promise<Weights>;
  /** The engine is compiled for this model, once. */
  warmUp(trainer: Trainer): Promise<void>;
  /** Remembered until the engine is free for it. */
  askEvaluation(asked: AskedEvaluation): Evaluation;
  digest(weights: Weights): Promise<string>;
  dispose(): void;
}

export interface AskedEvaluation {
  readonly weights: Weights;
  readonly split: EvaluationSplit;
  readonly range: ExampleRange;
  readonly signal: AbortSignalLike;
}

export interface Evaluation {
  /** Evaluates, in one go, this and whatever else was asked for of these weights. The split is loaded. */
  run(trainer: Trainer): Promise<EvaluationResult>;
}

export interface SharedRunEnvironment {
  readonly secret: FederationSecret;
  /** Names of the schemes whose path this worker has warmed up; added to here. */
  readonly warmSchemes: Set<string>;
}

interface WaitingEvaluation extends AskedEvaluation {
  result: Promise<EvaluationResult> | null;
}

export function createSharedRun(
  { secret, warmSchemes }: SharedRunEnvironment,
  runId: string,
  config: RunConfig,
): SharedRun {
  const model = modelOf(config);
  const slots = tensorSlots(model);
  const initial = initialWeights(model, config.seed);
  const numParameters = initial.length;
  const parameters = chooseParameters(config.encryption, numParameters, config.clients);

  let scheme: Promise<ClientScheme> | null = null;
  const openScheme = () => (scheme ??= createClientScheme(parameters));
  if (parameters.keyKind !== 'none') openScheme().catch(() => undefined); // told to whoever needs it
  let keys: Promise<Keys> | null = null;
  let taken: { keyEpoch: number; sealed: Bytes; ready: Promise<void> } | null = null;

  let openedWeights: { round: number; sealed: Bytes; weights: Promise<Weights> } | null = null;
  let applied: { base: Weights; order: Apply; weights: Promise<Weights> } | null = null;
  let warmed: { trainer: Trainer; done: Promise<void> } | null = null;
  const digests = new WeakMap<Weights, Promise<string>>();
  let waiting: readonly WaitingEvaluation[] = [];

  async function openKeys(): Promise<Keys> {
    if (keys === null && parameters.keyKind === 'none') {
      keys = openScheme().then((opened) => opened.open(new Uint8Array()));
    }
    if (keys === null) {
      throw new WorkFailure('keys-unavailable', 'The keys of this run have not arrived.');
    }
    return keys;
  }

  /** Opens `material` in place of the keys before. */
  async function useKeys(opening: Promise<Keys>): Promise<void> {
    const before = keys;
    keys = opening;
    void before?.then(disposeKeys, () => undefined);
    const opened = await opening;
    if (warmSchemes.has(parameters.name)) return;
    // Other keys, or the run's end, dispose of these.
    const signal = {
      get aborted() {
        return keys !== opening;
      },
    };
    await warmUpEncryption(parameters, slots, opened, signal);
    if (!signal.aborted) warmSchemes.add(parameters.name);
  }

  async function makeKeys(keyEpoch: number): Promise<Bytes> {
    const opened = await openScheme();
    const material = opened.generateKeys();
    const sealed = await seal(secret, 'keys', { runId: null, index: keyEpoch }, material);
    // They come back to all clients of the worker: known then, although the sender's bytes are given away.
    // The others wait for them, so they leave before this worker is warm.
    const ready = useKeys(Promise.resolve(opened.open(material)));
    ready.catch(() => undefined); // told to whoever waits for it
    taken = { keyEpoch, sealed: sealed.slice(), ready };
    return sealed;
  }

  async function openSealedAnew(keyEpoch: number, sealed: Bytes): Promise<void> {
    const opened = await openScheme();
    const material = await open(secret, 'keys', { runId: null, index: keyEpoch }, sealed);
    await useKeys(Promise.resolve(opened.open(material)));
  }

  async function applyAnew(base: Weights, order: Apply): Promise<Weights> {
    const { decryptor } = await openKeys();
    const { numContributors } = order;
    const mean = dequantiseSum(
      decryptor.decryptSum(order.sum, numContributors),
      numContributors,
      parameters,
      order.rangeExponents,
      slots,
      order.largestNumExamples,
      order.totalExamples,
    );
    return moved(base, mean);
  }

  /** Evaluates for all who wait for these weights on this split. */
  function evaluateLike({ weights, split }: AskedEvaluation, trainer: Trainer): void {
    const isAlike = (other: AskedEvaluation) => other.weights === weights && other.split === split;
    const together = waiting.filter((asked) => isAlike(asked) && !asked.signal.aborted);
    waiting = waiting.filter((asked) => !isAlike(asked) && !asked.signal.aborted);
    const ranges = together.map(({ range }) => range);
    const results = trainer.evaluate(model, weights, split, ranges);
    together.forEach((asked, index) => {
      asked.result = results.then((all) => all[index]!);
      asked.result.catch(() => undefined); // told to each that runs it
    });
  }

  return {
    runId,
    config,
    model,
    slots,
    parameters,
    initialWeights: () => initial,

    openWeights(round, sealed) {
      if (openedWeights?.round !== round || !isSameBytes(openedWeights.sealed, sealed)) {
        const weights = openSealedWeights(secret, runId, round, sealed, numParameters);
        openedWeights = { round, sealed, weights };
      }
      return openedWeights.weights;
    },

    makeKeys,

    openSealedKeys(keyEpoch, sealed) {
      if (taken?.keyEpoch !== keyEpoch || !isSameBytes(taken.sealed, sealed)) {
        taken = { keyEpoch, sealed, ready: openSealedAnew(keyEpoch, sealed) };
      }
      return taken.ready;
    },

    areKeysWarm: () => taken?.ready.catch(() => undefined) ?? Promise.resolve(),

    keys: openKeys,

    applySum(base, order) {
      if (applied?.base !== base || !isSameOrder(applied.order, order)) {
        applied = { base, order, weights: applyAnew(base, order) };
      }
      return applied.weights;
    },

    warmUp(trainer) {
      if (warmed?.trainer !== trainer) warmed = { trainer, done: trainer.warmUp(model, config) };
      return warmed.done;
    },

    askEvaluation(asked) {
      const entry: WaitingEvaluation = { ...asked, signal: asked.signal, result: null };
      waiting = [...waiting, entry];
      return {
        run(trainer) {
          if (entry.result === null) evaluateLike(entry, trainer);
          return entry.result ?? Promise.reject(new Error('The evaluation was called off.'));
        },
      };
    },

    digest(weights) {
      const known = digests.get(weights) ?? weightsSha256(weights);
      digests.set(weights, known);
      return known;
    },

    dispose() {
      void keys?.then(disposeKeys, () => undefined);
      keys = null;
    },
  };
}

function disposeKeys({ encryptor, decryptor }: Keys): void {
  encryptor.dispose();
  decryptor.dispose();
}

function isSameOrder(a: Apply, b: Apply): boolean {
  return (
    a.key.round === b.key.round &&
    a.key.attempt === b.key.attempt &&
    a.numContributors === b.numContributors &&
    a.totalExamples === b.totalExamples &&
    a.largestNumExamples === b.largestNumExamples &&
    a.rangeExponents.join() === b.rangeExponents.join() &&
    isSameBytes(a.sum, b.sum)
  );
}

function isSameBytes(a: Bytes, b: Bytes): boolean {
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
}

/** Throws WorkFailure `weights-unavailable` when the seal or the size is wrong. */
async function openSealedWeights(
  secret: FederationSecret,
  runId: string,
  round: number,
  sealed: Bytes,
  numParameters: number,
): Promise<Weights> {
  try {
    const bytes = await open(secret, 'weights', { runId, index: round }, sealed);
    if (bytes.byteLength !== numParameters * Float32Array.BYTES_PER_ELEMENT) {
      throw new Error(`${bytes.byteLength} bytes are not ${numParameters} weights.`);
    }
    return new Float32Array(bytes.buffer, bytes.byteOffset, numParameters);
  } catch (error) {
    throw new WorkFailure(
      'weights-unavailable',
      `The sealed weights of round ${round} could not be opened: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
