// Dense kernels or sparse ones, which leave out products with zero pixels: the faster on the loaded
// images, by a measurement. Results are the same, bit for bit, while weights are finite.
import { eventLoopTurn } from '../worker/event-loop-turn.ts';
import type { ExampleStore } from './example-store.ts';

/** `measured` takes the faster one. */
export type KernelChoice = 'measured' | 'dense' | 'sparse';

/** Turns that each kind takes, the fastest of which counts, and how long one lasts at least. */
const NUM_TURNS = 4;
const TURN_MS = 1;
/** The first time, kernels are still being compiled well: either kind may be, while the other is not. */
const NUM_COLD_TURNS = 24;

export interface KernelChooser {
  /**
   * Whether sparse kernels are to do this work on `examples`; the same answer for the same work.
   * `probe` does a little of it, and `turned` is called after each turn of the event loop, and may
   * throw.
   */
  isSparse(
    examples: ExampleStore,
    work: string,
    probe: (isSparse: boolean) => void,
    turned: () => void,
  ): Promise<boolean>;
  /** Another network has come: other kernels may be faster for it. */
  forget(): void;
}

export function createKernelChooser(choice: KernelChoice): KernelChooser {
  let decided = new WeakMap<ExampleStore, Map<string, boolean>>();
  let numTurns = NUM_COLD_TURNS;
  return {
    forget: () => void (decided = new WeakMap()),

    async isSparse(examples, work, probe, turned) {
      if (choice !== 'measured') return choice === 'sparse';
      const known = decided.get(examples) ?? new Map<string, boolean>();
      decided.set(examples, known);
      const earlier = known.get(work);
      if (earlier !== undefined) return earlier;
      const fastestMs = { dense: Infinity, sparse: Infinity };
      for (let turn = 0; turn < numTurns; turn++) {
        for (const kind of ['dense', 'sparse'] as const) {
          const tookMs = timeOf(() => probe(kind === 'sparse'));
          fastestMs[kind] = Math.min(fastestMs[kind], tookMs);
          await eventLoopTurn();
          turned();
        }
      }
      const isSparse = fastestMs.sparse < fastestMs.dense;
      known.set(work, isSparse);
      numTurns = NUM_TURNS;
      return isSparse;
    },
  };
}

/** Milliseconds of `work`, the mean of as many times as the clock needs to tell. */
function timeOf(work: () => void): number {
  const startedMs = performance.now();
  let elapsedMs = 0;
  let times = 0;
  do {
    work();
    times++;
    elapsedMs = performance.now() - startedMs;
  } while (elapsedMs < TURN_MS);
  return elapsedMs / times;
}
