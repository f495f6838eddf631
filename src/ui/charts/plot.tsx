// The plot itself: recharts draws axes and grid, the caller's layers draw the data in one SVG group,
// and a transparent sheet on top turns pointer and keys into data units. Recharts' own <Line> is not
// used: it registers each series in its store and re-renders them all when the cursor moves, which is
// too slow for hundreds of trials.
/* oxlint-disable jsx-a11y/prefer-tag-over-role -- an <input type="range"> takes no drag to zoom */
import {
  createContext,
  memo,
  use,
  useId,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { CartesianGrid, ComposedChart, XAxis, YAxis } from 'recharts';
import { tickFormatter, type AxisSpec } from './axis.ts';
import { valueAt, type AxisScale, type PlotArea, type Projection } from './path.ts';
import { hasMoved } from './pointer.ts';
import type { Domain } from './series.ts';

const AXIS_WIDTH = 60;
const AXIS_HEIGHT = 44;
const TOP = 26;
const RIGHT = 14;
/** A drag shorter than this is a click. */
const MIN_DRAG_PX = 8;

const TICK = { className: 'chart-tick' };

/** The rectangle between the axes for a chart of this size. */
export function plotAreaOf(width: number, height: number): PlotArea {
  return {
    left: AXIS_WIDTH,
    top: TOP,
    width: Math.max(1, width - AXIS_WIDTH - RIGHT),
    height: Math.max(1, height - TOP - AXIS_HEIGHT),
  };
}

interface SurfaceProps {
  readonly width: number;
  readonly height: number;
  readonly projection: Projection;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}

/** The caller's layers reach the middle of recharts' tree past recharts: new data redraw no axis. */
const Layers = createContext<ReactNode>(null);

function DataLayers(): ReactNode {
  return use(Layers);
}

const Surface = memo(function Surface(props: SurfaceProps) {
  const { width, height, projection, x, y } = props;
  const { area } = projection;
  const clipId = useId();
  // Numeric domains with allowDataOverflow: recharts scales by them and needs no data.
  const axis = (domain: Domain, scale: AxisScale) =>
    ({ type: 'number', domain: [domain[0], domain[1]], scale, allowDataOverflow: true }) as const;
  return (
    <ComposedChart
      width={width}
      height={height}
      data={[]}
      margin={{ top: TOP, right: RIGHT, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid
        vertical={false}
        horizontalValues={[...props.yTicks]}
        className="chart-grid-line"
      />
      <XAxis
        {...axis(projection.x, projection.xScale)}
        dataKey="x"
        height={AXIS_HEIGHT}
        ticks={[...props.xTicks]}
        interval={0}
        tickFormatter={tickFormatter(x, props.xTicks, projection.xScale)}
        tick={TICK}
        className="chart-axis"
      />
      <YAxis
        {...axis(projection.y, projection.yScale)}
        dataKey="y"
        width={AXIS_WIDTH}
        ticks={[...props.yTicks]}
        interval={0}
        tickFormatter={tickFormatter(y, props.yTicks, projection.yScale)}
        tick={TICK}
        axisLine={false}
        tickLine={false}
        className="chart-axis"
      />
      <text className="chart-axis-label" x={4} y={12}>
        {y.label}
      </text>
      <text className="chart-axis-label" x={area.left + area.width} y={height - 6} textAnchor="end">
        {x.label}
      </text>
      <defs>
        <clipPath id={clipId}>
          <rect
            x={area.left - 4}
            y={area.top - 4}
            width={area.width + 8}
            height={area.height + 8}
          />
        </clipPath>
      </defs>
      <g clipPath={`url(#${clipId})`}>
        <DataLayers />
      </g>
    </ComposedChart>
  );
});

export interface PlotProps extends SurfaceProps {
  /** What is drawn between the axes, in px of the plot. */
  readonly children: ReactNode;
  /** What a screen reader says of the plot; the table has the numbers. */
  readonly description: string;
  /** Marks over the data (cursor, highlighted series), drawn without touching the data. */
  readonly overlay: ReactNode;
  /** What the cursor stands on: shown beside `at`, and read out. */
  readonly readout: { readonly at: readonly [number, number]; readonly content: ReactNode } | null;
  /** Where the cursor stands on the x axis, and that in words: what a screen reader says as it moves. */
  readonly cursorX: number | null;
  readonly cursorText: string;
  /** The cursor is at these pixels of the plot; null: it left. */
  readonly onCursor: (at: readonly [number, number] | null) => void;
  /** The reader marked a stretch of the x axis. */
  readonly onZoom: (x: Domain) => void;
  /** A key was pressed with the plot in focus; true when it was used. */
  readonly onKey: (key: string) => boolean;
}

export function Plot(props: PlotProps) {
  const { projection, width, height, readout, onCursor, onZoom } = props;
  const { area } = projection;
  const [drag, setDrag] = useState<Domain | null>(null);

  const pixels = (event: PointerEvent<HTMLElement>): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const within = (pixel: number) => Math.min(area.left + area.width, Math.max(area.left, pixel));
  const xAt = (pixel: number) =>
    valueAt((pixel - area.left) / area.width, projection.x, projection.xScale);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const [x] = pixels(event);
    // A finger scrolls the page; it reads values by tapping.
    if (event.pointerType === 'touch' || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag([within(x), within(x)]);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!hasMoved(event)) return;
    const at = pixels(event);
    if (drag !== null) setDrag([drag[0], within(at[0])]);
    onCursor(at);
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType === 'touch') onCursor(pixels(event));
    if (drag === null) return;
    setDrag(null);
    const [from, to] = drag[0] < drag[1] ? drag : [drag[1], drag[0]];
    if (to - from >= MIN_DRAG_PX) onZoom([xAt(from), xAt(to)]);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (props.onKey(event.key)) event.preventDefault();
  };

  return (
    <div className="chart-plot" style={{ height }}>
      <Layers value={props.children}>
        <Surface
          width={width}
          height={height}
          projection={projection}
          xTicks={props.xTicks}
          yTicks={props.yTicks}
          x={props.x}
          y={props.y}
        />
      </Layers>
      <svg className="chart-overlay" width={width} height={height} aria-hidden="true">
        {/* A nested <svg> clips at its edge: a zoomed line must not run over the axes. */}
        <svg
          x={area.left - 5}
          y={area.top - 5}
          width={area.width + 10}
          height={area.height + 10}
          viewBox={`${area.left - 5} ${area.top - 5} ${area.width + 10} ${area.height + 10}`}
        >
          {props.overlay}
        </svg>
        {drag === null ? null : (
          <rect
            className="chart-drag"
            x={Math.min(...drag)}
            y={area.top}
            width={Math.abs(drag[1] - drag[0])}
            height={area.height}
          />
        )}
      </svg>
      {/* A slider along the data: arrow keys move the cursor and the values at it are read out. */}
      <div
        className="chart-sheet"
        role="slider"
        aria-roledescription="chart"
        aria-label={props.description}
        aria-valuemin={projection.x[0]}
        aria-valuemax={projection.x[1]}
        aria-valuenow={props.cursorX ?? projection.x[1]}
        aria-valuetext={props.cursorText}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => onCursor(null)}
        onPointerCancel={() => setDrag(null)}
        onKeyDown={onKeyDown}
        onBlur={() => onCursor(null)}
      />
      {readout === null ? null : (
        <div
          className="chart-readout"
          style={{
            top: Math.max(0, Math.min(readout.at[1] - 16, height - 96)),
            ...(readout.at[0] < width / 2
              ? { left: readout.at[0] + 14 }
              : { right: width - readout.at[0] + 14 }),
          }}
        >
          {readout.content}
        </div>
      )}
    </div>
  );
}
