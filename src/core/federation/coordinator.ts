// The server's state machine, pure: `step(config, state, event) → [state, effects]`. It keeps the
// registry of clients, hands their messages to the run they belong to and those of dashboards to
// dashboard-commands.ts, and decides what happens when a run is over. After every event the study
// draws its own conclusions (study-review.ts).
//
// One run is at the table, the one that is shown. Trials may run beside it, each on its own clients; what
// happens is told to the run that it concerns.
//
// A run and its plaintext twin: the encrypted run is trained first; while the twin trains it is
// shown as `run` and the finished encrypted run as `twin`; when the twin is over they change places,
// and the differences that the clients measured are written into the encrypted run's history.
import { PROTOCOL_VERSION } from '../protocol/schema.ts';
import type { ClientMessage, ClientMessageOf } from '../protocol/client-messages.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { ServerSees, ServerView } from '../protocol/view.ts';
import type {
  ConnectionId,
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from './coordinator-types.ts';
import { onDashboardSaid } from './dashboard-commands.ts';
import { entropyBitsPerByte } from './run/metrics.ts';
import { clientOf, emptyRegistry, withClient, withoutClient } from './registry.ts';
import { awaitsSave, isMember, type RunEvent, type RunMessage } from './run/run-machine.ts';
import { isOver, restoredRun, type RunState } from './run/run-state.ts';
import { rejection } from './run/run-step.ts';
import { runOf, runsOf, unfinishedRuns } from './runs.ts';
import { reviewStudy } from './study/study-review.ts';
import { studyState } from './study/study-state.ts';
import {
  advanceRun,
  advanceRuns,
  changePlaces,
  counted,
  seatFreeClients,
  startTwinOf,
  withKeysOf,
} from './table.ts';
import { projectView } from './project-view.ts';
import type { RestoredRun, RestoredState } from './persistence.ts';
import type { CoordinatorState, Stepped } from './coordinator-state.ts';

/** Bytes of the last update that dashboards may look at. */
const HEAD_BYTES = 256; // 32 words: enough to see whether it looks random

const sawNothing: ServerSees = {
  lastUpdateHead: null,
  lastUpdateBytes: 0,
  lastUpdateFrom: null,
  lastUpdateAtMs: null,
  numUpdates: 0,
  totalBytes: 0,
  lastUpdateEntropy: null,
};

/** Unfinished runs go on: they gather their clients, or stay paused. */
export function createCoordinator(
  config: CoordinatorConfig,
  restored: RestoredState | null,
): Stepped {
  const revive = (saved: RestoredRun | null | undefined) =>
    saved === null || saved === undefined
      ? null
      : restoredRun(config, saved.run, saved.sealedWeights, saved.sealedKeys);
  const state = firstState(config, restored, revive);
  const { startedAtMs } = config;
  return finish(state, ...reviewStudy(config, state, revived(config, state), startedAtMs));
}

function firstState(
  config: CoordinatorConfig,
  restored: RestoredState | null,
  revive: (saved: RestoredRun | null | undefined) => RunState | null,
): CoordinatorState {
  const run = revive(restored?.current);
  const sources = {
    registry: emptyRegistry,
    run,
    beside: (restored?.beside ?? []).map((saved) => revive(saved)!),
    pair: revive(restored?.pair),
    archive: restored?.archive ?? [],
    study:
      restored === null || restored.study === null
        ? null
        : studyState(restored.study, revive(restored.bestRun)),
    server: {
      serverId: config.serverId,
      startedAtMs: config.startedAtMs,
      restarts: restored?.restarts ?? 0,
      rejections: {},
      keyEpoch: 0,
    },
    sees: sawNothing,
  };
  const state = {
    ...sources,
    heldKeys: null,
    nextTicket: 1,
    view: projectView(sources, null),
  };
  return runsOf(state).reduce<CoordinatorState>(withKeysOf, state);
}

/** Unfinished runs go on. */
function revived(config: CoordinatorConfig, state: CoordinatorState): Stepped {
  const { run } = state;
  const atMs = config.startedAtMs;
  const unfinished = unfinishedRuns(state);
  if (unfinished.length > 0 || run === null) {
    return advanceRuns(config, [state, []], unfinished, { type: 'started' }, atMs);
  }
  // The server may have died between a run's end and its twin's beginning, or after the twin's end.
  if (run.withTwin && state.pair !== null && isOver(state.pair)) {
    return changePlaces({ ...state, run: state.pair, pair: run });
  }
  return startTwinOf(config, state, atMs);
}

/** The picture for dashboards; unchanged slices are the same objects as before. */
export function viewOf(_config: CoordinatorConfig, state: CoordinatorState): ServerView {
  return state.view;
}

export function stepCoordinator(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: CoordinatorEvent,
): Stepped {
  const stepped = dispatch(config, state, event);
  return finish(state, ...reviewStudy(config, state, stepped, event.atMs));
}

function finish(
  before: CoordinatorState,
  state: CoordinatorState,
  effects: CoordinatorEffect[],
): Stepped {
  return [{ ...state, view: projectView(state, before.view) }, effects];
}

function dispatch(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: CoordinatorEvent,
): Stepped {
  const { atMs } = event;
  switch (event.type) {
    case 'client-said':
      return onClientSaid(config, state, event.connection, event.message, atMs);
    case 'client-spoke-nonsense': {
      const message = {
        type: 'rejected',
        code: 'malformed',
        about: event.about,
        runId: null,
        round: null,
      } as const;
      const { connection } = event;
      return [counted(state, ['malformed']), [{ type: 'send', connection, message }]];
    }
    case 'client-gone':
      return onClientGone(config, state, event.connection, atMs);
    case 'dashboard-said':
      return onDashboardSaid(config, state, event);
    case 'update-added':
    case 'sum-released':
    case 'timer-fired':
      return advanceRun(config, state, event.key.runId, event, atMs);
    case 'persisted': {
      const waiting = unfinishedRuns(state).filter((run) => awaitsSave(run, event.ticket));
      return advanceRuns(config, [state, []], waiting, event, atMs);
    }
    case 'persist-failed':
      return advanceRuns(config, [state, []], unfinishedRuns(state), event, atMs);
    default:
      return event satisfies never;
  }
}

// Clients

function onClientSaid(
  config: CoordinatorConfig,
  state: CoordinatorState,
  connection: ConnectionId,
  message: ClientMessage,
  atMs: number,
): Stepped {
  if (message.type === 'leave') return onClientGone(config, state, connection, atMs);
  const client = clientOf(state.registry, connection);
  if (message.type === 'join') {
    if (client !== null) return refuse(state, connection, 'out-of-order', message);
    return onJoin(config, state, connection, message, atMs);
  }
  if (client === null) return refuse(state, connection, 'out-of-order', message);
  const { clientId } = client;
  const run = runOf(state, message.runId);
  if (run === null || !isMember(run, clientId, connection)) {
    return refuse(state, connection, 'foreign-run', message);
  }
  if (isOver(run)) return refuse(state, connection, 'late', message);
  const event: RunEvent = { type: 'member-said', clientId, message: message satisfies RunMessage };
  const [next, effects] = advanceRun(config, state, run.runId, event, atMs);
  const isAdded = effects.some(({ type }) => type === 'add-update');
  if (message.type !== 'update' || !isAdded) return [next, effects];
  return [{ ...next, sees: seen(state.sees, clientId, message.payload, atMs) }, effects];
}

function refuse(
  state: CoordinatorState,
  connection: ConnectionId,
  code: ErrorCode,
  message: ClientMessage,
): Stepped {
  const answer = rejection(code, message);
  return [counted(state, [code]), [{ type: 'send', connection, message: answer }]];
}

function seen(sees: ServerSees, from: string, payload: Uint8Array, atMs: number): ServerSees {
  return {
    lastUpdateHead: payload.slice(0, HEAD_BYTES),
    lastUpdateBytes: payload.byteLength,
    lastUpdateFrom: from,
    lastUpdateAtMs: atMs,
    numUpdates: sees.numUpdates + 1,
    totalBytes: sees.totalBytes + payload.byteLength,
    lastUpdateEntropy: entropyBitsPerByte(payload),
  };
}

function onJoin(
  config: CoordinatorConfig,
  state: CoordinatorState,
  connection: ConnectionId,
  message: ClientMessageOf<'join'>,
  atMs: number,
): Stepped {
  if (message.protocolVersion !== PROTOCOL_VERSION) {
    const [next, effects] = refuse(state, connection, 'wrong-version', message);
    return [next, [...effects, { type: 'disconnect', connection }]];
  }
  const { clientId, name } = message;
  const earlier = state.registry.clients.get(clientId);
  const [cleared, farewell] =
    earlier === undefined
      ? ([state, []] as Stepped)
      : onClientGone(config, state, earlier.connection, atMs);
  const registry = withClient(cleared.registry, { clientId, name, connection });
  const { serverId } = config;
  const welcome: CoordinatorEffect[] = [
    {
      type: 'send',
      connection,
      message: { type: 'welcome', protocolVersion: PROTOCOL_VERSION, serverId },
    },
  ];
  if (earlier !== undefined) welcome.push({ type: 'disconnect', connection: earlier.connection });
  const [next, effects] = seatFreeClients(config, { ...cleared, registry }, atMs);
  return [next, [...farewell, ...welcome, ...effects]];
}

function onClientGone(
  config: CoordinatorConfig,
  state: CoordinatorState,
  connection: ConnectionId,
  atMs: number,
): Stepped {
  const client = clientOf(state.registry, connection);
  if (client === null) return [state, []];
  const registry = withoutClient(state.registry, client);
  const { clientId } = client;
  const left: RunEvent = { type: 'client-left', clientId };
  const own = runsOf(state).filter(({ members }) => members.has(clientId));
  return advanceRuns(config, [{ ...state, registry }, []], own, left, atMs);
}
