// The client's state machine, pure: `step(config, state, event) → [state, effects]`. It does what the
// server asks when it fits the weights on the workbench and ignores it otherwise; results of work that
// was called off carry a key that is no longer the current one, and change nothing.
import type { RoundKey } from '../../protocol/round-key.ts';
import { PROTOCOL_VERSION } from '../../protocol/schema.ts';
import type { ClientMessage, ClientPhase, PhaseSegment } from '../../protocol/client-messages.ts';
import type { ClientEffect, ClientEvent } from './client-types.ts';
import { onServerSaid } from './client-orders.ts';
import {
  isSameKey,
  keyOf,
  type ClientConfig,
  type ClientState,
  type Place,
} from './client-state.ts';

type Stepped = [ClientState, ClientEffect[]];
type EventOf<Type extends ClientEvent['type']> = Extract<ClientEvent, { type: Type }>;

/** Progress is reported at most this often. */
const PROGRESS_INTERVAL_MS = 250;

export function createClient(_config: ClientConfig): Stepped {
  return [{ isConnected: false, place: null }, []];
}

export function stepClient(config: ClientConfig, state: ClientState, event: ClientEvent): Stepped {
  if (event.type === 'connected') return onConnected(config, state);
  if (event.type === 'disconnected') return [{ isConnected: false, place: null }, abandoned(state)];
  if (!state.isConnected) return [state, []];
  if (event.type === 'server-said') {
    const [place, effects] = onServerSaid(state.place, event.message, event.atMs);
    return [place === state.place ? state : { ...state, place }, effects];
  }
  if (state.place === null) return [state, []];
  const [place, effects] = onResult(state.place, event);
  return [place === state.place ? state : { ...state, place }, effects];
}

/** A connection that replaces another begins anew: seat and weights come with the next `assign`. */
function onConnected(config: ClientConfig, state: ClientState): Stepped {
  const { clientId, name } = config;
  const join: ClientMessage = {
    type: 'join',
    protocolVersion: PROTOCOL_VERSION,
    clientId,
    name,
  };
  return [
    { isConnected: true, place: null },
    [...abandoned(state), { type: 'send', message: join }],
  ];
}

/** Stops what is going on; the workbench keeps shard and model, which the next `assign` may want again. */
function abandoned({ place }: ClientState): ClientEffect[] {
  if (place === null) return [];
  const keys = place.work.phase === 'idle' ? [] : [place.work.key];
  if (place.tentative !== null && !keys.some((key) => isSameKey(key, place.tentative!))) {
    keys.push(place.tentative);
  }
  return keys.map((key) => ({ type: 'abandon', key }));
}

// Results of effects

type ResultEvent = Exclude<ClientEvent, { type: 'connected' | 'disconnected' | 'server-said' }>;
type Placed = [Place, ClientEffect[]];

function onResult(place: Place, event: ResultEvent): Placed {
  switch (event.type) {
    case 'prepared':
      return onPrepared(place, event);
    case 'keys-made':
      return onKeysMade(place, event);
    case 'keys-opened':
      return onKeysOpened(place, event);
    case 'progressed':
      return onProgressed(place, event);
    case 'trained':
      return onTrained(place, event);
    case 'encrypted':
      return onEncrypted(place, event);
    case 'applied':
      return onApplied(place, event);
    case 'evaluated':
      return onEvaluated(place, event);
    case 'weights-sealed':
      return onWeightsSealed(place, event);
    case 'work-failed':
      return onWorkFailed(place, event);
    default:
      return event satisfies never;
  }
}

function onPrepared(place: Place, event: EventOf<'prepared'>): Placed {
  const { preparing } = place;
  const fits =
    preparing !== null &&
    event.runId === place.runId &&
    event.seat === place.seat &&
    event.round === preparing.round;
  if (!fits) return [place, []];
  const { round, numExamples, labelHistogram, backend, rangeExponents, prepareMs } = event;
  return sayPrepared({
    ...place,
    preparing: null,
    committedRound: round,
    numExamples,
    unsaid: {
      round,
      numExamples,
      labelHistogram: [...labelHistogram],
      backend,
      rangeExponents: [...rangeExponents],
      prepareMs,
    },
  });
}

