// The server's state machine, pure: `step(config, state, event) → [state, effects]`. It keeps the
// registry of clients, hands their messages to the run they belong to, carries out the dashboard's
// commands, and decides what happens when a run is over.
//
// A run and its plaintext twin: the encrypted run is trained first; while the twin trains it is
// shown as `run` and the finished encrypted run as `twin`; when the twin is over they change places,
// and the differences that the clients measured are written into the encrypted run's history.
import * as v from 'valibot';
import { PROTOCOL_VERSION } from '../protocol/schema.ts';
import { runConfigSchema, type RunConfig } from './run-config.ts';
import type { ClientMessage, ClientMessageOf } from '../protocol/client-messages.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type {
  RunSummary,
  ServerSees,
  ServerSlice,
  ServerView,
  TrialPlace,
} from '../protocol/view.ts';
import type {
  ConnectionId,
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
  RestoredRun,
  RestoredState,
} from './coordinator-types.ts';
import { keysFor, type HeldKeys } from './key-making.ts';
import { entropyBitsPerByte } from './metrics.ts';
import { clientOf, emptyRegistry, withClient, withoutClient, type Registry } from './registry.ts';
import { isMember, stepRun, type RunEvent, type RunMessage } from './run-machine.ts';
import {
  isOver,
  justStarted,
  parametersFor,
  persistentRun,
  restoredRun,
  type RunState,
} from './run-state.ts';
import { rejection } from './run-step.ts';
import { projectView, summaryOf } from './view.ts';

export interface CoordinatorState {
  readonly registry: Registry;
  /** The run at the table: going on, or the last one. */
  readonly run: RunState | null;
  /** While `run` is a twin: the run that it repeats. Afterwards: the twin of `run`. */
  readonly pair: RunState | null;
  readonly archive: readonly RunSummary[];
  readonly heldKeys: HeldKeys | null;
  readonly nextTicket: number;
  readonly server: ServerSlice;
  readonly sees: ServerSees;
  readonly view: ServerView;
}

type Stepped = [CoordinatorState, CoordinatorEffect[]];
type DashboardSaid = Extract<CoordinatorEvent, { type: 'dashboard-said' }>;
type Answer = Extract<CoordinatorEffect, { type: 'answer' }>['message']['outcome'];

/** Bytes of the last update that dashboards may look at. */
const HEAD_BYTES = 64;

const sawNothing: ServerSees = {
  lastUpdateHead: null,
  lastUpdateBytes: 0,
  lastUpdateFrom: null,
  lastUpdateAtMs: null,
  numUpdates: 0,
  totalBytes: 0,
  lastUpdateEntropy: null,
};

/** An unfinished run goes on: it gathers its clients, or stays paused. */
export function createCoordinator(
  config: CoordinatorConfig,
  restored: RestoredState | null,
): Stepped {
  const revive = (saved: RestoredRun | null | undefined) =>
    saved === null || saved === undefined
      ? null
      : restoredRun(config, saved.run, saved.sealedWeights, saved.sealedKeys);
  const run = revive(restored?.current);
  const server: ServerSlice = {
    serverId: config.serverId,
    startedAtMs: config.startedAtMs,
    restarts: restored?.restarts ?? 0,
    rejections: {},
    keyEpoch: run?.keys.epoch ?? 0,
  };
  const sources = {
    registry: emptyRegistry,
    run,
    pair: revive(restored?.pair),
    archive: restored?.archive ?? [],
    server,
    sees: sawNothing,
  };
  const state: CoordinatorState = {
    ...sources,
    heldKeys: heldKeysOf(run),
    nextTicket: 1,
    view: projectView(sources, null),
  };
  if (run === null) return finish(state, state, []);
  if (!isOver(run))
    return finish(state, ...advanceRun(config, state, { type: 'started' }, config.startedAtMs));
  // The server may have died between a run's end and its twin's beginning, or after the twin's end.
  if (run.withTwin && state.pair !== null && isOver(state.pair)) {
    return finish(state, ...changePlaces({ ...state, run: state.pair, pair: run }));
  }
  return finish(state, ...startTwinOf(config, state, config.startedAtMs));
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
  return finish(state, ...dispatch(config, state, event));
}

