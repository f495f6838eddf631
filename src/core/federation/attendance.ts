// Whose a client is. Trials may run side by side: each of their runs has clients of its own, and a client
// belongs to one unfinished run at most. This is asked at every event and changes only when somebody comes,
// leaves or is seated, so it is kept until then: with n clients a round has some seven events for each.
import { keepIfSame } from './persistent-map.ts';
import type { Registry } from './registry.ts';
import type { RunState } from './run/run-state.ts';
import type { Presence } from './run/run-step.ts';
import { unfinishedRuns, type Runs } from './runs.ts';

/** Which clients a run may seat, in the order in which they joined. */
export interface Attendance {
  /** By run that is not over: clients that are its own or nobody's. */
  readonly present: ReadonlyMap<string, readonly Presence[]>;
  /** Clients that belong to no unfinished run. */
  readonly free: ReadonlySet<string>;
  /** What it was made from: it holds while these are the same. */
  readonly sources: readonly unknown[];
}

export const nobodyThere: Attendance = { present: new Map(), free: new Set(), sources: [] };

/** The attendance now: `previous`, if it still holds. */
export function attendanceOf(previous: Attendance, { clients }: Registry, runs: Runs): Attendance {
  const unfinished = unfinishedRuns(runs);
  const sources = [
    clients,
    ...unfinished.flatMap(({ runId, here, seats }) => [runId, here, seats]),
  ];
  if (keepIfSame(previous.sources, sources) === previous.sources) return previous;
  const owners = ownersOf(unfinished);
  const present = new Map(unfinished.map(({ runId }) => [runId, [] as Presence[]]));
  const free = new Set<string>();
  for (const client of clients.values()) {
    const owner = owners.get(client.clientId);
    if (owner === undefined) free.add(client.clientId);
    for (const [runId, own] of present) if ((owner ?? runId) === runId) own.push(client);
  }
  return { present, free, sources };
}

/**
 * The run of each client: the one that has seated it, otherwise the one that keeps its seat for it. Of
 * several that do (after a restart, from what was saved at different times) the first.
 */
function ownersOf(unfinished: readonly RunState[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { runId, here } of unfinished) {
    for (const clientId of here) owners.set(clientId, runId);
  }
  for (const { runId, seats } of unfinished) {
    for (const clientId of seats) {
      if (clientId !== null && !owners.has(clientId)) owners.set(clientId, runId);
    }
  }
  return owners;
}