/** Said when the weights are on the workbench and keys that are at hand are open. */
function sayPrepared(place: Place): Placed {
  const { unsaid, keys, runId, seat } = place;
  if (unsaid === null || keys.status === 'opening') return [place, []];
  const keyEpoch = Math.max(0, keys.epoch);
  const message: ClientMessage = { type: 'prepared', runId, seat, keyEpoch, ...unsaid };
  return [{ ...place, unsaid: null }, [{ type: 'send', message }]];
}

function onKeysMade(place: Place, event: EventOf<'keys-made'>): Placed {
  const { keys, runId } = place;
  const fits = keys.status === 'making' && event.runId === runId && event.keyEpoch === keys.epoch;
  if (!fits) return [place, []];
  const { keyEpoch, sealed } = event;
  const [next, effects] = withOpenKeys(place);
  const message: ClientMessage = { type: 'keys', runId, keyEpoch, sealed };
  return [next, [{ type: 'send', message }, ...effects]];
}

function onKeysOpened(place: Place, event: EventOf<'keys-opened'>): Placed {
  const { keys, runId } = place;
  const fits = keys.status === 'opening' && event.runId === runId && event.keyEpoch === keys.epoch;
  return fits ? withOpenKeys(place) : [place, []];
}

/** Work that waited for the keys goes on. */
function withOpenKeys(place: Place): Placed {
  const [said, effects] = sayPrepared({ ...place, keys: { ...place.keys, status: 'open' } });
  const { work } = said;
  if (work.phase !== 'encrypting' || work.startedAtMs !== null) return [said, effects];
  const startedAtMs = work.receivedAtMs + Math.max(0, ...work.segments.map(({ endMs }) => endMs));
  return [
    { ...said, work: { ...work, startedAtMs } },
    [...effects, encryptEffect(said, work.key, work.order)],
  ];
}

function encryptEffect(
  place: Place,
  key: RoundKey,
  order: { readonly largestNumExamples: number; readonly rangeExponents: readonly number[] },
): ClientEffect {
  return {
    type: 'encrypt',
    key,
    numExamples: place.numExamples,
    largestNumExamples: order.largestNumExamples,
    rangeExponents: order.rangeExponents,
  };
}

function onProgressed(place: Place, event: EventOf<'progressed'>): Placed {
  const { work } = place;
  const phase = place.preparing !== null ? 'preparing' : visiblePhase(place);
  const isCurrent =
    place.preparing !== null
      ? event.key.runId === place.runId && event.key.attempt === 0
      : work.phase !== 'idle' && work.phase !== 'sent' && isSameKey(work.key, event.key);
  const isSoon = event.atMs - place.lastProgressAtMs < PROGRESS_INTERVAL_MS;
  if (!isCurrent || isSoon) return [place, []];
  const { fraction, key } = event;
  const message: ClientMessage = { type: 'progress', ...keyOf(key), phase, fraction };
  return [{ ...place, lastProgressAtMs: event.atMs }, [{ type: 'send', message }]];
}

/** A phase begins: said at once, because it may be over before the next report of progress. */
function sayPhase(key: RoundKey, phase: ClientPhase): ClientEffect {
  return { type: 'send', message: { type: 'progress', ...keyOf(key), phase, fraction: 0 } };
}

function visiblePhase({ work }: Place): ClientPhase {
  switch (work.phase) {
    case 'idle':
    case 'sent':
      return 'waiting';
    case 'applying':
      return 'decrypting';
    default:
      return work.phase;
  }
}

/** The stretch from the last segment's end to now. */
function segmentTo(
  phase: ClientPhase,
  work: { readonly receivedAtMs: number; readonly segments: readonly PhaseSegment[] },
  atMs: number,
  startedAtMs?: number,
): PhaseSegment {
  const previousEndMs = work.segments.at(-1)?.endMs ?? 0;
  const startMs = startedAtMs === undefined ? previousEndMs : startedAtMs - work.receivedAtMs;
  return { phase, startMs, endMs: Math.max(startMs, atMs - work.receivedAtMs) };
}

function onTrained(place: Place, event: EventOf<'trained'>): Placed {
  const { work } = place;
  if (work.phase !== 'training' || !isSameKey(work.key, event.key)) return [place, []];
  const { trainLoss, trainAccuracy, atMs } = event;
  const areKeysReady = place.keys.status === 'open' || place.keys.status === 'unneeded';
  const next: Place = {
    ...place,
    work: {
      phase: 'encrypting',
      key: work.key,
      order: work.order,
      receivedAtMs: work.receivedAtMs,
      segments: [...work.segments, segmentTo('training', work, atMs)],
      startedAtMs: areKeysReady ? atMs : null,
      result: { trainLoss, trainAccuracy },
    },
  };
  const encrypting = areKeysReady ? [encryptEffect(place, work.key, work.order)] : [];
  return [next, [sayPhase(work.key, 'encrypting'), ...encrypting]];
}

