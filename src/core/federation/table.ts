// What is at the table: the run that goes on (or the last one), beside it its twin, the archive of earlier
// runs. A run is put there, advanced, and cleared away by the next one.
import * as v from 'valibot';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type {
  RunSummary,
  ServerSees,
  ServerSlice,
  ServerView,
  TrialPlace,
} from '../protocol/view.ts';
import type { CoordinatorConfig, CoordinatorEffect } from './coordinator-types.ts';
import { keysFor, type HeldKeys } from './key-making.ts';
import type { Registry } from './registry.ts';
import { runConfigSchema, type RunConfig } from './run-config.ts';
import { stepRun, type RunEvent } from './run-machine.ts';
import { isOver, justStarted, parametersFor, persistentRun, type RunState } from './run-state.ts';
import type { StudyState } from './study-state.ts';
import { summaryOf } from './view.ts';

export interface CoordinatorState {
  readonly registry: Registry;
  /** The run at the table: going on, or the last one. */
  readonly run: RunState | null;
  /** While `run` is a twin: the run that it repeats. Afterwards: the twin of `run`. */
  readonly pair: RunState | null;
  readonly archive: readonly RunSummary[];
  /** The study at the table: going on, or the last one. */
  readonly study: StudyState | null;
  readonly heldKeys: HeldKeys | null;
  readonly nextTicket: number;
  readonly server: ServerSlice;
  readonly sees: ServerSees;
  readonly view: ServerView;
}

export type Stepped = [CoordinatorState, CoordinatorEffect[]];
/** Lets the run take the event, and draws the consequences of its end. */
export function advanceRun(
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
  const earlier = [state.run, state.pair].flatMap((each) => (each === null ? [] : [each]));
  const archive = [...earlier.map(summaryOf), ...state.archive].filter(
    ({ runId }) => runId !== run.runId,
  );
  return advanceRun(config, { ...state, run, pair: null, archive }, { type: 'started' }, atMs);
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
  return advanceRun(config, { ...state, run: twin, pair: run }, { type: 'started' }, atMs);
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
