// A run and its plaintext twin share everything but the encryption, so the difference of their
// weights is what encryption did. This client remembers the weights after each of the first rounds
// of its last run and compares them when the twin reaches the same round.
import { twinKey, type RunConfig } from '../core/experiment/run-config.ts';

/** Rounds remembered: 50 rounds of the default model are 20 MB. */
const MAX_ROUNDS = 50;

export interface TwinMemory {
  /** A run begins (or goes on): what was recorded of another run becomes the twin to compare with. */
  begin(runId: string, config: RunConfig): void;
  /** `contributors` says whose updates are in the round; rounds of other contributors are no twins. */
  record(runId: string, round: number, contributors: string, weights: Float32Array): void;
  /**
   * Largest |difference| to the twin's weights after this round; null where none are remembered or
   * where the two runs had different contributors on the way.
   */
  difference(
    runId: string,
    round: number,
    contributors: string,
    weights: Float32Array,
  ): number | null;
}

interface Recorded {
  readonly runId: string;
  readonly twinKey: string;
  readonly rounds: Map<number, { readonly contributors: string; readonly weights: Float32Array }>;
}

export function createTwinMemory(): TwinMemory {
  let current: Recorded | null = null;
  let previous: Recorded | null = null;
  return {
    begin(runId, config) {
      if (current?.runId === runId) return;
      previous = current;
      current = { runId, twinKey: twinKey(config), rounds: new Map() };
    },
    record(runId, round, contributors, weights) {
      if (current?.runId === runId && round <= MAX_ROUNDS) {
        current.rounds.set(round, { contributors, weights });
      }
    },
    difference(runId, round, contributors, weights) {
      if (current?.runId !== runId || previous?.twinKey !== current.twinKey) return null;
      for (let earlier = 1; earlier < round; earlier++) {
        const [ours, theirs] = [current.rounds.get(earlier), previous.rounds.get(earlier)];
        if (ours === undefined || ours.contributors !== theirs?.contributors) return null;
      }
      const twin = previous.rounds.get(round);
      return twin?.contributors === contributors ? largestDifference(weights, twin.weights) : null;
    },
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
