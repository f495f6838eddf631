// Where a round's time went, for the clients that everybody waited for: stretches one after the other
// that add up to the round's whole time. (The largest time of each phase over all clients does not:
// while one client encrypts, another still trains.)
import type { ClientPhase, PhaseSegment } from '../../protocol/client-messages.ts';
import type { RoundPath } from '../../protocol/view.ts';

export interface RoundTimes {
  readonly openedAtMs: number;
  /** When the sum went out to the clients; round 0, which has none: when it opened. */
  readonly releasedAtMs: number;
  readonly committedAtMs: number;
  /** Of the contributors. */
  readonly updates: readonly {
    readonly arrivedAtMs: number;
    readonly segments: readonly PhaseSegment[];
  }[];
  /** Time that the server spent adding, ms. */
  readonly sumMs: number;
  /** Segments of each evaluation that came back. */
  readonly evaluations: readonly (readonly PhaseSegment[])[];
}

/**
 * The last update's client until that update is in, the server until the sum is out, and from there
 * the client whose evaluation took longest. A client's clock is another one than the server's, so a
 * phase counts for no more than the stretch that it lies in.
 */
export function criticalPath(times: RoundTimes): RoundPath {
  const { openedAtMs, releasedAtMs, committedAtMs, updates, sumMs, evaluations } = times;
  const lastUpdate = latest(updates, ({ arrivedAtMs }) => arrivedAtMs);
  const arrivedAtMs = lastUpdate?.arrivedAtMs ?? openedAtMs;
  const before = stretch(arrivedAtMs - openedAtMs);
  const between = stretch(releasedAtMs - arrivedAtMs);
  const after = stretch(committedAtMs - releasedAtMs);
  const evaluation = latest(evaluations, endMs) ?? [];
  return {
    train: before.take(phaseMs(lastUpdate?.segments ?? [], 'training')),
    encrypt: before.take(phaseMs(lastUpdate?.segments ?? [], 'encrypting')),
    upload: before.rest(),
    sum: between.take(sumMs),
    wait: between.rest(),
    decrypt: after.take(phaseMs(evaluation, 'decrypting')),
    evaluate: after.take(phaseMs(evaluation, 'evaluating')),
    answer: after.rest(),
  };
}

/** Time to be given out. */
function stretch(ms: number) {
  let leftMs = Math.max(0, ms);
  const take = (askedMs: number) => {
    const takenMs = Math.min(Math.max(0, askedMs), leftMs);
    leftMs -= takenMs;
    return takenMs;
  };
  return { take, rest: () => take(Infinity) };
}

function latest<Item>(items: readonly Item[], atMs: (item: Item) => number): Item | undefined {
  return items.toSorted((a, b) => atMs(b) - atMs(a))[0];
}

function endMs(segments: readonly PhaseSegment[]): number {
  return Math.max(0, ...segments.map((segment) => segment.endMs));
}

function phaseMs(segments: readonly PhaseSegment[], phase: ClientPhase): number {
  const own = segments.filter((segment) => segment.phase === phase);
  return own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}
