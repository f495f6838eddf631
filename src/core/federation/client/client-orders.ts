// What a client does when the server says something. An order that does not fit the weights on the
// workbench is ignored: the server's deadline takes care of it, and it always says `commit` first.
import type { ServerMessage, ServerMessageOf } from '../../protocol/server-messages.ts';
import type { ClientEffect } from './client-types.ts';
import { isSameKey, keyOf, type Half, type Keys, type Place } from './client-state.ts';
import type { RoundKey } from '../../protocol/round-key.ts';

type Ordered = [Place | null, ClientEffect[]];

export function onServerSaid(place: Place | null, message: ServerMessage, atMs: number): Ordered {
  if (message.type === 'assign') return onAssign(place, message);
  if (message.type === 'welcome' || message.type === 'rejected') return [place, []];
  if (place === null || message.runId !== place.runId) return [place, []];
  switch (message.type) {
    case 'make-keys':
      return onMakeKeys(place, message);
    case 'keys':
      return onKeys(place, message);
    case 'resync':
      return onResync(place, message);
    case 'train':
      return onTrain(place, message, atMs);
    case 'abandon':
      return onAbandon(place, message);
    case 'sum':
    case 'apply':
      return onHalf(place, message, atMs);
    case 'evaluate':
      return onEvaluate(place, message, atMs);
    case 'deposit':
      return onDeposit(place, message);
    case 'commit':
      return onCommit(place, message);
    case 'release':
      return [null, [...dropped(place), { type: 'release', runId: place.runId }]];
    default:
      return message satisfies never;
  }
}

/** Calls off the work and drops tentative weights. */
function dropped({ work, tentative }: Place): ClientEffect[] {
  const keys = work.phase === 'idle' ? [] : [work.key];
  if (tentative !== null && !keys.some((key) => isSameKey(key, tentative))) keys.push(tentative);
  return keys.map((key) => ({ type: 'abandon', key }));
}

function onAssign(place: Place | null, message: ServerMessageOf<'assign'>): Ordered {
  const { runId, config, seat, keyEpoch, sealedKeys, weights } = message;
  // Asked again because it takes long: what is under way goes on, keys that were missing are opened.
  if (place?.runId === runId && place.seat === seat && place.preparing?.round === weights.round) {
    return sealedKeys === null
      ? [place, []]
      : onKeys(place, { type: 'keys', runId, keyEpoch, sealedKeys });
  }
  const effects = place === null ? [] : dropped(place);
  if (place !== null && place.runId !== runId) {
    effects.push({ type: 'release', runId: place.runId });
  }
  const keys: Keys =
    config.encryption === 'plaintext'
      ? { status: 'unneeded', epoch: keyEpoch }
      : sealedKeys === null
        ? { status: 'absent', epoch: -1 }
        : { status: 'opening', epoch: keyEpoch };
  effects.push({
    type: 'prepare',
    runId,
    config,
    seat,
    round: weights.round,
    sealedWeights: weights.sealed,
  });
  // After `prepare`, which takes the seat that the keys belong to.
  if (sealedKeys !== null) effects.push({ type: 'open-keys', runId, keyEpoch, sealed: sealedKeys });
  const next: Place = {
    runId,
    config,
    seat,
    keys,
    preparing: { round: weights.round },
    unsaid: null,
    committedRound: -1,
    tentative: null,
    numExamples: 0,
    work: { phase: 'idle' },
    half: null,
    abandoned: null,
    lastProgressAtMs: -Infinity,
  };
  return [next, effects];
}

function onMakeKeys(place: Place, message: ServerMessageOf<'make-keys'>): Ordered {
  const { runId, keyEpoch } = message;
  if (place.keys.status === 'unneeded' || keyEpoch <= place.keys.epoch) return [place, []];
  const keys: Keys = { status: 'making', epoch: keyEpoch };
  return [{ ...place, keys }, [{ type: 'make-keys', runId, keyEpoch }]];
}

/** The maker's own keys are open already. */
function onKeys(place: Place, message: ServerMessageOf<'keys'>): Ordered {
  const { runId, keyEpoch, sealedKeys: sealed } = message;
  const { keys } = place;
  const isKnown = keyEpoch === keys.epoch && (keys.status === 'open' || keys.status === 'opening');
  if (keys.status === 'unneeded' || keyEpoch < keys.epoch || isKnown) return [place, []];
  return [
    { ...place, keys: { status: 'opening', epoch: keyEpoch } },
    [{ type: 'open-keys', runId, keyEpoch, sealed }],
  ];
}

function onResync(place: Place, message: ServerMessageOf<'resync'>): Ordered {
  const { weights } = message;
  if (place.preparing?.round === weights.round) return [place, []];
  const { runId, config, seat } = place;
  return [
    {
      ...place,
      preparing: { round: weights.round },
      unsaid: null,
      tentative: null,
      work: { phase: 'idle' },
      half: null,
      abandoned: null,
    },
    [
      ...dropped(place),
      {
        type: 'prepare',
        runId,
        config,
        seat,
        round: weights.round,
        sealedWeights: weights.sealed,
      },
    ],
  ];
}

