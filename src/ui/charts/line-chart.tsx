// Lines over a common x axis: accuracy per round, trials of a study, errors. Live data may arrive at
// any time: axes stand still while the cursor is in the chart, and a zoom stays until it is reset.
import { memo, useCallback, useMemo, useState } from 'react';
import { ChartFrame } from './chart-frame.tsx';
import { setHighlight } from './highlight.ts';
import { Legend, toggled } from './legend.tsx';
import { CursorMarks, cursorPixels, cursorText, Readout } from './line-cursor.tsx';
import {
  movedCursor,
  nearest,
  sameDomains,
  startNote,
  ticksOf,
  valueRange,
  wholeRange,
  type Cursor,
  type LineAxis,
} from './line-geometry.ts';
import type { AxisScale, Projection } from './path.ts';
import { Plot, plotAreaOf } from './plot.tsx';
import { cursorHandlers, usePlotAxes } from './plot-cursor.ts';
import { HighlightLayer, SeriesLayer } from './series-layer.tsx';
import { isPresent, type Domain, type Series } from './series.ts';
import { seriesSummary, seriesTable } from './series-table.ts';
import { useWidth } from './use-width.ts';
import { WholeRange } from './whole-range.tsx';

/** More lines than this: no legend and no dots. */
const MAX_LEGEND = 8;
const NO_SERIES: readonly Series[] = [];

export interface LineChartProps {
  readonly title: string;
  readonly caption?: string;
  /** Ids are unique in the chart; the same id in another chart is highlighted with it. */
  readonly series: readonly Series[];
  readonly x: LineAxis;
  readonly y: LineAxis;
  /** What will appear and how to make it appear. */
  readonly empty: string;
  /** Shown without what lies before `from` once there is something after it; a button brings it back. */
  readonly focus?: { readonly from: number; readonly label: string };
  /** The reader may switch y between linear and logarithmic. */
  readonly offersLog?: boolean;
  /** px; 240 unless told. */
  readonly height?: number;
}

