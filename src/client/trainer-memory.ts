// This worker's trainers, over the runs: one serves run after run, so that shaders stay compiled and
// examples stay loaded, as long as its engine is the right one for the run at hand. Runs that go on side
// by side in one worker share one wherever it can run both.
import type { BackendChoice, Trainer } from '../core/training/trainer.ts';
import { shapeKey, timesTheWork, type TrainingShape } from '../core/training/training-shape.ts';
import { canRun } from '../simd/calibration.ts';
import { openTrainer, type OpenedTrainer } from './open-trainer.ts';

/** How many times as fast as the second an engine must have been to be kept for another shape. */
const WIDE_LEAD = 3;

export interface TrainerMemory {
  /**
   * The trainer that is right for a run: the one of the run before, with all that lies on it, or a new
   * one, with nothing. `user` has it until it is released or asks for another. Rejects as `openTrainer`.
   */
  open(user: object, choice: BackendChoice, shape: TrainingShape): Promise<Trainer>;
  /** The last one that nobody uses is kept for the next run. */
  release(user: object): void;
}

interface Kept {
  readonly choice: BackendChoice;
  /** What it was opened for. The engine's reason speaks of it, whatever it is kept for later. */
  readonly shape: TrainingShape;
  readonly opened: OpenedTrainer;
  readonly users: Set<object>;
}

export function createTrainerMemory(): TrainerMemory {
  let all: readonly Kept[] = [];

  function disposeIdle(spared: Kept | null): void {
    const isIdle = (kept: Kept) => kept !== spared && kept.users.size === 0;
    for (const { opened } of all.filter(isIdle)) opened.trainer.dispose();
    all = all.filter((kept) => !isIdle(kept));
  }

  function release(user: object): void {
    const own = all.find(({ users }) => users.delete(user)) ?? null;
    if (own !== null) disposeIdle(own);
  }

  return {
    async open(user, choice, shape) {
      const own = all.find(({ users }) => users.has(user));
      if (own !== undefined && isRightFor(own, choice, shape)) return own.opened.trainer;
      release(user);
      const right = all.find(
        (kept) =>
          isRightFor(kept, choice, shape) || (kept.users.size > 0 && isShared(kept, choice, shape)),
      );
      if (right !== undefined) {
        right.users.add(user);
        return right.opened.trainer;
      }
      disposeIdle(null); // should the next one not open, there is none
      const opened = await openTrainer(choice, shape);
      all = [...all, { choice, shape, opened, users: new Set([user]) }];
      return opened.trainer;
    },
    release,
  };
}

/** An engine that works for another run is not measured against others meanwhile: both would suffer. */
function isShared(kept: Kept, choice: BackendChoice, shape: TrainingShape): boolean {
  return kept.choice === choice && isForSimd(kept.shape) === isForSimd(shape);
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
