// The scheme's parameters with their meaning, and what a weight costs on the wire beside others.
import { memo, useId } from 'react';
import type { SchemeParameters } from '../../core/encryption/scheme.ts';
import { encryptionLabel } from '../table/run-series.ts';
import { formatBytes, formatCount } from '../format.ts';
import { wireCosts } from './bytes-per-parameter.ts';
import { parameterMeanings } from './parameter-meanings.ts';

interface PanelProps {
  readonly parameters: SchemeParameters;
}

export const ParametersPanel = memo(function ParametersPanel(
  props: PanelProps & { readonly isDraft: boolean },
) {
  const { parameters } = props;
  const titleId = useId();
  return (
    <section className="panel encryption-panel" aria-labelledby={titleId}>
      <h2 id={titleId}>Parameters: {encryptionLabel(parameters.name)}</h2>
      <p className="small soft">
        {props.isDraft ? 'For the configuration in the Table view: ' : 'Of this run: '}
        chosen in code for {formatCount(parameters.numParameters)} weights and up to{' '}
        {parameters.maxContributors} updates in one sum.
      </p>
      <dl className="parameter-list">
        {parameterMeanings(parameters).map(({ label, value, meaning }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="parameter-value">{value}</dd>
            <dd className="small soft">{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
});

export const BytesPanel = memo(function BytesPanel(
  props: PanelProps & {
    /** Bytes of the last update that the server measured; null before the first. */
    readonly measuredBytes: number | null;
  },
) {
  const { parameters, measuredBytes } = props;
  const titleId = useId();
  const costs = wireCosts(parameters);
  const largest = Math.max(...costs.map((cost) => cost.bytesPerParameter));
  return (
    <section className="panel encryption-panel" aria-labelledby={titleId}>
      <h2 id={titleId}>Bytes per weight on the wire</h2>
      <p className="small soft">
        One client’s update, this model; float32 without encryption takes 4.
      </p>
      <table className="wire-costs" aria-labelledby={titleId}>
        <tbody>
          {costs.map(({ label, bytesPerParameter, scheme }) => (
            <tr key={label} data-chosen={scheme === parameters.name || undefined}>
              <th scope="row">
                {label}
                {scheme === parameters.name ? <span className="small soft"> (here)</span> : null}
              </th>
              <td className="wire-bar" aria-hidden="true">
                <div style={{ width: `${(100 * bytesPerParameter) / largest}%` }} />
              </td>
              <td className="number">{bytesPerParameter.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small soft">
        {measuredBytes === null
          ? 'Computed; the measured size appears with the first update.'
          : `Measured: the last update had ${formatCount(measuredBytes)} bytes (${formatBytes(measuredBytes)}), ${(measuredBytes / parameters.numParameters).toFixed(2)} per weight.`}{' '}
        FLARE and the notebook send one value a slot; both sizes are computed for SEAL without
        compression.
      </p>
    </section>
  );
});
