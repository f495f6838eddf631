// The pruner's interface. A pruner keeps nothing: what it must remember about a trial goes into the
// trial's attributes (Optuna's names), what it must remember about the study into its memory. Its answer
// is advice: whoever runs the trial stops it and tells the study.
import type { Attributes, StudyDirection, Trial } from '../trial.ts';

/** Resources that 'auto' stood for, once they are known: fixed for the life of the study. */
export interface PrunerMemory {
  readonly minResource?: number;
  readonly maxResource?: number;
}

interface PrunerContext {
  readonly studyName: string;
  readonly direction: StudyDirection;
  /** All trials of the study, `trial` among them. */
  readonly trials: readonly Trial[];
  /** The trial in question, with its reports so far. */
  readonly trial: Trial;
  readonly memory: PrunerMemory;
}

interface PrunerDecision {
  readonly prune: boolean;
  /** System attributes for the trial to remember. */
  readonly attrs?: Attributes;
  readonly memory?: PrunerMemory;
}

export interface Pruner {
  decide(context: PrunerContext): PrunerDecision;
}

export const KEEP: PrunerDecision = { prune: false };
export const PRUNE: PrunerDecision = { prune: true };
