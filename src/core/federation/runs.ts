// Which runs the coordinator knows, and whose a client is. Trials may run side by side: each of their
// runs has clients of its own, and a client belongs to one unfinished run at most.
import type { Presence } from './run/run-step.ts';
import { isOver, type RunState } from './run/run-state.ts';
import type { Registry } from './registry.ts';

/** Runs that clients may belong to. */
export interface Runs {
  /** The run at the table. */
  readonly run: RunState | null;
  /** Those of further trials, beside it. */
  readonly beside: readonly RunState[];
}

/** The same with the clients that are there. */
interface Attendance extends Runs {
  readonly registry: Registry;
}

/** The one at the table first. */
export function runsOf({ run, beside }: Runs): readonly RunState[] {
  return run === null ? beside : [run, ...beside];
}

/** Those that go on or are paused. */
export function unfinishedRuns(state: Runs): readonly RunState[] {
  return runsOf(state).filter((run) => !isOver(run));
}

export function runOf(state: Runs, runId: string): RunState | null {
  return runsOf(state).find((run) => run.runId === runId) ?? null;
}

/** Clients that the run may seat: those that are there and belong to no other run. */
export function presentFor(state: Attendance, runId: string): readonly Presence[] {
  return belongingTo(state, (owner) => owner === null || owner === runId);
}

/** Clients that are there and belong to no unfinished run. */
export function freeClients(state: Attendance): ReadonlySet<string> {
  return new Set(belongingTo(state, (owner) => owner === null).map(({ clientId }) => clientId));
}

function belongingTo(
  state: Attendance,
  isWanted: (runId: string | null) => boolean,
): readonly Presence[] {
  const owners = ownersOf(state);
  return [...state.registry.clients.values()].filter(({ clientId }) =>
    isWanted(owners.get(clientId) ?? null),
  );
}

/**
 * The run of each client: the one that has seated it, otherwise the one that keeps its seat for it. Of
 * several that do (after a restart, from what was saved at different times) the first.
 */
function ownersOf(state: Runs): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  const unfinished = unfinishedRuns(state);
  for (const { runId, members } of unfinished) {
    for (const { clientId, shown } of members.values()) {
      if (shown.standing !== 'left') owners.set(clientId, runId);
    }
  }
  for (const { runId, seats } of unfinished) {
    for (const clientId of seats) {
      if (clientId !== null && !owners.has(clientId)) owners.set(clientId, runId);
    }
  }
  return owners;
}
