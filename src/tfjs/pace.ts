// Lets a worker breathe during long work: about every 50 ms it drains the device's queue and gives the
// event loop a turn, so that a stop, a message or a heartbeat gets through within twice that.
import { eventLoopTurn } from '../worker/event-loop-turn.ts';
import { LOGITS_GROUP } from './logits-queue.ts';

const SEGMENT_MS = 50;

interface Pace {
  /** True when the queue should be drained: after as many steps as lately took 50 ms. */
  stepDone(): boolean;
  /** Call after draining: learns the device's pace and lets waiting events run. */
  breathe(): Promise<void>;
}

export function createPace(): Pace {
  let segmentSteps = 1;
  let stepsDone = 0;
  let startedMs = performance.now();
  return {
    stepDone: () => ++stepsDone >= segmentSteps,
    async breathe() {
      const elapsedMs = Math.max(performance.now() - startedMs, 0.1);
      const fitting = Math.floor((stepsDone * SEGMENT_MS) / elapsedMs);
      const steps = Math.max(1, Math.min(fitting, 2 * segmentSteps)); // at most doubled at a time
      segmentSteps = steps < LOGITS_GROUP ? steps : steps - (steps % LOGITS_GROUP);
      stepsDone = 0;
      await eventLoopTurn();
      startedMs = performance.now();
    },
  };
}
