// The lines themselves: one path a series, redrawn only when its points or the axes change. Pointing
// at one dims the whole group with a single attribute and draws that one again on top.
import { memo, useMemo, type ReactNode } from 'react';
import { downsample } from './downsample.ts';
import { useHighlight } from './highlight.ts';
import { isDrawable, linePath, pixelX, pixelY, type Projection } from './path.ts';
import { isPresent, type Point, type Series } from './series.ts';

/** More points than this get no dots. */
const MAX_DOTS = 40;

export interface SeriesLayerProps {
  readonly series: readonly Series[];
  readonly projection: Projection;
  readonly dots: boolean;
}

export function SeriesLayer({ series, projection, dots }: SeriesLayerProps) {
  const lines = useMemo(
    () =>
      series.map((one) => <Line key={one.id} series={one} projection={projection} dots={dots} />),
    [series, projection, dots],
  );
  return <Dimmable series={series}>{lines}</Dimmable>;
}

/** The highlighted series once more, in full strength; nothing when it is not of this chart. */
export function HighlightLayer({ series, projection, dots }: SeriesLayerProps) {
  const id = useHighlight((highlighted) => highlighted);
  if (series.length < 2) return null;
  const chosen = series.filter((one) => one.id === id);
  return (
    <g className="chart-highlighted">
      {chosen.map((one) => (
        <Line key={one.id} series={one} projection={projection} dots={dots} />
      ))}
    </g>
  );
}

function Dimmable(props: { readonly series: readonly Series[]; readonly children: ReactNode }) {
  const { series } = props;
  const isDimmed = useHighlight(
    (id) => id !== null && series.length > 1 && series.some((one) => one.id === id),
  );
  return (
    <g className="chart-lines" data-dimmed={isDimmed || undefined}>
      {props.children}
    </g>
  );
}

const Line = memo(function Line(props: {
  readonly series: Series;
  readonly projection: Projection;
  readonly dots: boolean;
}) {
  const { series, projection } = props;
  const drawn = useMemo(
    () => downsample(inRange(series.points, projection)),
    [series.points, projection],
  );
  const hasDots = props.dots && drawn.length <= MAX_DOTS;
  return (
    <g style={{ stroke: series.colour, fill: series.colour }}>
      <path
        className={series.faint === true ? 'chart-line chart-line-faint' : 'chart-line'}
        d={linePath(drawn, projection, series.step)}
        strokeDasharray={series.dash}
      />
      <EndMark series={series} projection={projection} />
      {hasDots
        ? drawn.map((point) =>
            isDrawable(point, projection) ? (
              <circle
                key={point.x}
                className="chart-dot"
                cx={pixelX(projection, point.x)}
                cy={pixelY(projection, point.y!)}
                r={2.5}
              />
            ) : null,
          )
        : null}
    </g>
  );
});

function EndMark({
  series,
  projection,
}: {
  readonly series: Series;
  readonly projection: Projection;
}) {
  const last = series.points.findLast((point) => isPresent(point.y));
  if (series.end === undefined || last === undefined || !isDrawable(last, projection)) return null;
  const at = `translate(${pixelX(projection, last.x)} ${pixelY(projection, last.y!)})`;
  return (
    <path
      className="chart-line"
      transform={at}
      d={
        series.end === 'cross'
          ? 'M-3-3l6 6m0-6l-6 6'
          : 'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0'
      }
    />
  );
}

/** The points on the visible stretch of the x axis and one more on each side, so that lines leave the edge. */
function inRange(points: readonly Point[], projection: Projection): readonly Point[] {
  const [low, high] = projection.x;
  const from = points.findIndex(({ x }) => x >= low);
  if (from < 0) return [];
  const after = points.findIndex(({ x }) => x > high);
  const to = after < 0 ? points.length : after + 1;
  return from <= 1 && to === points.length ? points : points.slice(Math.max(0, from - 1), to);
}
