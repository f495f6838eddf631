// What is at the table: the run that goes on (or the last one) and its twin, beside it the runs of further
// trials, and the archive of earlier runs. A run is put there, advanced, and cleared away by the next one.
import * as v from 'valibot';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { TrialPlace } from '../protocol/view.ts';
import type { CoordinatorConfig } from './coordinator-types.ts';
import { keysFor, usedEpoch } from './run/key-making.ts';
import { runConfigSchema, type RunConfig } from '../experiment/run-config.ts';
import { stepRun, type RunEvent } from './run/run-machine.ts';
import {
  isOver,
  justStarted,
  parametersFor,
  persistentRun,
  type RunState,
} from './run/run-state.ts';
import { presentFor, runOf, unfinishedRuns } from './runs.ts';
import type { CoordinatorState, Stepped } from './coordinator-state.ts';
import { summaryOf } from './run/run-summary.ts';

/** Lets one run take the event, and draws the consequences of its end. */
export function advanceRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  runId: string,
  event: RunEvent,
  atMs: number,
): Stepped {
  const before = runOf(state, runId);
  if (before === null) return [state, []];
  const outcome = stepRun(config, before, event, {
    atMs,
    present: presentFor(state, runId),
    lastEpoch: state.server.keyEpoch,
    nextTicket: state.nextTicket,
  });
  const { run, nextTicket, rejections } = outcome;
  const next = counted(withRun({ ...state, nextTicket }, run), rejections);
  const effects = [...outcome.effects];
  if (!isOver(run) || isOver(before)) return [next, effects];
  const [after, more] = run.twinOf === null ? startTwinOf(config, next, atMs) : changePlaces(next);
  return [after, [...effects, ...more]];
}

/** Lets each of these runs take the event, in this order. */
export function advanceRuns(
  config: CoordinatorConfig,
  [state, effects]: Stepped,
  runs: readonly RunState[],
  event: RunEvent,
  atMs: number,
): Stepped {
  const all = [...effects];
  for (const { runId } of runs) {
    const [next, more] = advanceRun(config, state, runId, event, atMs);
    state = next;
    all.push(...more);
  }
  return [state, all];
}

/** Clients that belong to no run take seats that are empty. */
export function seatFreeClients(
  config: CoordinatorConfig,
  state: CoordinatorState,
  atMs: number,
): Stepped {
  return advanceRuns(config, [state, []], unfinishedRuns(state), { type: 'client-joined' }, atMs);
}

/** With this run in place of what it was, and what is known of keys. */
function withRun(state: CoordinatorState, run: RunState): CoordinatorState {
  const isAtTable = state.run?.runId === run.runId;
  return withKeysOf(
    {
      ...state,
      run: isAtTable ? run : state.run,
      beside: isAtTable
        ? state.beside
        : state.beside.map((each) => (each.runId === run.runId ? run : each)),
    },
    run,
  );
}

/** The server's last key epoch, and the newest keys that a later run may use again. */
export function withKeysOf(state: CoordinatorState, { keys, parameters }: RunState) {
  const { server, heldKeys } = state;
  const keyEpoch = Math.max(server.keyEpoch, usedEpoch(keys));
  const isNewest = keys.status === 'present' && (heldKeys === null || keys.epoch > heldKeys.epoch);
  return {
    ...state,
    heldKeys: isNewest ? { epoch: keys.epoch, sealed: keys.sealed, parameters } : heldKeys,
    server: keyEpoch === server.keyEpoch ? server : { ...server, keyEpoch },
  };
}

export function counted(state: CoordinatorState, codes: readonly ErrorCode[]): CoordinatorState {
  if (codes.length === 0) return state;
  const rejections = { ...state.server.rejections };
  for (const code of codes) rejections[code] = (rejections[code] ?? 0) + 1;
  return { ...state, server: { ...state.server, rejections } };
}

/** Throws what `chooseParameters` throws. */
export function newRun(
  config: CoordinatorConfig,
  { heldKeys, server }: CoordinatorState,
  start: {
    readonly runId: string;
    readonly config: RunConfig;
    readonly withTwin: boolean;
    readonly twinOf: string | null;
    readonly trialOf: TrialPlace | null;
    readonly skipsTest: boolean;
    readonly atMs: number;
  },
): RunState {
  const { atMs, ...named } = start;
  const parameters = parametersFor(config, start.config);
  return {
    ...named,
    config: v.parse(runConfigSchema, start.config),
    parameters,
    isPruned: false,
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

/** Puts a run at the table; what was there goes to the archive. */
export function takeTable(
  config: CoordinatorConfig,
  state: CoordinatorState,
  run: RunState,
  atMs: number,
): Stepped {
  const next = { ...archived(state, [state.run, state.pair], run.runId), run, pair: null };
  return advanceRun(config, next, run.runId, { type: 'started' }, atMs);
}

/** A run that is over and whose place the next trial takes; null where it gets one of its own. */
export function placeToTake({ run, beside }: CoordinatorState): RunState | null {
  return run === null || isOver(run) ? run : (beside.find(isOver) ?? null);
}

/** Puts a trial's run in the place of one that is over, otherwise beside the others. */
export function takePlace(
  config: CoordinatorConfig,
  state: CoordinatorState,
  run: RunState,
  atMs: number,
): Stepped {
  const earlier = placeToTake(state);
  if (earlier === state.run) return takeTable(config, state, run, atMs);
  const beside =
    earlier === null
      ? [...state.beside, run]
      : state.beside.map((each) => (each === earlier ? run : each));
  const next = { ...archived(state, [earlier], run.runId), beside };
  return advanceRun(config, next, run.runId, { type: 'started' }, atMs);
}

/**
 * Runs beside the table that are over go to the archive, and one that goes on takes the table from one
 * that is over. The same state where there is nothing to clear away.
 */
export function cleared(state: CoordinatorState): CoordinatorState {
  const { run, pair, beside } = state;
  const isTableFree = run === null || isOver(run);
  const unfinished = beside.filter((each) => !isOver(each));
  const [first] = unfinished;
  if (isTableFree && first !== undefined) {
    const over = [...beside.filter(isOver), run, pair];
    return {
      ...archived(state, over, first.runId),
      run: first,
      pair: null,
      beside: unfinished.slice(1),
    };
  }
  if (unfinished.length === beside.length) return state;
  return { ...archived(state, beside.filter(isOver), run?.runId ?? null), beside: unfinished };
}

/** With these runs in the archive, but for the one with `runId`, which goes on under its number. */
function archived(
  state: CoordinatorState,
  runs: readonly (RunState | null)[],
  runId: string | null,
): CoordinatorState {
  const summaries = runs.flatMap((run) => (run === null ? [] : [summaryOf(run)]));
  const archive = [...summaries, ...state.archive].filter((summary) => summary.runId !== runId);
  return { ...state, archive };
}

export function startTwinOf(
  config: CoordinatorConfig,
  state: CoordinatorState,
  atMs: number,
): Stepped {
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
    skipsTest: false,
    atMs,
  });
  const next = { ...state, run: twin, pair: run };
  return advanceRun(config, next, twin.runId, { type: 'started' }, atMs);
}

/** The twin is over: the encrypted run is shown again, with the differences that were measured. */
export function changePlaces(state: CoordinatorState): Stepped {
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
