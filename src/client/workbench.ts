// One client's place in one run: its shard, the global weights it holds, and the steps of a round on
// them. Weights are `committed` (the last commit, the same bits on every client) or `tentative` (a sum
// was applied, the commit is still to come); an abandoned round leaves only the first. What is the same
// for all clients of the worker is asked of the shared run.
import {
  MAX_RANGE_EXPONENT,
  quantiseUpdate,
  rangeExponents,
  type QuantisedUpdate,
} from '../core/encryption/quantisation.ts';
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import { sliceBounds } from '../core/federation/evaluation-slices.ts';
import { difference } from '../core/model/weights.ts';
import type { RoundKey } from '../core/protocol/round-key.ts';
import { batchOrder } from '../core/training/batch-order.ts';
import type { AbortSignalLike, Trainer } from '../core/training/trainer.ts';
import { seal, type FederationSecret } from './sealing.ts';
import type { LoadedShard, ShardMemory } from './shard-memory.ts';
import type { SharedRun, Weights } from './shared-run.ts';
import type { TwinMemory } from './twin-memory.ts';
import { WorkFailure } from './work-failure.ts';

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
  /** Asks for the evaluation now, so that it may be done together with others'; what is returned does it. */
  askEvaluation(
    effect: EffectOf<'evaluate'>,
    signal: AbortSignalLike,
  ): () => Promise<EventOf<'evaluated'>>;
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
}

interface Place {
  readonly seat: number;
  readonly shard: LoadedShard;
  /** Ranges to expect of the first update. */
  readonly rangeExponents: readonly number[];
}

/** Batches trained before round 1 to learn how far this client's weights move. */
const PROBE_BATCHES = 20;

export function createWorkbench(environment: WorkbenchEnvironment, shared: SharedRun): Workbench {
  const { secret, shards, twins } = environment;
  const { runId, config, model, slots, parameters } = shared;
  const committed = { round: 0, weights: shared.initialWeights() };
  let tentative: { round: number; weights: Weights; contributors: string } | null = null;
  let trained: { key: RoundKey; delta: Float32Array } | null = null;
  let quantised: QuantisedUpdate | null = null;
  let residual: Float32Array | null = null;
  let trainer: Trainer | null = null;
  let place: Place | null = null;

  twins.begin(runId, config);

  function seated(): { readonly trainer: Trainer } & Place {
    if (trainer === null || place === null) throw new Error('This client has no seat yet.');
    return { trainer, ...place };
  }

  /** The newest weights of this round; throws when the bench holds another round's. */
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

  async function takeSeat(seat: number, on: Trainer): Promise<Place> {
    if (trainer === on && place?.seat === seat) return place;
    const shard = await shards.load(on, config, seat);
    place?.shard.release();
    place = null;
    trainer = on;
    residual = null;
    await shards.ensureSplit(on, 'validation');
    await shared.warmUp(on);
    place = { seat, shard, rangeExponents: await expectedRanges(on, seat, shard) };
    return place;
  }

  /** The order of this client's batches among all examples that lie on the engine. */
  function orderOf(
    seat: number,
    { numExamples, offset }: LoadedShard,
    changes: { readonly round: number; readonly localBatches?: number },
  ) {
    const { order, epochLengths } = batchOrder({ ...config, seat, numExamples, ...changes });
    const first = offset();
    return { order: order.map((index) => first + index), epochLengths };
  }

  /**
   * A few batches are trained and thrown away, and the movement is taken to go on in a straight line
   * (it slows down, so that little is clipped). Training that diverges here has a place all the same:
   * it fails in its round, where it is told for what it is.
   */
  async function expectedRanges(on: Trainer, seat: number, shard: LoadedShard): Promise<number[]> {
    const initial = shared.initialWeights();
    const probe = orderOf(seat, shard, { round: 1, localBatches: PROBE_BATCHES });
    const { weights } = await on.train(model, initial, {
      ...config,
      ...probe,
      signal: { aborted: false },
      onProgress: () => {},
    });
    const whole = orderOf(seat, shard, { round: 1 });
    const stretch = Math.max(1, numBatches(whole) / numBatches(probe));
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
      const { shard, rangeExponents } = await takeSeat(seat, on);
      const weights =
        sealedWeights === null
          ? shared.initialWeights()
          : await shared.openWeights(round, sealedWeights);
      await shared.areKeysWarm();
      Object.assign(committed, { round, weights });
      tentative = null;
      trained = null;
      return {
        type: 'prepared',
        runId,
        seat,
        round,
        numExamples: shard.numExamples,
        labelHistogram: shard.labelHistogram,
        rangeExponents,
        backend: on.info,
        prepareMs: performance.now() - startMs,
      };
    },

    async takeKeys(keyEpoch, sealed) {
      if (sealed === null) {
        return { type: 'keys-made', runId, keyEpoch, sealed: await shared.makeKeys(keyEpoch) };
      }
      await shared.openSealedKeys(keyEpoch, sealed);
      return { type: 'keys-opened', runId, keyEpoch };
    },

    async train(key, signal, onProgress) {
      const { trainer, seat, shard } = seated();
      requireWeightsBefore(key.round);
      const result = await trainer.train(model, committed.weights, {
        ...config,
        ...orderOf(seat, shard, { round: key.round }),
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
      const { encryptor } = await shared.keys();
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
      const weights = await shared.applySum(committed.weights, effect);
      // Two sets of clients of one size with the same number of examples in all are taken for one.
      const contributors = `${numContributors} clients, ${effect.totalExamples} examples`;
      tentative = { round: key.round, weights, contributors };
      return { type: 'applied', key };
    },

    askEvaluation({ key, split, slice }, signal) {
      const weights = weightsOf(key.round);
      const range = sliceBounds(split, slice);
      const evaluation = shared.askEvaluation({ weights, split, range, signal });
      return async () => {
        const { trainer } = seated();
        await shards.ensureSplit(trainer, split);
        const result = await evaluation.run(trainer);
        return {
          type: 'evaluated',
          key,
          split,
          numExamples: result.numExamples,
          numCorrect: result.numCorrect,
          lossSum: result.lossSum,
          confusion: [...result.confusion],
          weightsSha256: await shared.digest(weights),
          twinDifference:
            tentative?.round === key.round
              ? twins.difference(runId, key.round, tentative.contributors, weights)
              : null,
        };
      };
    },

    async sealWeights(round) {
      const weights = weightsOf(round);
      const bytes = new Uint8Array(weights.buffer);
      return {
        type: 'weights-sealed',
        runId,
        round,
        weightsSha256: await shared.digest(weights),
        sealedWeights: await seal(secret, 'weights', { runId, index: round }, bytes),
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
      place?.shard.release();
      place = null;
    },
  };
}

/** Finite, and small enough to be quantised. */
function isDelta(values: Float32Array): boolean {
  const most = 2 ** MAX_RANGE_EXPONENT;
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= most)) return false;
  return true;
}
