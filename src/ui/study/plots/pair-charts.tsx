// Two parameters at a time: contours of the value between the trials, and the trials coloured by rank.
import { memo, useCallback, useId, useMemo, useState, type ReactNode } from 'react';
import { extent } from '../../charts/domain.ts';
import { share, type Projection } from '../../charts/path.ts';
import { ContourGround } from './contour-ground.tsx';
import { interpolate } from './contour.ts';
import type { ParamAxis } from './param-axis.ts';
import type { PlotProps } from './plot-props.ts';
import { rankColour, rankLegend } from './rank-colour.ts';
import { ScatterChart } from './scatter-chart.tsx';
import { stateLegend } from './state-legend.ts';
import { isShare, stateColour, valueFormat } from '../trial-look.ts';
import { rankShares, shownValue, valueMarks } from './trial-series.ts';
import { useTrialWords } from './trial-words.ts';
import { useKept } from '../use-kept.ts';

/** Cells of the contour field along either axis. */
const FIELD_SIZE = 32;
/** Fewer trials than this make no field. */
const MIN_FOR_FIELD = 3;

export const PairCharts = memo(function PairCharts(
  props: PlotProps & { readonly axes: readonly ParamAxis[] },
) {
  const { axes } = props;
  const [xName, setXName] = useState<string | null>(null);
  const [yName, setYName] = useState<string | null>(null);
  const x = axes.find(({ name }) => name === xName) ?? axes[0];
  const y =
    axes.find(({ name }) => name === yName && name !== x?.name) ??
    axes.find(({ name }) => name !== x?.name);
  if (x === undefined || y === undefined) {
    return (
      <p className="chart-empty soft">
        Contours and ranks over two parameters appear here, as soon as trials have two.
      </p>
    );
  }
  return (
    <>
      <div className="study-pair">
        <AxisChoice label="Along" axes={axes} chosen={x.name} onChoose={setXName} />
        <AxisChoice
          label="Upwards"
          axes={axes.filter(({ name }) => name !== x.name)}
          chosen={y.name}
          onChoose={setYName}
        />
      </div>
      <div className="study-grid">
        <ContourChart {...props} x={x} y={y} />
        <RankChart {...props} x={x} y={y} />
      </div>
    </>
  );
});

function AxisChoice(props: {
  readonly label: string;
  readonly axes: readonly ParamAxis[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="text-input"
        value={props.chosen}
        onChange={(event) => props.onChoose(event.target.value)}
      >
        {props.axes.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </>
  );
}

type PairProps = PlotProps & { readonly x: ParamAxis; readonly y: ParamAxis };

const ContourChart = memo(function ContourChart(props: PairProps) {
  const { trials, config, x, y } = props;
  const { direction, metricName } = config;
  // Reports of a running trial change nothing of the field.
  const complete = useKept(
    useMemo(() => trials.filter(({ state }) => state === 'complete'), [trials]),
  );
  const field = useMemo(() => {
    const points = complete.flatMap((trial) => {
      const at = [x.place(trial), y.place(trial)] as const;
      const value = shownValue(trial);
      if (at[0] === null || at[1] === null || value === null) return [];
      return [{ u: share(at[0], x.domain, x.scale), v: share(at[1], y.domain, y.scale), value }];
    });
    const ends = extent(points.map(({ value }) => value));
    if (points.length < MIN_FOR_FIELD || ends === null || ends[0] === ends[1]) return null;
    return { field: interpolate(points, FIELD_SIZE), low: ends[0], high: ends[1] };
  }, [complete, x, y]);
  const backdrop = useCallback(
    (projection: Projection): ReactNode => {
      // The field covers the whole axes; zoomed in there are only the marks.
      const isWhole =
        projection.x[0] === x.domain[0] && projection.x[1] === x.domain[1] && field !== null;
      return isWhole ? (
        <ContourGround {...field} direction={direction} projection={projection} />
      ) : null;
    },
    [field, x.domain, direction],
  );
  const format = valueFormat(metricName);
  const ends = field === null ? '' : ` from ${format(field.low)} to ${format(field.high)}`;
  return (
    <PairScatter
      {...props}
      title={`Contour: ${x.label.toLowerCase()} and ${y.label.toLowerCase()}`}
      caption={`${isShare(metricName) ? 'Accuracy' : 'Value'} between the complete trials${ends}, blue is best; weighted by distance and left blank far from any trial.`}
      backdrop={backdrop}
      colour={darkMark}
    />
  );
});

const RankChart = memo(function RankChart(props: PairProps) {
  const { trials, config, x, y } = props;
  const ranks = useMemo(() => rankShares(trials, config.direction), [trials, config.direction]);
  const colour = useCallback<MarkColour>(
    (trial) => {
      const rank = ranks.get(trial);
      return rank === undefined ? stateColour(trial.state) : rankColour(rank);
    },
    [ranks],
  );
  return (
    <PairScatter
      {...props}
      title={`Rank: ${x.label.toLowerCase()} and ${y.label.toLowerCase()}`}
      caption="Every complete trial by its rank, blue for the best, orange for the worst; others by their state."
      colour={colour}
      isRanked
    />
  );
});

type MarkColour = (trial: PlotProps['trials'][number]) => string;
const darkMark: MarkColour = ({ state }) =>
  state === 'complete' ? 'var(--ink)' : stateColour(state);

function PairScatter(
  props: PairProps & {
    readonly title: string;
    readonly caption: string;
    readonly colour: MarkColour;
    readonly isRanked?: boolean;
    readonly backdrop?: (projection: Projection) => ReactNode;
  },
) {
  const { trials, config, x, y, colour, isRanked = false } = props;
  const marks = useMemo(() => valueMarks(trials, x.place, y.place, colour), [trials, x, y, colour]);
  const words = useTrialWords(trials, config);
  const legend = useMemo(
    () => (isRanked ? [...rankLegend] : stateLegend(trials)),
    [trials, isRanked],
  );
  const table = useCallback(
    () => ({
      columns: [
        { label: 'trial' },
        { label: x.label },
        { label: y.label },
        { label: config.metricName, format: valueFormat(config.metricName) },
      ],
      rows: trials.map((trial) => [
        trial.number,
        ...[x, y].map((axis) => {
          const at = axis.place(trial);
          return at === null ? null : axis.choices === null ? at : axis.format(at);
        }),
        shownValue(trial),
      ]),
    }),
    [trials, x, y, config.metricName],
  );
  return (
    <ScatterChart
      title={props.title}
      caption={props.caption}
      marks={marks}
      x={x}
      y={y}
      xDomain={x.domain}
      yDomain={y.domain}
      xTicks={x.ticks}
      yTicks={y.ticks}
      {...(props.backdrop === undefined ? {} : { backdrop: props.backdrop })}
      describe={words.describe}
      nameOf={words.nameOf}
      table={table}
      pictureLegend={legend}
      empty={marks.length > 0 ? null : 'No trial shown has both parameters.'}
      height={280}
    />
  );
}
