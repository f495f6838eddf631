// One client's place in one run: its shard, the global weights, its keys, and the steps of a round
// on them. Weights are `committed` (the last commit, the same bits on every client) or `tentative`
// (a sum was applied, the commit is still to come); an abandoned round leaves only the first.
import type { RoundKey } from '../core/protocol/round-key.ts';
import { chooseParameters } from '../core/encryption/parameters.ts';
import {
  dequantiseSum,
  MAX_RANGE_EXPONENT,
  quantiseUpdate,
  rangeExponents,
  type QuantisedUpdate,
} from '../core/encryption/quantisation.ts';
import type { ClientScheme } from '../core/encryption/scheme.ts';
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import { sliceBounds } from '../core/federation/evaluation-slices.ts';
import type { RunConfig } from '../core/experiment/run-config.ts';
import { denseModel, initialWeights, tensorSlots } from '../core/model/model-spec.ts';
import { difference, moved } from '../core/model/weights.ts';
import { batchOrder } from '../core/training/batch-order.ts';
import type { AbortSignalLike, Trainer } from '../core/training/trainer.ts';
import { createClientScheme } from '../ckks/client-scheme.ts';
import { WorkFailure } from './work-failure.ts';
import { open, seal, weightsSha256, type FederationSecret } from './sealing.ts';
import type { LoadedShard, ShardMemory } from './shard-memory.ts';
import type { TwinMemory } from './twin-memory.ts';
import { warmUpEncryption } from './warm-encryption.ts';

type Weights = Float32Array<ArrayBuffer>;
type Bytes = Uint8Array<ArrayBuffer>;
type EventOf<Type extends UntimedClientEvent['type']> = Extract<UntimedClientEvent, { type: Type }>;
type EffectOf<Type extends ClientEffect['type']> = Extract<ClientEffect, { type: Type }>;
type Prepare = EffectOf<'prepare'>;

export interface Workbench {
  readonly runId: string;
  prepare(trainer: Trainer, effect: Prepare): Promise<EventOf<'prepared'>>;
  /** Opens the sealed keys of an epoch, or makes fresh ones and seals them. */
  takeKeys(
    keyEpoch: number,
    sealed: Bytes | null,
  ): Promise<EventOf<'keys-made'> | EventOf<'keys-opened'>>;
  train(
    key: RoundKey,
    signal: AbortSignalLike,
    onProgress: (fraction: number) => void,
  ): Promise<EventOf<'trained'>>;
  encrypt(effect: EffectOf<'encrypt'>): Promise<EventOf<'encrypted'>>;
  apply(effect: EffectOf<'apply'>): Promise<EventOf<'applied'>>;
  evaluate(effect: EffectOf<'evaluate'>): Promise<EventOf<'evaluated'>>;
  sealWeights(round: number): Promise<EventOf<'weights-sealed'>>;
  commit(round: number): void;
  /** Drops what was trained or applied since the last commit. */
  rollBack(): void;
  dispose(): void;
}

export interface WorkbenchEnvironment {
  readonly secret: FederationSecret;
  readonly shards: ShardMemory;
  readonly twins: TwinMemory;
  /** Names of the schemes whose path this worker has warmed up; added to here. */
  readonly warmSchemes: Set<string>;
}

type Keys = ReturnType<ClientScheme['open']>;

interface Shard extends LoadedShard {
  readonly seat: number;
  /** Ranges to expect of the first update. */
  readonly rangeExponents: readonly number[];
}

/** Batches trained before round 1 to learn how far this client's weights move. */
const PROBE_BATCHES = 20;

