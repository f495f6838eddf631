// Forgives a number of steps without improvement (early stopping's patience, Prechelt 1998, "Early
// stopping: but when?"), then asks another pruner, or prunes if there is none.
import { KEEP, PRUNE, type Pruner } from './pruner.ts';

interface PatientOptions {
  /** Steps without improvement that are forgiven. */
  readonly patience: number;
  /** An improvement smaller than this is none. */
  readonly minDelta: number;
}

export function patientPruner(wrapped: Pruner | null, options: PatientOptions): Pruner {
  const numRecent = options.patience + 1;
  return {
    decide(context) {
      const sign = context.direction === 'minimize' ? 1 : -1;
      const losses = context.trial.intermediateValues.map(({ value }) => sign * value);
      if (losses.length <= numRecent) return KEEP;
      const before = bestOf(losses.slice(0, -numRecent));
      const recent = bestOf(losses.slice(-numRecent));
      if (!(before + options.minDelta < recent)) return KEEP; // also when a side is all NaN
      return wrapped === null ? PRUNE : wrapped.decide(context);
    },
  };
}

function bestOf(losses: readonly number[]): number {
  const numbers = losses.filter((loss) => !Number.isNaN(loss));
  return numbers.length === 0 ? NaN : Math.min(...numbers);
}
