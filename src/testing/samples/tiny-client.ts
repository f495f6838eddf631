// The real client machine with a workbench of four numbers (simulation/workbench.ts): it trains, quantises,
// encrypts and decrypts at once, in this process. What it sends and learns goes through the real quantiser
// and whichever scheme it is given.
import { dequantiseSum, quantiseUpdate } from '../../core/encryption/quantisation.ts';
import type { ClientScheme, SchemeParameters } from '../../core/encryption/scheme.ts';
import { createClient, stepClient } from '../../core/federation/client/client-machine.ts';
import type { ClientConfig, ClientState } from '../../core/federation/client/client-state.ts';
import type {
  ClientEffect,
  UntimedClientEvent,
} from '../../core/federation/client/client-types.ts';
import type { CoordinatorConfig } from '../../core/federation/coordinator-types.ts';
import type { ClientMessage } from '../../core/protocol/client-messages.ts';
import type { ServerMessage } from '../../core/protocol/server-messages.ts';
import type { RoundKey } from '../../core/protocol/round-key.ts';
import {
  DIMENSIONS,
  evaluateSlice,
  examplesOfSeat,
  hashOf,
  initialWeights,
  packWeights,
  RANGE_EXPONENTS,
  trainedDelta,
  unpackWeights,
} from '../simulation/workbench.ts';

const slots = Array.from({ length: DIMENSIONS }, (_, offset) => ({ offset, size: 1 }));

export interface TinyClient {
  connected(): void;
  hear(message: ServerMessage): void;
  /** Work of this kind in this round is never finished. */
  stallIn(type: ClientEffect['type'], round: number): void;
}

interface Bench {
  readonly seat: number;
  readonly parameters: SchemeParameters;
  readonly scheme: ClientScheme;
  readonly units: number;
  committed: { readonly round: number; readonly weights: readonly number[] };
  tentative: { readonly key: RoundKey; readonly weights: readonly number[] } | null;
  keys: Uint8Array<ArrayBuffer>;
}

export function createTinyClient(
  clientId: string,
  chooseParameters: CoordinatorConfig['chooseParameters'],
  schemeOf: (parameters: SchemeParameters) => ClientScheme,
  say: (message: ClientMessage) => void,
): TinyClient {
  const identity: ClientConfig = { clientId, name: clientId };
  let state: ClientState = createClient(identity)[0];
  let bench: Bench | null = null;
  let stall: { readonly type: ClientEffect['type']; readonly round: number } | null = null;

  function happen(event: UntimedClientEvent): void {
    const [next, effects] = stepClient(identity, state, { ...event, atMs: Date.now() });
    state = next;
    for (const effect of effects) carryOut(effect);
  }

  function carryOut(effect: ClientEffect): void {
    if (effect.type === 'send') return say(effect.message);
    const round = 'key' in effect ? effect.key.round : 'round' in effect ? effect.round : null;
    if (stall?.type === effect.type && stall.round === round) return;
    const result = resultOf(effect);
    if (result !== null) queueMicrotask(() => happen(result));
  }

  function resultOf(effect: Exclude<ClientEffect, { type: 'send' }>): UntimedClientEvent | null {
    switch (effect.type) {
      case 'prepare':
        return prepare(effect);
      case 'make-keys': {
        const { runId, keyEpoch } = effect;
        bench!.keys = bench!.scheme.generateKeys();
        return { type: 'keys-made', runId, keyEpoch, sealed: bench!.keys.slice() };
      }
      case 'open-keys': {
        const { runId, keyEpoch, sealed } = effect;
        bench!.keys = sealed;
        return { type: 'keys-opened', runId, keyEpoch };
      }
      case 'train':
        return { type: 'trained', key: effect.key, trainLoss: 1, trainAccuracy: 0.5 };
      case 'encrypt':
        return encrypt(effect);
      case 'apply':
        return apply(effect);
      case 'evaluate': {
        const { key, split, slice } = effect;
        const counts = evaluateSlice(split, slice, bench!.units);
        const weightsSha256 = hashOf(newestWeights());
        return { type: 'evaluated', key, split, ...counts, weightsSha256, twinDifference: null };
      }
      case 'seal-weights': {
        const { runId, round } = effect;
        const weights = newestWeights();
        const sealedWeights = packWeights(weights);
        const weightsSha256 = hashOf(weights);
        return { type: 'weights-sealed', runId, round, weightsSha256, sealedWeights };
      }
      case 'commit':
        bench!.committed = { round: effect.round, weights: bench!.tentative!.weights };
        bench!.tentative = null;
        return null;
      case 'abandon':
        if (bench !== null) bench.tentative = null;
        return null;
      case 'release':
        return null;
      default:
        return effect satisfies never;
    }
  }

  function prepare(effect: Extract<ClientEffect, { type: 'prepare' }>): UntimedClientEvent {
    const { runId, config, seat, round, sealedWeights } = effect;
    const parameters = chooseParameters(config.encryption, DIMENSIONS, config.clients);
    bench = {
      seat,
      parameters,
      scheme: schemeOf(parameters),
      units: config.units,
      committed: {
        round,
        weights: sealedWeights === null ? initialWeights : unpackWeights(sealedWeights),
      },
      tentative: null,
      keys: bench?.keys ?? new Uint8Array(0),
    };
    const numExamples = examplesOfSeat(seat);
    return {
      type: 'prepared',
      runId,
      seat,
      round,
      numExamples,
      labelHistogram: [numExamples, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      backend: { backend: 'cpu', renderer: 'none', reason: 'a test' },
      rangeExponents: [...RANGE_EXPONENTS],
      prepareMs: 1,
    };
  }

  function encrypt(effect: Extract<ClientEffect, { type: 'encrypt' }>): UntimedClientEvent {
    const { key, numExamples, largestNumExamples, rangeExponents } = effect;
    const { seat, parameters, scheme, keys, committed } = bench!;
    if (committed.round !== key.round - 1) throw new Error('a mixture of rounds');
    const quantised = quantiseUpdate({
      parameters,
      slots,
      delta: new Float32Array(trainedDelta(seat, committed.weights)),
      residual: null,
      numExamples,
      largestNumExamples,
      rangeExponents,
      ditherKey: [1, 'dither', seat, key.round, key.attempt],
    });
    return {
      type: 'encrypted',
      key,
      payload: scheme.open(keys).encryptor.encrypt(quantised.values),
      rangeExponents: [...RANGE_EXPONENTS],
      quantisationError: quantised.quantisationError,
    };
  }

  function apply(effect: Extract<ClientEffect, { type: 'apply' }>): UntimedClientEvent {
    const { key, sum, numContributors, totalExamples, largestNumExamples, rangeExponents } = effect;
    const { parameters, scheme, keys, committed } = bench!;
    const mean = dequantiseSum(
      scheme.open(keys).decryptor.decryptSum(sum, numContributors),
      numContributors,
      parameters,
      rangeExponents,
      slots,
      largestNumExamples,
      totalExamples,
    );
    const weights = committed.weights.map((weight, dimension) => weight + mean[dimension]!);
    bench!.tentative = { key, weights };
    return { type: 'applied', key };
  }

  function newestWeights(): readonly number[] {
    return bench!.tentative?.weights ?? bench!.committed.weights;
  }

  return {
    connected: () => happen({ type: 'connected' }),
    hear: (message) => happen({ type: 'server-said', message }),
    stallIn(type, round) {
      stall = { type, round };
    },
  };
}
