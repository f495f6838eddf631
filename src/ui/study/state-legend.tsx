// The colours of trial states, only those that are on the page.
import { memo } from 'react';
import type { Trial } from '../../core/tuning/trial.ts';
import { Swatch } from '../charts/legend.tsx';
import type { LegendEntry } from '../charts/svg-text.ts';
import { stateColour, trialStates } from './trial-look.ts';
import { BEST_COLOUR } from './trial-series.ts';

export function stateLegend(trials: readonly Trial[]): readonly LegendEntry[] {
  const present = new Set(trials.map(({ state }) => state));
  return trialStates
    .filter((state) => present.has(state))
    .map((state) => ({ label: state, colour: stateColour(state) }));
}

export const StateLegend = memo(function StateLegend(props: {
  readonly trials: readonly Trial[];
  /** The name of a line in the same chart. */
  readonly line?: string;
}) {
  return (
    <ul className="chart-legend">
      {stateLegend(props.trials).map(({ label, colour }) => (
        <li key={label} className="chart-legend-entry">
          <span className="swatch" style={{ background: colour, marginRight: 0 }} />
          {label}
        </li>
      ))}
      {props.line === undefined ? null : (
        <li className="chart-legend-entry">
          <Swatch item={{ colour: BEST_COLOUR }} />
          {props.line}
        </li>
      )}
    </ul>
  );
});