export const LineChart = memo(function LineChart(props: LineChartProps) {
  const { series, x, height = 240 } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const axes = usePlotAxes();
  const [yScale, setYScale] = useState<AxisScale>(props.y.scale ?? 'linear');
  const [isFocused, setFocused] = useState(true);
  const [cursor, setCursor] = useState<Cursor | null>(null);

  const focusFrom = isFocused && canFocus(series, props.focus?.from) ? props.focus!.from : null;
  const visible = useMemo(() => {
    const shown = hidden.size === 0 ? series : series.filter(({ id }) => !hidden.has(id));
    if (focusFrom === null) return shown;
    return shown.map((one) => ({ ...one, points: one.points.filter((at) => at.x >= focusFrom) }));
  }, [series, hidden, focusFrom]);
  const wanted = useProjection(visible, {
    x,
    y: props.y,
    zoom: axes.zoom,
    focusFrom,
    yScale,
    width,
    height,
  });
  const projection = axes.shown(wanted);
  const xTicks = useMemo(
    () => ticksOf(projection.x, x.whole, projection.xScale, projection.area.width / 64),
    [projection, x.whole],
  );
  const yTicks = useMemo(
    () => ticksOf(projection.y, props.y.whole, projection.yScale, 5),
    [projection, props.y.whole],
  );

  const { release } = axes;
  const onToggle = useCallback(
    (id: string) => {
      release();
      setHidden((ids) => toggled(ids, id));
    },
    [release],
  );
  const handlers = cursorHandlers<Cursor>({
    axes,
    wanted,
    place: cursor,
    moveTo(place) {
      setHighlight(place?.seriesId ?? null);
      setCursor((old) => (isSamePoint(old, place) ? old : place));
    },
    placeAt: (pixels) => nearest(visible, projection, pixels),
    placeAfter: (key) => movedCursor(cursor, visible, key),
    keyZoom: { shown: projection.x, around: cursor?.x ?? null, whole: wholeRange(visible, x) },
  });

  const hasData = series.some(({ points }) => points.some(({ y }) => isPresent(y)));
  const table = useCallback(() => seriesTable(series, x, props.y), [series, x, props.y]);
  const hasLegend = series.length > 1 && series.length <= MAX_LEGEND;
  const start = startNote(projection, props.y, yTicks);
  const yAxis = useMemo(() => ({ ...props.y, label: props.y.label + start }), [props.y, start]);
  const announcement =
    cursor === null ? 'no point chosen' : cursorText(cursor, visible, x, props.y);

  return (
    <ChartFrame
      title={props.title}
      caption={props.caption}
      empty={hasData ? null : props.empty}
      table={table}
      pictureLegend={hasLegend ? visible : NO_SERIES}
      legend={hasLegend ? <Legend items={series} hidden={hidden} onToggle={onToggle} /> : null}
      tools={
        <>
          <WholeRange {...axes} />
          {canFocus(series, props.focus?.from) ? (
            <button
              type="button"
              className="chart-tool"
              aria-pressed={isFocused}
              onClick={() => {
                axes.changeZoom(null);
                setFocused(!isFocused);
              }}
            >
              {props.focus?.label}
            </button>
          ) : null}
          {props.offersLog === true ? (
            <button
              type="button"
              className="chart-tool"
              aria-pressed={yScale === 'log'}
              onClick={() => setYScale(yScale === 'log' ? 'linear' : 'log')}
            >
              Log
            </button>
          ) : null}
        </>
      }
    >
      <div ref={frame} style={{ minHeight: height }}>
        {width === 0 ? null : (
          <Plot
            width={width}
            height={height}
            projection={projection}
            xTicks={xTicks}
            yTicks={yTicks}
            x={x}
            y={yAxis}
            description={`${props.title}. ${seriesSummary(visible, x, props.y)} Arrow keys read the points, plus and minus zoom.`}
            overlay={
              <>
                <HighlightLayer series={visible} projection={projection} dots />
                <CursorMarks cursor={cursor} series={visible} projection={projection} />
              </>
            }
            readout={
              cursor === null
                ? null
                : {
                    at: cursorPixels(cursor, visible, projection),
                    content: (
                      <Readout
                        cursor={cursor}
                        series={visible}
                        x={x}
                        y={props.y}
                        waits={!sameDomains(projection, wanted)}
                      />
                    ),
                  }
            }
            cursorX={cursor?.x ?? null}
            cursorText={announcement}
            {...handlers}
          >
            <SeriesLayer
              series={visible}
              projection={projection}
              dots={series.length <= MAX_LEGEND}
            />
          </Plot>
        )}
      </div>
    </ChartFrame>
  );
});

function isSamePoint(a: Cursor | null, b: Cursor | null): boolean {
  return a?.seriesId === b?.seriesId && a?.x === b?.x;
}

/** Two points after `from` are enough to leave out what lies before it. */
function canFocus(series: readonly Series[], from: number | undefined): boolean {
  if (from === undefined) return false;
  return series.some(({ points }) => points.filter(({ x }) => x >= from).length > 1);
}

/** The projection that the data ask for; the same object as long as nothing of it changes. */
function useProjection(
  series: readonly Series[],
  options: {
    readonly x: LineAxis;
    readonly y: LineAxis;
    readonly zoom: Domain | null;
    readonly focusFrom: number | null;
    readonly yScale: AxisScale;
    readonly width: number;
    readonly height: number;
  },
): Projection {
  const { x, y, zoom, focusFrom, yScale, width, height } = options;
  const [xLow, xHigh] = useMemo(() => {
    if (zoom !== null) return zoom;
    const [low, high] = wholeRange(series, x);
    return [focusFrom === null ? low : Math.max(low, focusFrom), high];
  }, [series, x, zoom, focusFrom]);
  const [yLow, yHigh] = useMemo(
    () => valueRange(series, y, yScale, [xLow, xHigh]),
    [series, y, yScale, xLow, xHigh],
  );
  const xScale = x.scale ?? 'linear';
  return useMemo(
    () => ({ area: plotAreaOf(width, height), x: [xLow, xHigh], y: [yLow, yHigh], xScale, yScale }),
    [width, height, xLow, xHigh, yLow, yHigh, xScale, yScale],
  );
}
