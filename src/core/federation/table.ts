// What is at the table: the run that goes on (or the last one) and its twin, beside it the runs of further
// trials, and the archive of earlier runs. A run is put there, advanced, and cleared away by the next one.
import * as v from 'valibot';
import type { TrialPlace } from '../protocol/view.ts';
import { attend, change, count, persist, type CoordinatorStep } from './coordinator-step.ts';
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
import { runOf, unfinishedRuns } from './runs.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import { summaryOf } from './run/run-summary.ts';

/** Lets one run take the event, and draws the consequences of its end. */
export function advanceRun(step: CoordinatorStep, runId: string, event: RunEvent): void {
  const { config, atMs, state } = step;
  const before = runOf(state, runId);
  if (before === null) return;
  const { run, effects, rejections, nextTicket } = stepRun(config, before, event, {
    atMs,
    present: attend(step).present.get(runId) ?? [],
    lastEpoch: state.server.keyEpoch,
    nextTicket: state.nextTicket,
  });
  change(step, { nextTicket });
  replaceRun(step, run);
  count(step, rejections);
  step.effects.push(...effects);
  if (!isOver(run) || isOver(before)) return;
  if (run.twinOf === null) startTwin(step);
  else changePlaces(step);
}

/** Lets each of these runs take the event, in this order. */
export function advanceRuns(
  step: CoordinatorStep,
  runs: readonly RunState[],
  event: RunEvent,
): void {
  for (const { runId } of runs) advanceRun(step, runId, event);
}

/** Clients that belong to no run take seats that are empty. */
export function seatFreeClients(step: CoordinatorStep): void {
  advanceRuns(step, unfinishedRuns(step.state), { type: 'client-joined' });
}

/** This run in place of what it was, and what is known of keys. */
function replaceRun(step: CoordinatorStep, run: RunState): void {
  const { run: atTable, beside } = step.state;
  if (atTable?.runId === run.runId) change(step, { run });
  else change(step, { beside: beside.map((each) => (each.runId === run.runId ? run : each)) });
  keepKeysOf(step, run);
}

/** The server's last key epoch, and the newest keys that a later run may use again. */
export function keepKeysOf(step: CoordinatorStep, { keys, parameters }: RunState): void {
  const { server, heldKeys } = step.state;
  const keyEpoch = usedEpoch(keys);
  if (keyEpoch > server.keyEpoch) change(step, { server: { ...server, keyEpoch } });
  if (keys.status !== 'present' || (heldKeys !== null && keys.epoch <= heldKeys.epoch)) return;
  change(step, { heldKeys: { epoch: keys.epoch, sealed: keys.sealed, parameters } });
}

/** Throws what `chooseParameters` throws. */
export function newRun(
  { config, atMs, state: { heldKeys, server } }: CoordinatorStep,
  start: {
    readonly runId: string;
    readonly config: RunConfig;
    readonly withTwin: boolean;
    readonly twinOf: string | null;
    readonly trialOf: TrialPlace | null;
    readonly skipsTest: boolean;
  },
): RunState {
  const parameters = parametersFor(config, start.config);
  return {
    ...start,
    config: v.parse(runConfigSchema, start.config),
    parameters,
    isPruned: false,
    startedAtMs: atMs,
    endedAtMs: null,
    seats: Array<null>(start.config.clients).fill(null),
    members: new Map(),
    here: new Set(),
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
export function takeTable(step: CoordinatorStep, run: RunState): void {
  const { state } = step;
  archive(step, [state.run, state.pair], run.runId);
  change(step, { run, pair: null });
  advanceRun(step, run.runId, { type: 'started' });
}

/** A run that is over and whose place the next trial takes; null where it gets one of its own. */
export function placeToTake({ run, beside }: CoordinatorState): RunState | null {
  return run === null || isOver(run) ? run : (beside.find(isOver) ?? null);
}

/** Puts a trial's run in the place of one that is over, otherwise beside the others. */
export function takePlace(step: CoordinatorStep, run: RunState): void {
  const { state } = step;
  const earlier = placeToTake(state);
  if (earlier === state.run) return takeTable(step, run);
  archive(step, [earlier], run.runId);
  const beside =
    earlier === null
      ? [...state.beside, run]
      : state.beside.map((each) => (each === earlier ? run : each));
  change(step, { beside });
  advanceRun(step, run.runId, { type: 'started' });
}

/**
 * Runs beside the table that are over go to the archive, and one that goes on takes the table from one
 * that is over. Whether there was something to clear away.
 */
export function clearTable(step: CoordinatorStep): boolean {
  const { run, pair, beside } = step.state;
  const isTableFree = run === null || isOver(run);
  const over = beside.filter(isOver);
  const unfinished = beside.filter((each) => !isOver(each));
  const [first] = unfinished;
  if (isTableFree && first !== undefined) {
    archive(step, [...over, run, pair], first.runId);
    change(step, { run: first, pair: null, beside: unfinished.slice(1) });
    return true;
  }
  if (over.length === 0) return false;
  archive(step, over, run?.runId ?? null);
  change(step, { beside: unfinished });
  return true;
}

/** Puts these runs into the archive, but for the one with `runId`, which goes on under its number. */
function archive(
  step: CoordinatorStep,
  runs: readonly (RunState | null)[],
  runId: string | null,
): void {
  const summaries = runs.flatMap((run) => (run === null ? [] : [summaryOf(run)]));
  const all = [...summaries, ...step.state.archive];
  change(step, { archive: all.filter((summary) => summary.runId !== runId) });
}

/** Of the run at the table, if it has just finished and is to have one. */
export function startTwin(step: CoordinatorStep): void {
  const { run, pair } = step.state;
  if (run === null || !run.withTwin || run.stage.phase !== 'finished' || pair !== null) return;
  const twin = newRun(step, {
    runId: `twin-${run.runId}`.slice(0, 64),
    config: { ...run.config, encryption: 'plaintext' },
    withTwin: false,
    twinOf: run.runId,
    trialOf: null,
    skipsTest: false,
  });
  change(step, { run: twin, pair: run });
  advanceRun(step, twin.runId, { type: 'started' });
}

/** The twin is over: the encrypted run is shown again, with the differences that were measured. */
export function changePlaces(step: CoordinatorStep): void {
  const { run: twin, pair: first } = step.state;
  if (twin === null || first === null) return;
  const differences = new Map(twin.history.map((record) => [record.round, record.twinDifference]));
  const history = first.history.map((record) => ({
    ...record,
    twinDifference: differences.get(record.round) ?? null,
  }));
  const { members, here } = twin;
  const run: RunState = { ...first, history, withTwin: false, members, here };
  change(step, { run, pair: twin });
  persist(step, {
    type: 'save-run',
    run: persistentRun(run),
    sealedWeights: null,
    sealedKeys: null,
  });
}
