// The server's view: a projection of the coordinator's state in slices, made by whoever publishes it, when
// it is published. A slice, and a client's entry in it, keeps its identity while nothing in it changed, so
// that the shell can tell by reference what to send. Members and runs show what is listed here and in
// protocol/view.ts; a field that a machine adds for itself is not shown.
import type {
  ClientFacts,
  ClientView,
  RoundRecord,
  RunArchive,
  RunView,
  ServerView,
  StudyView,
  TrialView,
} from '../protocol/view.ts';
import { timeLeftMs } from './run/metrics.ts';
import { keepIfSame } from './persistent-map.ts';
import { studyView } from './study/study-view.ts';
import { roundNow, visiblePhase, type Member, type RunState } from './run/run-state.ts';
import { runsOf } from './runs.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import { summaryOf } from './run/run-summary.ts';

/** Projects one state after the other, each with the parts of the picture before it that still hold. */
export function createProjection(): (state: CoordinatorState) => ServerView {
  let latest: { readonly state: CoordinatorState; readonly view: ServerView } | null = null;
  return (state) => {
    if (latest?.state !== state) latest = { state, view: projectView(state, latest?.view ?? null) };
    return latest.view;
  };
}

/** The picture follows from `state` alone; `previous` gives the identities. */
export function projectView(state: CoordinatorState, previous: ServerView | null): ServerView {
  const { run, beside, pair, study } = state;
  const view: ServerView = {
    server: keepFields(previous?.server, state.server),
    clients: clientViews(state, previous?.clients ?? []),
    run: run === null ? null : runView(run, previous),
    beside: keepIfSame(
      previous?.beside,
      beside.map((each) => runView(each, previous)),
    ),
    history: run?.history ?? NO_ROUNDS,
    twin: pair === null ? null : archiveOf(pair, previous?.twin ?? null),
    archive: state.archive,
    sees: state.sees,
    study:
      study === null ? null : keepDeep(previous?.study ?? null, studyView(study, runsOf(state))),
    trials: study?.trialViews ?? NO_TRIALS,
  };
  return keepFields(previous, view);
}

/**
 * Seats first, departed clients included; then who has a seat in a run beside the table; then spares in the
 * order in which they came.
 */
function clientViews(
  { registry, run, beside }: CoordinatorState,
  previous: readonly ClientView[],
): readonly ClientView[] {
  const earlier = new Map(previous.map((client) => [client.clientId, client]));
  // Once a run is over nobody is seated again: who left and came back is a spare.
  const members = [...(run?.members.values() ?? [])]
    .filter(({ clientId, shown }) => shown.standing !== 'left' || !registry.clients.has(clientId))
    .sort((a, b) => a.seat - b.seat);
  const seated = members.map((member) => memberView(member, run!.runId, member.seat));
  const atWork = beside.flatMap(({ runId, members: others }) =>
    [...others.values()]
      .filter(({ shown }) => shown.standing !== 'left')
      .map((member) => memberView(member, runId, null)),
  );
  const known = new Set([...seated, ...atWork].map(({ clientId }) => clientId));
  const spares = [...registry.clients.values()]
    .filter(({ clientId }) => !known.has(clientId))
    .map(({ clientId, name }) => spareView(clientId, name));
  const next = [...seated, ...atWork, ...spares].map((client) =>
    keepFields(earlier.get(client.clientId), client),
  );
  return keepIfSame(previous, next);
}

function memberView(
  { clientId, name, shown }: Member,
  runId: string,
  seat: number | null,
): ClientView {
  return { ...shown, clientId, name, runId, seat };
}

const NO_ROUNDS: readonly RoundRecord[] = [];
const NO_TRIALS: readonly TrialView[] = [];
const spareFacts: ClientFacts = {
  standing: 'spare',
  phase: 'idle',
  fraction: 0,
  backend: null,
  numExamples: 0,
  labelHistogram: [],
  lastSegments: [],
  lastUpdateBytes: 0,
  totalUpdateBytes: 0,
  lastAccuracy: null,
  trouble: null,
  troubleDetail: null,
};

function spareView(clientId: string, name: string): ClientView {
  return { ...spareFacts, clientId, name, runId: null, seat: null };
}

function runView(run: RunState, before: ServerView | null): RunView {
  const { stage } = run;
  const previous = before === null ? null : earlierView(run.runId, before);
  const open =
    stage.phase === 'open' || stage.phase === 'summing'
      ? stage.open
      : stage.phase === 'applying'
        ? stage.closed?.open
        : undefined;
  const contributions = [...(open?.contributions ?? [])];
  const received = contributions.filter(([, { status }]) => status === 'received');
  const next: RunView = {
    runId: run.runId,
    config: run.config,
    phase: visiblePhase(run),
    round: roundNow(run),
    attempt: run.attempt,
    cohort: keepIfSame(
      previous?.cohort,
      contributions.map(([clientId]) => clientId),
    ),
    received: keepIfSame(
      previous?.received,
      received.map(([clientId]) => clientId),
    ),
    startedAtMs: run.startedAtMs,
    endedAtMs: run.endedAtMs,
    roundOpenedAtMs:
      open?.openedAtMs ??
      (stage.phase === 'applying' || stage.phase === 'committing'
        ? stage.openedAtMs
        : stage.phase === 'testing'
          ? stage.startedAtMs
          : null),
    deadlineAtMs: 'deadlineAtMs' in stage ? stage.deadlineAtMs : null,
    abandonedRounds: run.abandonedRounds,
    encryption: run.parameters,
    timeLeftMs: timeLeftMs(run.history, run.config.rounds),
    test: run.test,
    weightsSha256: run.committed.weightsSha256,
    note: run.note,
    twinOf: run.twinOf,
    trialOf: run.trialOf,
  };
  return keepFields(previous ?? undefined, next);
}

/** A run that takes the table keeps its view. */
function earlierView(runId: string, { run, beside }: ServerView): RunView | null {
  const views = run === null ? beside : [run, ...beside];
  return views.find((view) => view.runId === runId) ?? null;
}

function archiveOf(run: RunState, previous: RunArchive | null): RunArchive {
  const summary = keepFields(previous?.summary, summaryOf(run));
  return keepFields(previous ?? undefined, { summary, history: run.history });
}

/** The fields that are made anew for each picture are compared by their content. */
function keepDeep(previous: StudyView | null, next: StudyView): StudyView {
  if (previous === null) return next;
  const keep = <Name extends 'setup' | 'counts' | 'best'>(name: Name) =>
    keepFields(previous[name], next[name] ?? {}) as StudyView[Name];
  return keepFields(previous, {
    ...next,
    setup: keep('setup'),
    counts: keep('counts'),
    best: next.best === null ? null : keep('best'),
    running: isSameList(previous.running, next.running) ? previous.running : next.running,
  });
}

function isSameList(a: StudyView['running'], b: StudyView['running']): boolean {
  return a.length === b.length && a.every((trial, index) => keepFields(trial, b[index]!) === trial);
}

/** The previous object when every field is the same. */
function keepFields<Fields extends object>(
  previous: Fields | null | undefined,
  next: Fields,
): Fields {
  if (previous === null || previous === undefined) return next;
  const names = Object.keys(next) as (keyof Fields)[];
  const same =
    names.length === Object.keys(previous).length &&
    names.every((name) => Object.is(previous[name], next[name]));
  return same ? previous : next;
}
