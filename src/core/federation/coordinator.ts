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
import type { ServerSees } from '../protocol/view.ts';
import type { ConnectionId, CoordinatorConfig, CoordinatorEvent } from './coordinator-types.ts';
import { onDashboardSaid } from './dashboard-commands.ts';
import { entropyBitsPerByte } from './run/metrics.ts';
import { nobodyThere } from './attendance.ts';
import { attend, beginStep, change, count, type CoordinatorStep } from './coordinator-step.ts';
import { clientOf, emptyRegistry, withClient, withoutClient } from './registry.ts';
import { awaitsSave, isMember, type RunMessage } from './run/run-machine.ts';
import { isOver, restoredRun, type RunState } from './run/run-state.ts';
import { rejection } from './run/run-step.ts';
import { runOf, runsOf, unfinishedRuns } from './runs.ts';
import { reviewStudy } from './study/study-review.ts';
import { onSaveFailed, onSaveTimer, studyState } from './study/study-state.ts';
import {
  advanceRun,
  advanceRuns,
  changePlaces,
  keepKeysOf,
  seatFreeClients,
  startTwin,
} from './table.ts';
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
  const state = firstState(config, restored);
  const step = beginStep(config, state, config.startedAtMs);
  for (const run of runsOf(state)) keepKeysOf(step, run);
  const { free } = attend(step);
  goOn(step);
  reviewStudy(step, free);
  return [step.state, step.effects];
}

export function stepCoordinator(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: CoordinatorEvent,
): Stepped {
  const step = beginStep(config, state, event.atMs);
  const { free } = attend(step);
  dispatch(step, event);
  reviewStudy(step, free);
  return [step.state, step.effects];
}

function firstState(config: CoordinatorConfig, restored: RestoredState | null): CoordinatorState {
  const revive = (saved: RestoredRun | null | undefined): RunState | null =>
    saved === null || saved === undefined
      ? null
      : restoredRun(config, saved.run, saved.sealedWeights, saved.sealedKeys);
  return {
    registry: emptyRegistry,
    attendance: nobodyThere,
    run: revive(restored?.current),
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
    heldKeys: null,
    nextTicket: 1,
  };
}

/** Of a server that was restored: unfinished runs go on. */
function goOn(step: CoordinatorStep): void {
  const { run, pair } = step.state;
  const unfinished = unfinishedRuns(step.state);
  if (unfinished.length > 0 || run === null) {
    return advanceRuns(step, unfinished, { type: 'started' });
  }
  // The server may have died between a run's end and its twin's beginning, or after the twin's end.
  if (run.withTwin && pair !== null && isOver(pair)) {
    change(step, { run: pair, pair: run });
    return changePlaces(step);
  }
  startTwin(step);
}

function dispatch(step: CoordinatorStep, event: CoordinatorEvent): void {
  switch (event.type) {
    case 'client-said':
      return onClientSaid(step, event.connection, event.message);
    case 'client-spoke-nonsense': {
      const { connection, about } = event;
      count(step, ['malformed']);
      step.effects.push({
        type: 'send',
        connection,
        message: { type: 'rejected', code: 'malformed', about, runId: null, round: null },
      });
      return;
    }
    case 'client-gone':
      return onClientGone(step, event.connection);
    case 'dashboard-said':
      return onDashboardSaid(step, event);
    case 'update-added':
    case 'sum-released':
      return advanceRun(step, event.key.runId, event);
    case 'timer-fired':
      return event.timer === 'save'
        ? onSaveTimer(step, event.key.runId)
        : advanceRun(step, event.key.runId, event);
    case 'persisted': {
      const runs = unfinishedRuns(step.state);
      const waiting = runs.filter((run) => awaitsSave(run, event.ticket));
      return advanceRuns(step, waiting, event);
    }
    case 'persist-failed':
      onSaveFailed(step, event.ticket);
      return advanceRuns(step, unfinishedRuns(step.state), event);
    default:
      event satisfies never;
  }
}

// Clients

function onClientSaid(
  step: CoordinatorStep,
  connection: ConnectionId,
  message: ClientMessage,
): void {
  if (message.type === 'leave') return onClientGone(step, connection);
  const client = clientOf(step.state.registry, connection);
  if (message.type === 'join') {
    if (client !== null) return refuse(step, connection, 'out-of-order', message);
    return onJoin(step, connection, message);
  }
  if (client === null) return refuse(step, connection, 'out-of-order', message);
  const { clientId } = client;
  const run = runOf(step.state, message.runId);
  if (run === null || !isMember(run, clientId, connection)) {
    return refuse(step, connection, 'foreign-run', message);
  }
  if (isOver(run)) return refuse(step, connection, 'late', message);
  advanceRun(step, run.runId, {
    type: 'member-said',
    clientId,
    message: message satisfies RunMessage,
  });
  const isAdded = step.effects.some(({ type }) => type === 'add-update');
  if (message.type === 'update' && isAdded) see(step, clientId, message.payload);
}

function refuse(
  step: CoordinatorStep,
  connection: ConnectionId,
  code: ErrorCode,
  message: ClientMessage,
): void {
  count(step, [code]);
  step.effects.push({ type: 'send', connection, message: rejection(code, message) });
}

function see(step: CoordinatorStep, from: string, payload: Uint8Array): void {
  const { sees } = step.state;
  change(step, {
    sees: {
      lastUpdateHead: payload.slice(0, HEAD_BYTES),
      lastUpdateBytes: payload.byteLength,
      lastUpdateFrom: from,
      lastUpdateAtMs: step.atMs,
      numUpdates: sees.numUpdates + 1,
      totalBytes: sees.totalBytes + payload.byteLength,
      lastUpdateEntropy: entropyBitsPerByte(payload),
    },
  });
}

function onJoin(
  step: CoordinatorStep,
  connection: ConnectionId,
  message: ClientMessageOf<'join'>,
): void {
  if (message.protocolVersion !== PROTOCOL_VERSION) {
    refuse(step, connection, 'wrong-version', message);
    step.effects.push({ type: 'disconnect', connection });
    return;
  }
  const { clientId, name } = message;
  const earlier = step.state.registry.clients.get(clientId);
  if (earlier !== undefined) onClientGone(step, earlier.connection);
  change(step, { registry: withClient(step.state.registry, { clientId, name, connection }) });
  const { serverId } = step.config;
  step.effects.push({
    type: 'send',
    connection,
    message: { type: 'welcome', protocolVersion: PROTOCOL_VERSION, serverId },
  });
  if (earlier !== undefined) {
    step.effects.push({ type: 'disconnect', connection: earlier.connection });
  }
  seatFreeClients(step);
}

function onClientGone(step: CoordinatorStep, connection: ConnectionId): void {
  const client = clientOf(step.state.registry, connection);
  if (client === null) return;
  change(step, { registry: withoutClient(step.state.registry, client) });
  const { clientId } = client;
  const own = runsOf(step.state).filter(({ members }) => members.has(clientId));
  advanceRuns(step, own, { type: 'client-left', clientId });
}