export function createWorkbench(
  environment: WorkbenchEnvironment,
  runId: string,
  config: RunConfig,
): Workbench {
  const { secret, shards, twins, warmSchemes } = environment;
  const model = denseModel(config.units, config.hiddenLayers);
  const slots = tensorSlots(model);
  const committed = { round: 0, weights: initialWeights(model, config.seed) };
  const parameters = chooseParameters(config.encryption, committed.weights.length, config.clients);
  let tentative: { round: number; weights: Weights; contributors: string } | null = null;
  let trained: { key: RoundKey; delta: Float32Array } | null = null;
  let quantised: QuantisedUpdate | null = null;
  let residual: Float32Array | null = null;
  let trainer: Trainer | null = null;
  let shard: Shard | null = null;

  let scheme: Promise<ClientScheme> | null = null;
  let keys: Promise<Keys> | null = null;
  const openScheme = () => (scheme ??= createClientScheme(parameters));

  twins.begin(runId, config);

  function seated(): { readonly trainer: Trainer } & Shard {
    if (trainer === null || shard === null) throw new Error('This client has no seat yet.');
    return { trainer, ...shard };
  }

  /** Both halves of the scheme; plaintext needs no keys to open. */
  async function openKeys() {
    if (keys === null && parameters.keyKind === 'none') {
      keys = openScheme().then((opened) => opened.open(new Uint8Array()));
    }
    if (keys === null) {
      throw new WorkFailure('keys-unavailable', 'The keys of this run have not arrived.');
    }
    return keys;
  }

  /** The newest weights of this round; throws when the workbench holds another round's. */
  function weightsOf(round: number): Weights {
    if (tentative?.round === round) return tentative.weights;
    if (committed.round === round) return committed.weights;
    throw new WorkFailure('weights-unavailable', `The weights of round ${round} are not here.`);
  }

  /** A round starts from the commit before it and from nothing else. */
  function requireWeightsBefore(round: number): void {
    if (committed.round === round - 1) return;
    throw new WorkFailure(
      'weights-unavailable',
      `Round ${round} does not fit weights of round ${committed.round}.`,
    );
  }

  async function takeSeat(seat: number, on: Trainer): Promise<Shard> {
    if (trainer === on && shard?.seat === seat) return shard;
    const loaded = await shards.load(on, config, seat);
    trainer = on;
    residual = null;
    await shards.ensureSplit(on, 'validation');
    await on.warmUp(model, config);
    const rangeExponents = await expectedRanges(on, seat, loaded.numExamples);
    shard = { seat, ...loaded, rangeExponents };
    return shard;
  }

  /**
   * A few batches are trained and thrown away, and the movement is taken to go on in a straight line
   * (it slows down, so that little is clipped). Training that diverges here has a place all the same:
   * it fails in its round, where it is told for what it is.
   */
  async function expectedRanges(on: Trainer, seat: number, numExamples: number): Promise<number[]> {
    const initial = initialWeights(model, config.seed);
    const place = { ...config, round: 1, seat, numExamples };
    const probe = batchOrder({ ...place, localBatches: PROBE_BATCHES });
    const { weights } = await on.train(model, initial, {
      ...config,
      ...probe,
      signal: { aborted: false },
      onProgress: () => {},
    });
    const stretch = Math.max(1, numBatches(batchOrder(place)) / numBatches(probe));
    const movement = difference(weights, initial).map((moved) => moved * stretch);
    // Training that diverges is no fault of the preparation: round 1 meets it again and says so.
    return isDelta(movement) ? rangeExponents(movement, slots) : slots.map(() => 0);
  }

  function numBatches({ epochLengths }: { readonly epochLengths: readonly number[] }): number {
    return epochLengths.reduce((sum, length) => sum + Math.ceil(length / config.batchSize), 0);
  }

  return {
    runId,

    async prepare(on, { seat, round, sealedWeights }) {
      const startMs = performance.now();
      const place = await takeSeat(seat, on);
      const weights =
        sealedWeights === null
          ? initialWeights(model, config.seed)
          : await openWeights(secret, runId, round, sealedWeights, committed.weights.length);
      Object.assign(committed, { round, weights });
      tentative = null;
      trained = null;
      return {
        type: 'prepared',
        runId,
        round,
        ...place,
        backend: on.info,
        prepareMs: performance.now() - startMs,
      };
    },

    async takeKeys(keyEpoch, sealed) {
      const scheme = await openScheme();
      const context = { runId: null, index: keyEpoch };
      const material =
        sealed === null ? scheme.generateKeys() : await open(secret, 'keys', context, sealed);
      void keys?.then(disposeKeys);
      const opened = scheme.open(material);
      const taken = Promise.resolve(opened);
      keys = taken;
      if (!warmSchemes.has(parameters.name)) {
        // Other keys, or the run's end, dispose of these.
        const signal = {
          get aborted() {
            return keys !== taken;
          },
        };
        await warmUpEncryption(parameters, slots, opened, signal);
        if (!signal.aborted) warmSchemes.add(parameters.name);
      }
      return sealed === null
        ? {
            type: 'keys-made',
            runId,
            keyEpoch,
            sealed: await seal(secret, 'keys', context, material),
          }
        : { type: 'keys-opened', runId, keyEpoch };
    },

    async train(key, signal, onProgress) {
      const { trainer, seat, numExamples } = seated();
      requireWeightsBefore(key.round);
      const result = await trainer.train(model, committed.weights, {
        ...config,
        ...batchOrder({ ...config, round: key.round, seat, numExamples }),
        signal,
        onProgress,
      });
      const delta = difference(result.weights, committed.weights);
      if (!Number.isFinite(result.meanLoss) || !isDelta(delta)) {
        throw new WorkFailure(
          'non-finite-update',
          'Training diverged: the weights it leads to are too large or no numbers.',
        );
      }
      trained = { key, delta };
      return { type: 'trained', key, trainLoss: result.meanLoss, trainAccuracy: result.accuracy };
    },

    async encrypt(effect) {
      const { key } = effect;
      if (trained === null) throw new Error('Nothing was trained for this round.');
      const { encryptor } = await openKeys();
      quantised = quantiseUpdate({
        parameters,
        slots,
        delta: trained.delta,
        residual,
        numExamples: effect.numExamples,
        largestNumExamples: effect.largestNumExamples,
        rangeExponents: effect.rangeExponents,
        ditherKey: [config.seed, 'dither', key.round, seated().seat],
      });
      return {
        type: 'encrypted',
        key,
        payload: encryptor.encrypt(quantised.values),
        rangeExponents: quantised.rangeExponents,
        quantisationError: quantised.quantisationError,
      };
    },

    async apply(effect) {
      const { key, numContributors } = effect;
      requireWeightsBefore(key.round);
      const { decryptor } = await openKeys();
      const mean = dequantiseSum(
        decryptor.decryptSum(effect.sum, numContributors),
        numContributors,
        parameters,
        effect.rangeExponents,
        slots,
        effect.largestNumExamples,
        effect.totalExamples,
      );
      const weights = moved(committed.weights, mean);
      // Two sets of clients of one size with the same number of examples in all are taken for one.
      const contributors = `${numContributors} clients, ${effect.totalExamples} examples`;
      tentative = { round: key.round, weights, contributors };
      return { type: 'applied', key };
    },

    async evaluate({ key, split, slice }) {
      const { trainer } = seated();
      const weights = weightsOf(key.round);
      await shards.ensureSplit(trainer, split);
      const { from, to } = sliceBounds(split, slice);
      const result = await trainer.evaluate(model, weights, split, from, to);
      return {
        type: 'evaluated',
        key,
        split,
        numExamples: result.numExamples,
        numCorrect: result.numCorrect,
        lossSum: result.lossSum,
        confusion: [...result.confusion],
        weightsSha256: await weightsSha256(weights),
        twinDifference:
          tentative?.round === key.round
            ? twins.difference(runId, key.round, tentative.contributors, weights)
            : null,
      };
    },

    async sealWeights(round) {
      const weights = weightsOf(round);
      return {
        type: 'weights-sealed',
        runId,
        round,
        weightsSha256: await weightsSha256(weights),
        sealedWeights: await seal(
          secret,
          'weights',
          { runId, index: round },
          new Uint8Array(weights.buffer),
        ),
      };
    },

    commit(round) {
      if (tentative?.round === round) {
        Object.assign(committed, { round, weights: tentative.weights });
        twins.record(runId, round, tentative.contributors, tentative.weights);
        tentative = null;
        if (quantised !== null) residual = quantised.residual;
      }
      trained = null;
      quantised = null;
    },

    rollBack() {
      tentative = null;
      trained = null;
      quantised = null;
    },

    dispose() {
      void keys?.then(disposeKeys);
      keys = null;
    },
  };
}

function disposeKeys({ encryptor, decryptor }: Keys): void {
  encryptor.dispose();
  decryptor.dispose();
}

/** Throws WorkFailure `weights-unavailable` when the seal or the size is wrong. */
async function openWeights(
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

/** Finite, and small enough to be quantised. */
function isDelta(values: Float32Array): boolean {
  const most = 2 ** MAX_RANGE_EXPONENT;
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= most)) return false;
  return true;
}