function finish(
  before: CoordinatorState,
  state: CoordinatorState,
  effects: CoordinatorEffect[],
): Stepped {
  const heldKeys = heldKeysOf(state.run) ?? state.heldKeys;
  const keyEpoch = state.run?.keys.epoch ?? state.server.keyEpoch;
  const server = keyEpoch === state.server.keyEpoch ? state.server : { ...state.server, keyEpoch };
  const next = { ...state, heldKeys, server };
  return [{ ...next, view: projectView(next, before.view) }, effects];
}

function heldKeysOf(run: RunState | null): HeldKeys | null {
  if (run === null || run.keys.status !== 'present') return null;
  const { epoch, sealed } = run.keys;
  return { epoch, sealed, parameters: run.parameters };
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
      if (event.key.runId !== state.run?.runId) return [state, []];
      return advanceRun(config, state, event, atMs);
    case 'persisted':
    case 'persist-failed':
      return advanceRun(config, state, event, atMs);
    default:
      return event satisfies never;
  }
}

/** Lets the run take the event, and draws the consequences of its end. */
function advanceRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: RunEvent,
  atMs: number,
): Stepped {
  if (state.run === null) return [state, []];
  const present = [...state.registry.clients.values()];
  const outcome = stepRun(config, state.run, event, atMs, present, state.nextTicket);
  const { run, nextTicket, rejections } = outcome;
  const next = counted({ ...state, run, nextTicket }, rejections);
  const effects = [...outcome.effects];
  if (!isOver(run) || isOver(state.run)) return [next, effects];
  const [after, more] = run.twinOf === null ? startTwinOf(config, next, atMs) : changePlaces(next);
  return [after, [...effects, ...more]];
}

function counted(state: CoordinatorState, codes: readonly ErrorCode[]): CoordinatorState {
  if (codes.length === 0) return state;
  const rejections = { ...state.server.rejections };
  for (const code of codes) rejections[code] = (rejections[code] ?? 0) + 1;
  return { ...state, server: { ...state.server, rejections } };
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
  const { run } = state;
  const isOfRun = run !== null && message.runId === run.runId;
  if (!isOfRun || !isMember(run, clientId, connection)) {
    return refuse(state, connection, 'foreign-run', message);
  }
  if (isOver(run)) return refuse(state, connection, 'late', message);
  const event: RunEvent = { type: 'member-said', clientId, message: message satisfies RunMessage };
  const [next, effects] = advanceRun(config, state, event, atMs);
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
  const { clientId, name, lockName } = message;
  const earlier = state.registry.clients.get(clientId);
  const [cleared, farewell] =
    earlier === undefined
      ? ([state, []] as Stepped)
      : onClientGone(config, state, earlier.connection, atMs);
  const registry = withClient(cleared.registry, { clientId, name, connection });
  const { serverId } = config;
  const welcome: CoordinatorEffect[] = [
    { type: 'watch-lock', connection, lockName },
    {
      type: 'send',
      connection,
      message: { type: 'welcome', protocolVersion: PROTOCOL_VERSION, serverId },
    },
  ];
  if (earlier !== undefined) welcome.push({ type: 'disconnect', connection: earlier.connection });
  const [next, effects] = advanceRun(
    config,
    { ...cleared, registry },
    { type: 'client-joined' },
    atMs,
  );
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
  return advanceRun(config, { ...state, registry }, { type: 'client-left', clientId }, atMs);
}

// Dashboards