function onTrain(place: Place, order: ServerMessageOf<'train'>, atMs: number): Ordered {
  const { work } = place;
  const key = keyOf(order);
  const isAgain = work.phase !== 'idle' && isSameKey(work.key, key);
  if (!canWorkOn(place, order.round) || place.tentative !== null || isAgain) return [place, []];
  const effects = dropped(place);
  const training: Place['work'] = {
    phase: 'training',
    key,
    order,
    receivedAtMs: atMs,
    segments: [],
  };
  const half = place.half === null || isAfter(key, place.half) ? null : place.half;
  return [{ ...place, work: training, half }, [...effects, { type: 'train', key }]];
}

/** The weights that round `round` starts from lie on the workbench. */
function canWorkOn(place: Place, round: number): boolean {
  return place.preparing === null && place.committedRound === round - 1 && round > 0;
}

function onAbandon(place: Place, message: ServerMessageOf<'abandon'>): Ordered {
  const { work, tentative } = place;
  const isWork = work.phase !== 'idle' && isSameKey(work.key, message);
  const isTentative = tentative !== null && isSameKey(tentative, message);
  const abandoned = keyOf(message);
  const half = place.half !== null && isAfter(place.half, abandoned) ? place.half : null;
  const forgot: Place = { ...place, half, abandoned };
  if (!isWork && !isTentative) return [forgot, []];
  return [
    { ...forgot, work: { phase: 'idle' }, tentative: null },
    [{ type: 'abandon', key: abandoned }],
  ];
}

/** Later attempt of the same round, or a later round. */
function isAfter(a: RoundKey, b: RoundKey): boolean {
  return a.round === b.round ? a.attempt > b.attempt : a.round > b.round;
}

/**
 * `sum` and `apply` come in either order, and nothing is done with one alone: the first is held until the
 * other comes, or one of a later attempt.
 */
function onHalf(place: Place, message: Half, atMs: number): Ordered {
  const { half, abandoned, work } = place;
  if (!canWorkOn(place, message.round) || place.tentative !== null) return [place, []];
  const isAgain = work.phase === 'applying' && isSameKey(work.key, message);
  const isOver =
    (abandoned !== null && !isAfter(message, abandoned)) ||
    (work.phase !== 'idle' && isAfter(work.key, message)) ||
    (half !== null && isAfter(half, message));
  if (isAgain || isOver) return [place, []];
  const fits = half !== null && half.type !== message.type && isSameKey(half, message);
  if (!fits) return [{ ...place, half: message }, []];
  const whole = { ...place, half: null };
  if (message.type === 'sum')
    return onApply(whole, half as ServerMessageOf<'apply'>, message, atMs);
  return onApply(whole, message, half as ServerMessageOf<'sum'>, atMs);
}

function onApply(
  place: Place,
  order: ServerMessageOf<'apply'>,
  { sum, contributors, totalExamples, largestNumExamples, rangeExponents }: ServerMessageOf<'sum'>,
  atMs: number,
): Ordered {
  const key = keyOf(order);
  if (place.keys.status === 'absent') return [place, []];
  // An update that is not in the sum must leave no residual behind: its work is called off first.
  const isContributor = place.work.phase === 'sent' && contributors.includes(place.seat);
  const effects = isContributor ? [] : dropped(place);
  effects.push({
    type: 'apply',
    key,
    sum,
    numContributors: contributors.length,
    totalExamples,
    largestNumExamples,
    rangeExponents,
  });
  const applying: Place['work'] = {
    phase: 'applying',
    key,
    order,
    receivedAtMs: atMs,
    segments: [],
  };
  return [{ ...place, work: applying }, effects];
}

function onEvaluate(place: Place, order: ServerMessageOf<'evaluate'>, atMs: number): Ordered {
  const key = keyOf(order);
  const holds =
    place.tentative === null
      ? place.committedRound === order.round
      : isSameKey(place.tentative, key);
  if (place.preparing !== null || !holds || place.work.phase === 'evaluating') return [place, []];
  const evaluating: Place['work'] = {
    phase: 'evaluating',
    key,
    receivedAtMs: atMs,
    segments: [],
    split: order.split,
    slice: order.slice,
    startedAtMs: atMs,
  };
  return [
    { ...place, work: evaluating },
    [
      ...dropped({ ...place, tentative: null }),
      { type: 'evaluate', key, split: order.split, slice: order.slice },
    ],
  ];
}

function onDeposit(place: Place, { runId, round }: ServerMessageOf<'deposit'>): Ordered {
  const newest = place.tentative?.round ?? place.committedRound;
  if (place.preparing !== null || newest !== round) return [place, []];
  return [place, [{ type: 'seal-weights', runId, round }]];
}

function onCommit(place: Place, { runId, round }: ServerMessageOf<'commit'>): Ordered {
  if (place.tentative?.round !== round) return [place, []];
  // A slice that is still being evaluated is not waited for any more: its result finds no work.
  return [
    {
      ...place,
      tentative: null,
      committedRound: round,
      work: { phase: 'idle' },
      half: null,
      abandoned: null,
    },
    [{ type: 'commit', runId, round }],
  ];
}
