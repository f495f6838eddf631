// This client's trainer, over the runs: one serves run after run, so that shaders stay compiled and
// examples stay loaded, as long as its engine is the right one for the run at hand.
import type { BackendChoice, Trainer } from '../core/training/trainer.ts';
import { shapeKey, timesTheWork, type TrainingShape } from '../core/training/training-shape.ts';
import { canRun } from '../simd/calibration.ts';
import { openTrainer, type OpenedTrainer } from './open-trainer.ts';

/** How many times as fast as the second an engine must have been to be kept for another shape. */
const WIDE_LEAD = 3;

export interface TrainerMemory {
  /**
   * The trainer that is right for a run: the one of the run before, with all that lies on it, or a new
   * one, with nothing. Rejects as `openTrainer`.
   */
  open(choice: BackendChoice, shape: TrainingShape): Promise<Trainer>;
}

interface Kept {
  readonly choice: BackendChoice;
  /** What it was opened for. The engine's reason speaks of it, whatever it is kept for later. */
  readonly shape: TrainingShape;
  readonly opened: OpenedTrainer;
}

export function createTrainerMemory(): TrainerMemory {
  let kept: Kept | null = null;
  return {
    async open(choice, shape) {
      if (kept !== null && isRightFor(kept, choice, shape)) return kept.opened.trainer;
      kept?.opened.trainer.dispose();
      kept = null; // should the next one not open
      const opened = await openTrainer(choice, shape);
      kept = { choice, shape, opened };
      return opened.trainer;
    },
  };
}

function isRightFor(kept: Kept, choice: BackendChoice, shape: TrainingShape): boolean {
  if (kept.choice !== choice) return false;
  if (choice !== 'auto' && choice !== 'simd') return true; // tfjs runs every model
  if (kept.opened.isStandIn || isForSimd(kept.shape) !== isForSimd(shape)) return false;
  const { lead } = kept.opened;
  if (lead === null || shapeKey(kept.shape) === shapeKey(shape)) return true;
  // A study over `units` has another shape in every trial and must not calibrate for each of them. What
  // makes one engine gain on another is the work of a step, against its overhead: twice the work at most
  // doubles the ratio of their speeds, so that a lead of that many times cannot turn into a lag.
  return lead >= WIDE_LEAD && lead >= timesTheWork(kept.shape, shape);
}

function isForSimd({ model }: TrainingShape): boolean {
  return canRun(model);
}