function onDashboardSaid(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
): Stepped {
  const { message, atMs } = event;
  switch (message.type) {
    case 'watch':
      return message.protocolVersion === PROTOCOL_VERSION
        ? answered(event, [state, []], { ok: true, result: { serverId: config.serverId } })
        : answered(
            event,
            [state, []],
            refusal('wrong-version', 'Reload this tab: the server runs another version.'),
          );
    case 'start-run':
      return onStartRun(config, state, event, message.config, message.withTwin);
    case 'get-model':
      return onGetModel(state, event, message.runId);
    case 'get-history':
      return onGetHistory(state, event, message.runId);
    case 'clear-archive':
      return onClearArchive(state, event);
    case 'pause-run':
    case 'continue-run':
    case 'stop-run': {
      const problem = commandProblem(state.run, message.type, message.runId);
      if (problem !== null) return answered(event, [state, []], problem);
      const type =
        `${message.type.slice(0, -'-run'.length) as 'pause' | 'continue' | 'stop'}-asked` as const;
      const stepped = advanceRun(config, state, { type }, atMs);
      return answered(event, stepped, { ok: true, result: null });
    }
    default:
      return answered(event, [state, []], refusal('not-now', 'There is no study.'));
  }
}

function answered(event: DashboardSaid, [state, effects]: Stepped, outcome: Answer): Stepped {
  const { requestId } = event.message;
  const message = { type: 'answer', requestId, outcome } as const;
  return [state, [...effects, { type: 'answer', connection: event.connection, message }]];
}

function refusal(code: ErrorCode, text: string): Answer {
  return { ok: false, code, text };
}

function commandProblem(
  run: RunState | null,
  command: 'pause-run' | 'continue-run' | 'stop-run',
  runId: string,
): Answer | null {
  if (run === null || run.runId !== runId) {
    return refusal('foreign-run', 'That run is not at the table any more.');
  }
  if (isOver(run)) return refusal('not-now', 'The run is over.');
  const { phase } = run.stage;
  if (phase === 'concluding') return refusal('not-now', 'The run is just finishing.');
  if (command === 'pause-run' && phase === 'paused') {
    return refusal('not-now', 'The run is paused already.');
  }
  if (command === 'continue-run' && phase !== 'paused') {
    return refusal('not-now', 'The run is not paused.');
  }
  return null;
}

function onStartRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  runConfig: RunConfig,
  withTwin: boolean,
): Stepped {
  const refuseWith = (text: string) => answered(event, [state, []], refusal('not-now', text));
  if (state.run !== null && !isOver(state.run)) {
    return refuseWith('A run is going on. Stop it before you start another.');
  }
  if (runConfig.minimumClients > runConfig.clients) {
    const { minimumClients, clients } = runConfig;
    return refuseWith(
      `The minimum of ${minimumClients} clients is more than the ${clients} seats. Lower the minimum or add seats.`,
    );
  }
  const { freshRunId: runId, atMs } = event;
  const isTwinned = withTwin && runConfig.encryption !== 'plaintext';
  let run: RunState;
  try {
    run = newRun(config, state, {
      runId,
      config: runConfig,
      withTwin: isTwinned,
      twinOf: null,
      trialOf: null,
      atMs,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return refuseWith(`No encryption parameters fit this configuration: ${reason}`);
  }
  const over = [state.run, state.pair].flatMap((earlier) => (earlier === null ? [] : [earlier]));
  const archive = [...over.map(summaryOf), ...state.archive];
  const next = { ...state, run, pair: null, archive };
  const stepped = advanceRun(config, next, { type: 'started' }, atMs);
  return answered(event, stepped, { ok: true, result: { runId } });
}

/** Throws what `chooseParameters` throws. */
function newRun(
  config: CoordinatorConfig,
  { heldKeys, server }: CoordinatorState,
  start: {
    readonly runId: string;
    readonly config: RunConfig;
    readonly withTwin: boolean;
    readonly twinOf: string | null;
    readonly trialOf: TrialPlace | null;
    readonly atMs: number;
  },
): RunState {
  const { atMs, ...named } = start;
  const parameters = parametersFor(config, start.config);
  return {
    ...named,
    config: v.parse(runConfigSchema, start.config),
    parameters,
    startedAtMs: atMs,
    endedAtMs: null,
    seats: Array<null>(start.config.clients).fill(null),
    members: new Map(),
    barred: new Set(),
    keys: keysFor(parameters, heldKeys, server.keyEpoch),
    committed: {
      round: -1,
      sealedWeights: null,
      weightsSha256: null,
      rangeExponents: [],
      rangesLargest: 0,
    },
    attempt: 1,
    abandonedRounds: 0,
    failureStreak: 0,
    history: [],
    test: null,
    note: null,
    stage: justStarted,
  };
}

function onGetModel(state: CoordinatorState, event: DashboardSaid, runId: string): Stepped {
  const run = [state.run, state.pair].find((known) => known?.runId === runId);
  if (run === null || run === undefined) return fromStorage(state, event, 'get-model', runId);
  const round = Math.max(0, run.committed.round);
  const result = { runId, round, sealedWeights: run.committed.sealedWeights };
  return answered(event, [state, []], { ok: true, result });
}

function onGetHistory(state: CoordinatorState, event: DashboardSaid, runId: string): Stepped {
  const run = [state.run, state.pair].find((known) => known?.runId === runId);
  if (run === null || run === undefined) return fromStorage(state, event, 'get-history', runId);
  return answered(event, [state, []], { ok: true, result: { runId, history: run.history } });
}

function fromStorage(
  state: CoordinatorState,
  { connection, message }: DashboardSaid,
  command: 'get-history' | 'get-model',
  runId: string,
): Stepped {
  const { requestId } = message;
  return [state, [{ type: 'answer-from-storage', connection, requestId, command, runId }]];
}

function onClearArchive(state: CoordinatorState, event: DashboardSaid): Stepped {
  const runIds = state.archive.map(({ runId }) => runId);
  const ticket = state.nextTicket;
  const effects: CoordinatorEffect[] =
    runIds.length === 0
      ? []
      : [{ type: 'persist', ticket, change: { type: 'delete-runs', runIds } }];
  const next = {
    ...state,
    archive: runIds.length === 0 ? state.archive : [],
    nextTicket: ticket + 1,
  };
  return answered(event, [next, effects], { ok: true, result: null });
}

// Twins

function startTwinOf(config: CoordinatorConfig, state: CoordinatorState, atMs: number): Stepped {
  const { run } = state;
  if (run === null || !run.withTwin || run.stage.phase !== 'finished' || state.pair !== null) {
    return [state, []];
  }
  const twin = newRun(config, state, {
    runId: `twin-${run.runId}`.slice(0, 64),
    config: { ...run.config, encryption: 'plaintext' },
    withTwin: false,
    twinOf: run.runId,
    trialOf: null,
    atMs,
  });
  return advanceRun(config, { ...state, run: twin, pair: run }, { type: 'started' }, atMs);
}

/** The twin is over: the encrypted run is shown again, with the differences that were measured. */
function changePlaces(state: CoordinatorState): Stepped {
  const { run: twin, pair: first } = state;
  if (twin === null || first === null) return [state, []];
  const differences = new Map(twin.history.map((record) => [record.round, record.twinDifference]));
  const history = first.history.map((record) => ({
    ...record,
    twinDifference: differences.get(record.round) ?? null,
  }));
  const run: RunState = { ...first, history, withTwin: false, members: twin.members };
  const ticket = state.nextTicket;
  const change = {
    type: 'save-run',
    run: persistentRun(run),
    sealedWeights: null,
    sealedKeys: null,
  } as const;
  return [
    { ...state, run, pair: twin, nextTicket: ticket + 1 },
    [{ type: 'persist', ticket, change }],
  ];
}
