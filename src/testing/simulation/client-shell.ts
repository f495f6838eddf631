// The shell of a simulated client: the real client machine, whose effects are carried out on the tiny bench
// one after the other, each after a while, and lost when the client dies before.
import type { RoundKey } from '../../core/protocol/round-key.ts';
import { stepClient } from '../../core/federation/client/client-machine.ts';
import type { ClientState } from '../../core/federation/client/client-state.ts';
import type { ClientEffect, ClientEvent } from '../../core/federation/client/client-types.ts';
import {
  appliedWeights,
  evaluateSlice,
  examplesOfSeat,
  hashOf,
  initialWeights,
  packUpdate,
  packWeights,
  quantise,
  RANGE_EXPONENTS,
  trainedDelta,
  unpackWeights,
} from './workbench.ts';
import { sendToServer } from './connections.ts';
import { count, later, type SimulatedClient, type World } from './world.ts';

export function tellClient(world: World, client: SimulatedClient, event: ClientEvent): void {
  const identity = { clientId: client.clientId, name: client.clientId };
  const [state, effects] = stepClient(identity, client.state, event);
  countHalves(world, client.state, event, state, effects);
  client.state = state;
  for (const effect of effects) carryOutOnBench(world, client, effect);
}

/** In which order the sum and the order to apply it came, and what became of one that stayed alone. */
function countHalves(
  world: World,
  before: ClientState,
  event: ClientEvent,
  after: ClientState,
  effects: readonly ClientEffect[],
): void {
  const isApplied = effects.some(({ type }) => type === 'apply');
  const message = event.type === 'server-said' ? event.message.type : null;
  if (isApplied) count(world, message === 'sum' ? 'apply before sum' : 'sum before apply');
  const held = before.place?.half ?? null;
  if (held !== null && !isApplied && after.place?.half !== held) {
    count(world, `forgot ${held.type}`);
  }
}

function clientTask(
  world: World,
  client: SimulatedClient,
  mostMs: number,
  act: () => ClientEvent,
): void {
  const { life } = client;
  const hungMs = client.isHung ? 5000 : 0;
  client.isHung = false;
  client.freeAtMs =
    Math.max(client.freeAtMs, world.nowMs) + 1 + world.random.below(mostMs) + hungMs;
  later(world, client.freeAtMs - world.nowMs, () => {
    if (life === client.life) tellClient(world, client, act());
  });
}

