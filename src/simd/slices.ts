// Cuts long work into calls of about 20 ms with a turn of the event loop between them, so that a
// pause, a stop or a deadline takes effect within 50 ms. A call cannot be interrupted from outside.
import { eventLoopTurn } from '../worker/event-loop-turn.ts';

const SLICE_MS = 20;

/** [from, to), in steps from `from`. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface Slices {
  /**
   * Calls `work` with ranges that together are [from, to), cut at multiples of `step` from `from`;
   * `turned` is called after each turn of the event loop with where the work stands, and may throw.
   */
  run(
    range: Range,
    work: (from: number, to: number) => void,
    turned: (done: number) => void,
  ): Promise<void>;
}

/** One for each piece of work: it learns how fast the work goes. */
export function createSlices(): Slices {
  let perMs = 0;
  let turnedAtMs = performance.now();

  return {
    async run({ from, to, step }, work, turned) {
      let size = step;
      for (let at = from; at < to;) {
        const startedMs = performance.now();
        const fitting = perMs * (SLICE_MS - (startedMs - turnedAtMs));
        // At most doubled at a time: the first calls are not yet optimised code.
        const next = Math.min(Math.max(fitting, step), perMs === 0 ? step : 2 * size);
        size = next - (next % step);
        const end = Math.min(at + size, to);
        work(at, end);
        const nowMs = performance.now();
        perMs = (end - at) / Math.max(nowMs - startedMs, 0.01);
        at = end;
        if (nowMs - turnedAtMs + step / perMs < SLICE_MS) continue;
        await eventLoopTurn();
        turnedAtMs = performance.now();
        turned(at);
      }
    },
  };
}
