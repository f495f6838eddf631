// What encryption costs in accuracy: the stated bound, the error that clients measured, and the
// difference to the same run without encryption.
import { memo, useId, useMemo } from 'react';
import { LineChart } from '../charts/line-chart.tsx';
import type { LineAxis } from '../charts/line-geometry.ts';
import { RUN_COLOUR, TWIN_COLOUR } from '../table/run-series.ts';
import type { Series } from '../charts/series.ts';
import { formatCount, formatNumber } from '../format.ts';
import type { ErrorPoint } from './subject.ts';

const xAxis: LineAxis = { label: 'round', format: formatCount, whole: true };
const yAxis: LineAxis = {
  label: 'largest error of a weight',
  format: (error) => formatNumber(error, 3),
  scale: 'log',
};

export const ErrorPanel = memo(function ErrorPanel(props: {
  readonly points: readonly ErrorPoint[];
  readonly isPlaintext: boolean;
}) {
  const { points } = props;
  const titleId = useId();
  const series = useMemo(() => errorSeries(points), [points]);
  const last = points[points.length - 1] ?? null;
  return (
    <section className="panel encryption-panel" aria-labelledby={titleId}>
      <h2 id={titleId}>What it costs in precision</h2>
      <p className="small soft">
        Additions under encryption are exact. The one approximation is rounding: every change of a
        weight becomes a whole number before it is encrypted, and what is lost is carried into the
        next round.
      </p>
      {last === null ? null : (
        <dl className="figures">
          <Figure
            label={`Bound, round ${last.round}`}
            value={last.bound}
            meaning="no weight of the mean can be off by more"
          />
          <Figure
            label="Measured"
            value={last.measured}
            meaning="largest rounding error a client found in its own update"
          />
          <Figure
            label="To the plaintext twin"
            value={last.twinDifference}
            meaning={
              last.twinDifference === null
                ? 'tick “plaintext twin” when starting a run to measure it'
                : 'largest difference of a weight after all rounds so far'
            }
          />
        </dl>
      )}
      <LineChart
        title="Error bound and measured errors per round"
        series={series}
        x={xAxis}
        y={yAxis}
        height={220}
        empty={
          props.isPlaintext
            ? 'The bound, the measured error and the difference to an encrypted run appear here after the first round.'
            : 'The bound, the measured error and the difference to the plaintext twin appear here after the first round. Start a run in the Table view.'
        }
      />
    </section>
  );
});

function Figure(props: {
  readonly label: string;
  readonly value: number | null;
  readonly meaning: string;
}) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd className="figure-value">{formatNumber(props.value, 3)}</dd>
      <dd className="small soft">{props.meaning}</dd>
    </div>
  );
}

function errorSeries(points: readonly ErrorPoint[]): Series[] {
  const line = (
    id: string,
    label: string,
    colour: string,
    value: (point: ErrorPoint) => number | null,
    dash?: string,
  ): Series => ({
    id,
    label,
    colour,
    points: points.map((point) => ({ x: point.round, y: value(point) })),
    ...(dash === undefined ? {} : { dash }),
  });
  const all = [
    line('bound', 'stated bound', 'var(--ink-soft)', ({ bound }) => bound, '6 4'),
    line('measured', 'measured rounding error', RUN_COLOUR, ({ measured }) => measured),
    line(
      'difference',
      'difference to the twin, accumulated',
      TWIN_COLOUR,
      (point) => point.twinDifference,
      '2 4',
    ),
  ];
  return all.filter(({ points: values }) => values.some(({ y }) => y !== null && y > 0));
}
