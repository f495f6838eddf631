// A run and its plaintext twin share everything but the encryption, so the difference of their
// weights is what encryption did. This client remembers the weights after each of the first rounds
// of its last run and compares them when the twin reaches the same round.
import { twinKey, type RunConfig } from '../core/federation/run-config.ts';

/** Rounds remembered: 50 rounds of the default model are 20 MB. */
const MAX_ROUNDS = 50;

export interface TwinMemory {
  /** A run begins (or goes on): what was recorded of another run becomes the twin to compare with. */
  begin(runId: string, config: RunConfig): void;
  record(runId: string, round: number, weights: Float32Array): void;
  /** Largest |difference| to the twin's weights after this round; null where none are remembered. */
  difference(runId: string, round: number, weights: Float32Array): number | null;
}

interface Recorded {
  readonly runId: string;
  readonly twinKey: string;
  readonly weightsByRound: Map<number, Float32Array>;
}

export function createTwinMemory(): TwinMemory {
  let current: Recorded | null = null;
  let previous: Recorded | null = null;
  return {
    begin(runId, config) {
      if (current?.runId === runId) return;
      previous = current;
      current = { runId, twinKey: twinKey(config), weightsByRound: new Map() };
    },
    record(runId, round, weights) {
      if (current?.runId === runId && round <= MAX_ROUNDS) {
        current.weightsByRound.set(round, weights);
      }
    },
    difference(runId, round, weights) {
      if (current?.runId !== runId || previous?.twinKey !== current.twinKey) return null;
      const twin = previous.weightsByRound.get(round);
      return twin === undefined ? null : largestDifference(weights, twin);
    },
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
