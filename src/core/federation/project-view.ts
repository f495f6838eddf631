// The server's view: a projection of the coordinator's state in slices. A slice, and a client's
// entry in it, keeps its identity while nothing in it changed, so that the shell can tell by
// reference what to send.
import type {
  ClientView,
  RunArchive,
  RunSummary,
  RunView,
  ServerSees,
  ServerSlice,
  ServerView,
  StudyView,
  TrialView,
} from '../protocol/view.ts';
import { timeLeftMs } from './run/metrics.ts';
import { keepIfSame } from './persistent-map.ts';
import type { Registry } from './registry.ts';
import { studyView } from './study/study-view.ts';
import { roundNow, visiblePhase, type Member, type RunState } from './run/run-state.ts';
import { runsOf } from './runs.ts';
import type { StudyState } from './coordinator-state.ts';
import { summaryOf } from './run/run-summary.ts';

export interface ViewSources {
  readonly server: ServerSlice;
  readonly registry: Registry;
  readonly run: RunState | null;
  readonly beside: readonly RunState[];
  readonly pair: RunState | null;
  readonly archive: readonly RunSummary[];
  readonly study: StudyState | null;
  readonly sees: ServerSees;
}

export function projectView(sources: ViewSources, previous: ServerView | null): ServerView {
  const { run, beside, pair, study } = sources;
  const view: ServerView = {
    server: keepFields(previous?.server, sources.server),
    clients: clientViews(sources, previous?.clients ?? []),
    run: run === null ? null : runView(run, previous),
    beside: keepIfSame(
      previous?.beside,
      beside.map((each) => runView(each, previous)),
    ),
    history: run === null ? (previous?.run === null ? previous.history : []) : run.history,
    twin: pair === null ? null : archiveOf(pair, previous?.twin ?? null),
    archive: sources.archive,
    sees: sources.sees,
    study:
      study === null ? null : keepDeep(previous?.study ?? null, studyView(study, runsOf(sources))),
    trials: study?.trialViews ?? NO_TRIALS,
  };
  return keepFields(previous, view);
}

/**
 * Seats first, departed clients included; then who has a seat in a run beside the table; then spares in the
 * order in which they came.
 */
function clientViews(
  { registry, run, beside }: ViewSources,
  previous: readonly ClientView[],
): readonly ClientView[] {
  const earlier = new Map(previous.map((client) => [client.clientId, client]));
  // Once a run is over nobody is seated again: who left and came back is a spare.
  const members = [...(run?.members.values() ?? [])]
    .filter(({ clientId, standing }) => standing !== 'left' || !registry.clients.has(clientId))
    .sort((a, b) => a.seat - b.seat);
  const nameOf = ({ clientId }: Member) =>
    registry.clients.get(clientId)?.name ?? earlier.get(clientId)?.name ?? '';
  const seated = members.map((member) => memberView(member, nameOf(member), run!.runId));
  const atWork = beside.flatMap(({ runId, members: others }) =>
    [...others.values()]
      .filter(({ standing }) => standing !== 'left')
      .map((member) => ({ ...memberView(member, nameOf(member), runId), seat: null })),
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

function memberView(member: Member, name: string, runId: string): ClientView {
  const {
    connection: _connection,
    holds: _holds,
    awaited: _awaited,
    serial: _serial,
    numUnanswered: _numUnanswered,
    rangeExponents: _rangeExponents,
    ...shown
  } = member;
  return { ...shown, name, runId };
}

const NO_TRIALS: readonly TrialView[] = [];
const NO_LABELS: readonly number[] = [];
const NO_SEGMENTS: ClientView['lastSegments'] = [];

function spareView(clientId: string, name: string): ClientView {
  return {
    clientId,
    name,
    standing: 'spare',
    runId: null,
    seat: null,
    phase: 'idle',
    fraction: 0,
    backend: null,
    numExamples: 0,
    labelHistogram: NO_LABELS,
    lastSegments: NO_SEGMENTS,
    lastUpdateBytes: 0,
    totalUpdateBytes: 0,
    lastAccuracy: null,
    trouble: null,
    troubleDetail: null,
  };
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
