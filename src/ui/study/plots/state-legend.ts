// The colours of trial states for saved pictures, only those that are in the plot. On the page the filter
// above the plots says them.
import type { Trial } from '../../../core/tuning/trial.ts';
import type { LegendEntry } from '../../charts/svg-text.ts';
import { stateColour, trialStates } from '../trial-look.ts';

export function stateLegend(trials: readonly Trial[]): readonly LegendEntry[] {
  const present = new Set(trials.map(({ state }) => state));
  return trialStates
    .filter((state) => present.has(state))
    .map((state) => ({ label: state, colour: stateColour(state) }));
}
