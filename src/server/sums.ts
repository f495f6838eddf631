// The running sums, one a run: opened when a round opens, fed with updates as they arrive, released
// when it closes. Work for one run is done in the order it was asked for; work for another run, or
// for an attempt that is over, touches nothing.
import {
  SchemeError,
  type SchemeErrorCode,
  type SchemeParameters,
  type Summer,
} from '../core/encryption/scheme.ts';
import type { RoundKey } from '../core/protocol/round-key.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type AddOutcome = { readonly ok: true } | { readonly ok: false; readonly code: SchemeErrorCode };

interface RunSum {
  /** Parameters of the summer, as text: the same summer serves round after round. */
  parametersText: string;
  summer: Summer | null;
  /** `round/attempt` that the sum is for. */
  holder: string;
  tail: Promise<unknown>;
}

export interface Sums {
  /**
   * Loads the engine and what the parameters ask of it and warms both up, so that the first round need
   * not wait. A round that opens meanwhile does not wait for the warm-up either.
   */
  prepare(runId: string, parameters: SchemeParameters): void;
  open(key: RoundKey, parameters: SchemeParameters): void;
  /** null: the attempt is not the one whose sum is open. `engine-broken`: it could not be opened. */
  add(key: RoundKey, payload: Bytes): Promise<{ outcome: AddOutcome; addMs: number } | null>;
  /** null as above. The sum is null when the engine broke; the next attempt gets a new one. */
  release(key: RoundKey): Promise<{ sum: Bytes | null; sumMs: number } | null>;
  drop(runId: string): void;
}

export interface SumEngine {
  createSummer(parameters: SchemeParameters): Promise<Summer>;
  /** Works on made-up updates and touches no summer. */
  warmUp(parameters: SchemeParameters): Promise<void>;
}

export function createSums({ createSummer, warmUp }: SumEngine): Sums {
  const sums = new Map<string, RunSum>();

  /** Runs `work` after everything asked earlier for the run, if the attempt is still the open one. */
  function inOrder<Result>(
    key: RoundKey,
    work: (sum: RunSum) => Promise<Result> | Result,
  ): Promise<Result | null> {
    const sum = sums.get(key.runId);
    if (sum === undefined) return Promise.resolve(null);
    const result = sum.tail.then(() => (sum.holder === holderOf(key) ? work(sum) : null));
    sum.tail = result.catch(() => undefined);
    return result;
  }

  /** The run's sum; whatever is asked of it next finds a summer of these parameters. */
  function sumOf(runId: string, parameters: SchemeParameters): RunSum {
    const sum = sums.get(runId) ?? {
      parametersText: '',
      summer: null,
      holder: '',
      tail: Promise.resolve(),
    };
    sums.set(runId, sum);
    sum.tail = sum.tail
      .then(async () => {
        const parametersText = JSON.stringify(parameters);
        if (sum.parametersText === parametersText) return;
        sum.summer?.dispose();
        sum.summer = await createSummer(parameters);
        sum.parametersText = parametersText;
      })
      // Whoever adds to a sum that could not be opened is told `engine-broken`.
      .catch(() => discardSummer(sum));
    return sum;
  }

  return {
    prepare(runId, parameters) {
      void sumOf(runId, parameters)
        .tail.then(() => warmUp(parameters))
        // An engine that fails here fails in a round, too, and is replaced there.
        .catch(() => undefined);
    },

    open(key, parameters) {
      const sum = sumOf(key.runId, parameters);
      sum.tail = sum.tail.then(() => {
        sum.summer?.reset();
        sum.holder = holderOf(key);
      });
    },

    add(key, payload) {
      return inOrder(key, (sum) => {
        const startMs = performance.now();
        const outcome = addTo(sum, payload);
        return { outcome, addMs: performance.now() - startMs };
      });
    },

    release(key) {
      return inOrder(key, (sum) => {
        const startMs = performance.now();
        const bytes = resultOf(sum);
        return { sum: bytes, sumMs: performance.now() - startMs };
      });
    },

    drop(runId) {
      const sum = sums.get(runId);
      sums.delete(runId);
      if (sum !== undefined) void sum.tail.then(() => sum.summer?.dispose());
    },
  };
}

function addTo(sum: RunSum, payload: Bytes): AddOutcome {
  if (sum.summer === null) return { ok: false, code: 'engine-broken' };
  try {
    sum.summer.add(payload);
    return { ok: true };
  } catch (error) {
    const code = error instanceof SchemeError ? error.code : 'engine-broken';
    if (code === 'engine-broken') discardSummer(sum);
    return { ok: false, code };
  }
}

function resultOf(sum: RunSum): Bytes | null {
  try {
    return sum.summer?.result() ?? null;
  } catch {
    discardSummer(sum);
    return null;
  }
}

/** Nothing that a broken instance holds can be trusted: the next attempt gets a new one. */
function discardSummer(sum: RunSum): void {
  sum.summer = null;
  sum.parametersText = '';
}

function holderOf(key: RoundKey): string {
  return `${key.round}/${key.attempt}`;
}
