// Marks over two axes, one a trial, with what may lie under them (a line, a contour). As in a line
// chart, axes stand still while the cursor is in the chart and a zoom stays until it is reset.
import { memo, useMemo, useState, type ReactNode } from 'react';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { setHighlight, useHighlight } from '../../charts/highlight.ts';
import {
  sameDomains,
  startNote,
  ticksOf,
  valueRange,
  wholeRange,
  type LineAxis,
} from '../../charts/line-geometry.ts';
import { linePath, pixelX, pixelY, type Projection } from '../../charts/path.ts';
import { Plot, plotAreaOf } from '../../charts/plot.tsx';
import { cursorHandlers, usePlotAxes } from '../../charts/plot-cursor.ts';
import type { Domain, Series } from '../../charts/series.ts';
import type { LegendEntry } from '../../charts/svg-text.ts';
import type { ChartTable } from '../../charts/chart-table.ts';
import { useWidth } from '../../charts/use-width.ts';
import { WholeRange } from '../../charts/whole-range.tsx';
import {
  isInside,
  markGroups,
  markPath,
  nearestMark,
  steppedMark,
  type Mark,
} from './scatter-geometry.ts';

/** A mark takes the cursor within this distance, px. */
const REACH_PX = 40;

export interface ScatterChartProps {
  readonly title: string;
  readonly caption?: string;
  readonly marks: readonly Mark[];
  readonly x: LineAxis;
  readonly y: LineAxis;
  /** Fixed ends of an axis (a parameter's range); otherwise the data's. */
  readonly xDomain?: Domain;
  readonly yDomain?: Domain;
  readonly xTicks?: (lengthPx: number) => readonly number[];
  readonly yTicks?: (lengthPx: number) => readonly number[];
  /** Drawn under the marks. */
  readonly line?: Series;
  readonly backdrop?: (projection: Projection) => ReactNode;
  /** Lines of the readout of a mark: what and how much. */
  readonly describe: (mark: Mark) => readonly (readonly [string, string])[];
  /** The mark as a title: "Trial 3, complete". */
  readonly nameOf: (mark: Mark) => string;
  readonly table: () => ChartTable;
  readonly legend?: ReactNode;
  readonly pictureLegend: readonly LegendEntry[];
  readonly tools?: ReactNode;
  /** null when there is something to draw; else what will appear and how to make it appear. */
  readonly empty: string | null;
  readonly height?: number;
}

export const ScatterChart = memo(function ScatterChart(props: ScatterChartProps) {
  const { marks, x, y, line, backdrop, height = 240 } = props;
  const { xTicks: wantedXTicks, yTicks: wantedYTicks } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const axes = usePlotAxes();
  const { zoom } = axes;
  const [cursorId, setCursorId] = useState<string | null>(null);

  const wanted = useProjection(props, zoom, width, height);
  const projection = axes.shown(wanted);
  const { area } = projection;
  const whole = props.xDomain ?? wholeXRange(marks, line, x);
  const xTicks = useMemo(
    () =>
      inDomain(
        zoom === null ? wantedXTicks?.(area.width) : undefined,
        projection.x,
        ticksOf(projection.x, x.whole, projection.xScale, area.width / 64),
      ),
    [projection, area.width, x.whole, wantedXTicks, zoom],
  );
  const yTicks = useMemo(
    () => wantedYTicks?.(area.height * 1.4) ?? ticksOf(projection.y, y.whole, projection.yScale, 5),
    [projection, area.height, y.whole, wantedYTicks],
  );

  const cursor =
    cursorId === null
      ? null
      : (marks.find((mark) => mark.id === cursorId && isInside(mark, projection)) ?? null);
  const handlers = cursorHandlers<Mark>({
    axes,
    wanted,
    place: cursor,
    moveTo(mark) {
      setHighlight(mark?.id ?? null);
      setCursorId(mark?.id ?? null);
    },
    placeAt: (pixels) => markNear(marks, projection, pixels),
    placeAfter: (key) => steppedMark(marks, projection, cursorId, key),
    keyZoom: { shown: projection.x, around: cursor?.x ?? null, whole },
  });

  const start = props.yDomain === undefined ? startNote(projection, y, yTicks) : '';
  const yAxis = useMemo(() => ({ ...y, label: y.label + start }), [y, start]);
  const ground = useMemo(() => backdrop?.(projection), [backdrop, projection]);
  return (
    <ChartFrame
      title={props.title}
      caption={props.caption}
      empty={props.empty}
      table={props.table}
      pictureLegend={props.pictureLegend}
      legend={props.legend}
      tools={
        <>
          <WholeRange {...axes} />
          {props.tools}
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
            description={`${props.title}. ${marks.length} trials. Arrow keys read them one by one, Enter opens one, plus and minus zoom.`}
            overlay={<HighlightedMark marks={marks} projection={projection} />}
            readout={
              cursor === null
                ? null
                : {
                    at: [pixelX(projection, cursor.x), pixelY(projection, cursor.y!)],
                    content: (
                      <Readout
                        title={props.nameOf(cursor)}
                        lines={props.describe(cursor)}
                        waits={!sameDomains(projection, wanted)}
                      />
                    ),
                  }
            }
            cursorX={cursor?.x ?? null}
            cursorText={
              cursor === null
                ? 'no trial chosen'
                : `${props.nameOf(cursor)}: ${props
                    .describe(cursor)
                    .map(([what, value]) => `${what} ${value}`)
                    .join(', ')}`
            }
            {...handlers}
          >
            {ground}
            <Marks marks={marks} line={line} projection={projection} />
          </Plot>
        )}
      </div>
    </ChartFrame>
  );
});

