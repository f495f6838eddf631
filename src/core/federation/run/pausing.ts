// What is asked of a run from outside: to pause, to go on and to stop. All of it takes effect at once, but
// a round that is being made durable is announced first.
import { pauseRun } from './committing.ts';
import { callOff, endRun, enterGathering } from './calling-off.ts';
import { change, persist, type RunStep } from './run-step.ts';
import type { StageOf } from './run-state.ts';

export function onPauseAsked(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase === 'committing') pauseAfterCommit(step, stage);
  else if (stage.phase !== 'paused') pauseRun(step);
}

/** A run that is about to end is not paused instead. */
export function pauseAfterCommit(step: RunStep, stage: StageOf<'committing'>): void {
  if (stage.then === 'go-on') change(step, { stage: { ...stage, then: 'pause' } });
}

export function onContinueAsked(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase === 'committing' && stage.then === 'pause') {
    return change(step, { stage: { ...stage, then: 'go-on' } });
  }
  if (stage.phase !== 'paused') return;
  change(step, { note: null });
  enterGathering(step, persist(step));
}

/** `prune`: the study's pruner has stopped it. */
export function onStopAsked(step: RunStep, then: 'stop' | 'prune'): void {
  const { stage } = step.run;
  if (stage.phase === 'committing') return change(step, { stage: { ...stage, then } });
  if (stage.phase !== 'paused') callOff(step);
  change(step, { isPruned: then === 'prune' });
  endRun(step, 'stopped', null);
}