function onEncrypted(place: Place, event: EventOf<'encrypted'>): Placed {
  const { work } = place;
  if (work.phase !== 'encrypting' || work.startedAtMs === null) return [place, []];
  if (!isSameKey(work.key, event.key)) return [place, []];
  const message: ClientMessage = {
    type: 'update',
    ...keyOf(work.key),
    keyEpoch: work.order.keyEpoch,
    numExamples: place.numExamples,
    payload: event.payload,
    ...work.result,
    rangeExponents: [...event.rangeExponents],
    quantisationError: event.quantisationError,
    segments: [...work.segments, segmentTo('encrypting', work, event.atMs, work.startedAtMs)],
  };
  return [{ ...place, work: { phase: 'sent', key: work.key } }, [{ type: 'send', message }]];
}

/** The new weights lie on the workbench: a slice is evaluated, and sealed weights deposited if asked. */
function onApplied(place: Place, event: EventOf<'applied'>): Placed {
  const { work } = place;
  if (work.phase !== 'applying' || !isSameKey(work.key, event.key)) return [place, []];
  const { key, order, receivedAtMs } = work;
  const effects: ClientEffect[] = [
    sayPhase(key, 'evaluating'),
    { type: 'evaluate', key, split: 'validation', slice: order.slice },
  ];
  if (order.deposit) {
    effects.push({ type: 'seal-weights', runId: key.runId, round: key.round });
  }
  const segments = [...work.segments, segmentTo('decrypting', work, event.atMs)];
  const evaluating: Place['work'] = {
    phase: 'evaluating',
    key,
    receivedAtMs,
    segments,
    split: 'validation',
    slice: order.slice,
    startedAtMs: event.atMs,
  };
  return [{ ...place, tentative: key, work: evaluating }, effects];
}

function onEvaluated(place: Place, event: EventOf<'evaluated'>): Placed {
  const { work } = place;
  if (work.phase !== 'evaluating' || !isSameKey(work.key, event.key)) return [place, []];
  if (work.split !== event.split) return [place, []];
  const { split, numExamples, numCorrect, lossSum, weightsSha256, twinDifference } = event;
  const message: ClientMessage = {
    type: 'evaluated',
    ...keyOf(work.key),
    split,
    slice: work.slice,
    numExamples,
    numCorrect,
    lossSum,
    confusion: [...event.confusion],
    weightsSha256,
    twinDifference,
    segments: [...work.segments, segmentTo('evaluating', work, event.atMs, work.startedAtMs)],
  };
  return [{ ...place, work: { phase: 'idle' } }, [{ type: 'send', message }]];
}

function onWeightsSealed(place: Place, event: EventOf<'weights-sealed'>): Placed {
  const { runId, round, weightsSha256, sealedWeights } = event;
  const isOurs = runId === place.runId && round === newestRound(place);
  if (!isOurs) return [place, []];
  const message: ClientMessage = { type: 'deposit', runId, round, weightsSha256, sealedWeights };
  return [place, [{ type: 'send', message }]];
}

function newestRound(place: Place): number {
  return place.tentative?.round ?? place.committedRound;
}

/** Attempt 0 stands for the preparation, the keys and the sealing: work of no attempt. */
function onWorkFailed(place: Place, event: EventOf<'work-failed'>): Placed {
  const { work } = place;
  const { key, code } = event;
  if (key.runId !== place.runId) return [place, []];
  const isOfWork = work.phase !== 'idle' && work.phase !== 'sent' && isSameKey(work.key, key);
  if (!isOfWork && key.attempt !== 0) return [place, []];
  const message: ClientMessage = {
    type: 'failed',
    ...keyOf(key),
    code,
    detail: event.detail.slice(0, 200),
  };
  const send: ClientEffect = { type: 'send', message };
  if (!isOfWork) return [{ ...place, preparing: null, unsaid: null }, [send]];
  return [{ ...place, work: { phase: 'idle' } }, [{ type: 'abandon', key: keyOf(key) }, send]];
}
