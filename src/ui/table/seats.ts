// Who sits where: the server's clients laid over the seats of the run at the table or, before the
// first run, over the seats that the configuration would have. Pure; the picture, its text twin and
// the clients' table all derive from it.
import type { ClientView, RunView } from '../../core/protocol/view.ts';

export interface Seating {
  /** [numSeats], null for an empty seat. */
  readonly seats: readonly (ClientView | null)[];
  /** Connected clients that no run has seated. */
  readonly standingBy: readonly ClientView[];
}

/** What happens to one client's update in this round. */
export type UpdateState =
  /** Nothing to show yet. */
  | 'none'
  | 'being-sealed'
  | 'travelling'
  /** In the server's sum. */
  | 'added'
  /** The sum is back at this client and being opened. */
  | 'opening';

/** With no run, clients sit down in the order in which the server lists them. */
export function seatClients(
  clients: readonly ClientView[],
  run: RunView | null,
  draftSeats: number,
): Seating {
  if (run === null) {
    const present = clients.filter(({ standing }) => standing !== 'left');
    return {
      seats: Array.from({ length: draftSeats }, (_, seat) => present[seat] ?? null),
      standingBy: present.slice(draftSeats),
    };
  }
  const seats: (ClientView | null)[] = Array<null>(run.config.clients).fill(null);
  for (const client of clients) {
    if (client.seat === null || client.seat >= seats.length) continue;
    // A seat that was left and given to another client belongs to the one who is there.
    const sitting = seats[client.seat];
    if (sitting == null || sitting.standing === 'left') seats[client.seat] = client;
  }
  return {
    seats,
    standingBy: clients.filter(({ runId, standing }) => runId === null && standing !== 'left'),
  };
}

/** The run that has seated the client, at the table or beside it; for others the one at the table. */
export function runOfClient(
  { runId }: ClientView,
  run: RunView | null,
  beside: readonly RunView[],
): RunView | null {
  return beside.find((each) => each.runId === runId) ?? run;
}

/** Where a client without a seat at the table is: "no seat", or "in trial 4" of its own run. */
export function placeWords({ runId }: ClientView, own: RunView | null): string {
  return own?.runId === runId && own?.trialOf != null
    ? `in trial ${own.trialOf.number}`
    : 'no seat';
}

export function isAsked(client: ClientView, run: RunView | null): boolean {
  return run === null || run.cohort.length === 0 || run.cohort.includes(client.clientId);
}

export function updateState(client: ClientView, run: RunView | null): UpdateState {
  if (run === null || client.standing === 'left' || client.standing === 'failed') return 'none';
  if (run.phase === 'open') {
    if (run.received.includes(client.clientId)) return 'added';
    if (client.phase === 'encrypting') return 'being-sealed';
    return client.phase === 'sending' ? 'travelling' : 'none';
  }
  return client.phase === 'decrypting' ? 'opening' : 'none';
}

/** Equal in everything that is shown, so that a repeated view draws nothing again. */
export function sameClient(a: ClientView | null, b: ClientView | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return (Object.keys(a) as (keyof ClientView)[]).every((key) => sameValue(a[key], b[key]));
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) =>
      sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