function carryOutOnBench(world: World, client: SimulatedClient, effect: ClientEffect): void {
  switch (effect.type) {
    case 'send':
      return sendToServer(world, client, effect.message);
    case 'prepare': {
      const { runId, config, seat, round, sealedWeights } = effect;
      clientTask(world, client, 60, () => {
        const weights = sealedWeights === null ? [...initialWeights] : unpackWeights(sealedWeights);
        const numExamples = examplesOfSeat(seat);
        const { units } = config;
        client.bench = { units, numExamples, committed: { round, weights }, tentative: null };
        const labelHistogram = [numExamples, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        const backend = { backend: 'cpu', renderer: 'none', reason: 'simulated' } as const;
        return {
          type: 'prepared',
          atMs: world.nowMs,
          runId,
          seat,
          round,
          numExamples,
          labelHistogram,
          backend,
          rangeExponents: [...RANGE_EXPONENTS],
          prepareMs: 1,
        };
      });
      return;
    }
    case 'make-keys':
      return clientTask(world, client, 30, () => {
        const { runId, keyEpoch } = effect;
        return {
          type: 'keys-made',
          atMs: world.nowMs,
          runId,
          keyEpoch,
          sealed: new Uint8Array([7]),
        };
      });
    case 'open-keys':
      return clientTask(world, client, 10, () => {
        const { runId, keyEpoch } = effect;
        return { type: 'keys-opened', atMs: world.nowMs, runId, keyEpoch };
      });
    case 'train':
      return train(world, client, effect.key);
    case 'encrypt':
      return encrypt(world, client, effect);
    case 'apply': {
      const { numAbandoned } = client;
      return clientTask(world, client, 20, () => {
        const { key, sum, rangeExponents, largestNumExamples, totalExamples } = effect;
        const weights = appliedWeights(
          client.bench!.committed!.weights,
          unpackWeights(sum),
          rangeExponents,
          largestNumExamples,
          totalExamples,
        );
        if (client.corruptsNext) weights[0]! += 1e-9;
        client.corruptsNext = false;
        if (numAbandoned === client.numAbandoned) client.bench!.tentative = { key, weights };
        return { type: 'applied', atMs: world.nowMs, key };
      });
    }
    case 'evaluate':
      return clientTask(world, client, 60, () => {
        const { key, split, slice } = effect;
        const weightsSha256 = hashOf(newestWeights(client));
        const counts = evaluateSlice(split, slice, client.bench!.units);
        return {
          type: 'evaluated',
          atMs: world.nowMs,
          key,
          split,
          ...counts,
          weightsSha256,
          twinDifference: 0.001,
        };
      });
    case 'seal-weights': {
      const weights = [...newestWeights(client)];
      return clientTask(world, client, 20, () => ({
        type: 'weights-sealed',
        atMs: world.nowMs,
        runId: effect.runId,
        round: effect.round,
        weightsSha256: hashOf(weights),
        sealedWeights: packWeights(weights),
      }));
    }
    case 'commit': {
      const { tentative } = client.bench!;
      const saved = world.storage.runNow(effect.runId)!;
      if (tentative?.key.round !== effect.round) throw new Error('commit of other weights');
      // Of a trial that was pruned the weights may have been dropped already.
      if (saved.run.committedRound === effect.round && saved.sealedWeights !== null) {
        const expected = hashOf(unpackWeights(saved.sealedWeights));
        if (hashOf(tentative.weights) !== expected) throw new Error('a holder diverged');
      }
      client.bench!.committed = { round: effect.round, weights: tentative.weights };
      client.bench!.tentative = null;
      return;
    }
    case 'abandon':
      client.numAbandoned++;
      if (client.bench !== null) client.bench.tentative = null;
      return;
    case 'release':
      return;
    default:
      effect satisfies never;
  }
}

function newestWeights({ bench }: SimulatedClient): readonly number[] {
  return bench!.tentative?.weights ?? bench!.committed!.weights;
}

function train(world: World, client: SimulatedClient, key: RoundKey): void {
  if (client.bench!.committed!.round !== key.round - 1) throw new Error('a mixture of rounds');
  if (world.faultsLeft > 0 && world.random.uniform() < 0.01) {
    count(world, 'training failed');
    return clientTask(world, client, 50, () => {
      return { type: 'work-failed', atMs: world.nowMs, key, code: 'training-failed', detail: '' };
    });
  }
  clientTask(world, client, 40, () => ({
    type: 'progressed',
    atMs: world.nowMs,
    key,
    fraction: 0.5,
  }));
  clientTask(world, client, 120, () => {
    return { type: 'trained', atMs: world.nowMs, key, trainLoss: 1, trainAccuracy: 0.5 };
  });
}

function encrypt(
  world: World,
  client: SimulatedClient,
  effect: Extract<ClientEffect, { type: 'encrypt' }>,
): void {
  const { key, numExamples, largestNumExamples, rangeExponents } = effect;
  const { seat } = client.state.place!;
  const share = numExamples / largestNumExamples;
  const delta = trainedDelta(seat, client.bench!.committed!.weights);
  const levels = quantise(delta, share, rangeExponents);
  const id = world.serial++;
  const isValid = !client.spoilsNext;
  client.spoilsNext = false;
  if (isValid) world.sentUpdates.push({ key, seat, serial: id });
  clientTask(world, client, 30, () => ({
    type: 'encrypted',
    atMs: world.nowMs,
    key,
    payload: packUpdate(isValid, id, levels),
    rangeExponents: RANGE_EXPONENTS,
    quantisationError: 1e-8,
  }));
}