/** The mark nearest to these pixels, if it is within reach. */
function markNear(
  marks: readonly Mark[],
  projection: Projection,
  at: readonly [number, number],
): Mark | null {
  const found = nearestMark(marks, projection, at);
  if (found === null) return null;
  const left = pixelX(projection, found.x) - at[0];
  const top = pixelY(projection, found.y!) - at[1];
  return Math.hypot(left, top) <= REACH_PX ? found : null;
}

const Marks = memo(function Marks(props: {
  readonly marks: readonly Mark[];
  readonly line: Series | undefined;
  readonly projection: Projection;
}) {
  const { marks, line, projection } = props;
  const groups = useMemo(() => markGroups(marks, projection), [marks, projection]);
  return (
    <>
      {line === undefined ? null : (
        <path
          className="chart-line"
          style={{ stroke: line.colour }}
          d={linePath(line.points, projection, line.step)}
        />
      )}
      {groups.map(({ key, colour, shape, path }) => (
        <path
          key={key}
          className={`study-mark study-mark-${shape}`}
          style={{ stroke: colour }}
          d={path}
        />
      ))}
    </>
  );
});

/** The highlighted trial again, larger; nothing when it is not of this chart. */
function HighlightedMark(props: {
  readonly marks: readonly Mark[];
  readonly projection: Projection;
}) {
  const id = useHighlight((highlighted) => highlighted);
  if (id === null) return null;
  const chosen = props.marks.filter((mark) => mark.id === id && isInside(mark, props.projection));
  return chosen.map((mark, index) => (
    <g key={index}>
      <circle
        className="study-mark-halo"
        cx={pixelX(props.projection, mark.x)}
        cy={pixelY(props.projection, mark.y!)}
        r={8}
      />
      <path
        className={`study-mark study-mark-${mark.shape}`}
        style={{ stroke: mark.colour }}
        d={markPath(mark, props.projection)}
      />
    </g>
  ));
}

function Readout(props: {
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
  readonly waits: boolean;
}) {
  return (
    <>
      <p className="study-readout-title">{props.title}</p>
      <table>
        <tbody>
          {props.lines.map(([what, value]) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {props.waits ? <p className="soft">Newer trials appear when the cursor leaves.</p> : null}
    </>
  );
}

/** The projection that the data ask for; the same object as long as nothing of it changes. */
function useProjection(
  props: ScatterChartProps,
  zoom: Domain | null,
  width: number,
  height: number,
): Projection {
  const { marks, line, x, y, xDomain, yDomain } = props;
  const xScale = x.scale ?? 'linear';
  const yScale = y.scale ?? 'linear';
  const [xLow, xHigh] = useMemo(
    () => zoom ?? xDomain ?? wholeXRange(marks, line, x),
    [zoom, xDomain, marks, line, x],
  );
  const [yLow, yHigh] = useMemo(
    () => yDomain ?? valueRange(asSeries(marks, line), y, yScale, [xLow, xHigh]),
    [yDomain, marks, line, y, yScale, xLow, xHigh],
  );
  return useMemo(
    () => ({ area: plotAreaOf(width, height), x: [xLow, xHigh], y: [yLow, yHigh], xScale, yScale }),
    [width, height, xLow, xHigh, yLow, yHigh, xScale, yScale],
  );
}

function wholeXRange(marks: readonly Mark[], line: Series | undefined, x: LineAxis): Domain {
  return wholeRange(asSeries(marks, line), x);
}

/** Marks in the form that ranges are read from, in order of x. */
function asSeries(marks: readonly Mark[], line: Series | undefined): readonly Series[] {
  const points = marks.map(({ x, y }) => ({ x, y })).sort((a, b) => a.x - b.x);
  const all: Series = { id: 'marks', label: '', colour: '', points };
  return line === undefined ? [all] : [all, line];
}

function inDomain(
  ticks: readonly number[] | undefined,
  [low, high]: Domain,
  otherwise: readonly number[],
): readonly number[] {
  return ticks?.filter((tick) => tick >= low && tick <= high) ?? otherwise;
}
