// The running sums, one a run: opened when a round opens, fed with updates as they arrive, gone when they
// are released. What is asked for an attempt that is over, or for a run that has none, touches nothing.
import { createSummer } from '../core/encryption/create-summer.ts';
import { SchemeError, type SchemeParameters, type Summer } from '../core/encryption/scheme.ts';
import type { RoundKey } from '../core/protocol/round-key.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Sums {
  /** An empty sum for this attempt, in place of any other of the run. */
  open(key: RoundKey, parameters: SchemeParameters): void;
  /** null: the attempt is not the one whose sum is open. An update that is refused has changed nothing. */
  add(key: RoundKey, seat: number, payload: Bytes): { accepted: boolean; addMs: number } | null;
  /** null as above. Nothing is kept of the sum. */
  release(key: RoundKey): { sum: Bytes; sumMs: number } | null;
  drop(runId: string): void;
}

export function createSums(): Sums {
  const sums = new Map<string, { readonly attempt: string; readonly summer: Summer }>();

  function summerOf(key: RoundKey): Summer | null {
    const sum = sums.get(key.runId);
    return sum?.attempt === attemptOf(key) ? sum.summer : null;
  }

  return {
    open(key, parameters) {
      sums.set(key.runId, { attempt: attemptOf(key), summer: createSummer(parameters) });
    },

    add(key, seat, payload) {
      const summer = summerOf(key);
      if (summer === null) return null;
      const startMs = performance.now();
      const accepted = isAccepted(summer, seat, payload);
      return { accepted, addMs: performance.now() - startMs };
    },

    release(key) {
      const summer = summerOf(key);
      if (summer === null) return null;
      const startMs = performance.now();
      const sum = summer.result();
      sums.delete(key.runId);
      return { sum, sumMs: performance.now() - startMs };
    },

    drop(runId) {
      sums.delete(runId);
    },
  };
}

function isAccepted(summer: Summer, seat: number, payload: Bytes): boolean {
  try {
    summer.add(payload, seat);
    return true;
  } catch (error) {
    if (error instanceof SchemeError) return false;
    throw error;
  }
}

function attemptOf(key: RoundKey): string {
  return `${key.round}/${key.attempt}`;
}
