// Parallel coordinates: one line a trial over the value and every parameter. A drag along an axis
// brushes it; its ends are sliders for the keyboard. Own SVG: recharts has no such plot.
import { memo, useCallback, useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { ParamValue } from '../../../core/tuning/distribution.ts';
import type { Trial } from '../../../core/tuning/trial.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { extent, linearTicks, niceDomain } from '../../charts/domain.ts';
import { setHighlight, useHighlight } from '../../charts/highlight.ts';
import { share } from '../../charts/path.ts';
import { hasMoved } from '../../charts/pointer.ts';
import type { Domain } from '../../charts/series.ts';
import { useWidth } from '../../charts/use-width.ts';
import { brushBetween, brushedTrials, nudgedBrush, type BrushAxis } from '../brushing.ts';
import { crossingPath, crossings, nearestLine, type ParallelFrame } from './parallel-geometry.ts';
import type { ParamAxis } from './param-axis.ts';
import type { PlotProps } from './plot-props.ts';
import { rankColour, rankLegend } from './rank-colour.ts';
import { setBrush, useStudyPage } from '../study-page-state.ts';
import { capitalised, stateColour, trialId, trialNumber, valueAxis } from '../trial-look.ts';
import { MAX_STRONG, rankShares, shownValue } from './trial-series.ts';

const HEIGHT = 320;
const TOP = 36;
const BOTTOM = 16;
const SIDE = 24;
/** For the ticks of the last axis. */
const RIGHT = 72;
/** px between axes at least; the plot scrolls sideways below that. */
const MIN_DISTANCE = 116;
/** px that a name on one line may need beside its neighbours. */
const NAME_DISTANCE = 200;
const REACH_PX = 12;
const VALUE = 'value';

interface DrawnAxis extends BrushAxis {
  readonly label: string;
  readonly format: (place: number) => string;
  readonly ticks: readonly number[];
}

export const ParallelChart = memo(function ParallelChart(
  props: PlotProps & { readonly axes: readonly ParamAxis[] },
) {
  const { trials, config } = props;
  const [frameRef, given] = useWidth<HTMLDivElement>();
  const brushes = useStudyPage((state) => state.brushes);
  const axes = useMemo(() => drawnAxes(trials, config, props.axes), [trials, config, props.axes]);
  const width = Math.max(given, SIDE + RIGHT + MIN_DISTANCE * (axes.length - 1));
  const frame = useMemo<ParallelFrame>(() => {
    const distance = (width - SIDE - RIGHT) / Math.max(1, axes.length - 1);
    return {
      xs: axes.map((_, index) => Math.round(SIDE + index * distance)),
      top: TOP,
      height: HEIGHT - TOP - BOTTOM,
    };
  }, [axes, width]);
  const drawn = useMemo(() => trials.filter(({ state }) => state !== 'waiting'), [trials]);
  const lines = useMemo(
    () => drawn.map((trial) => crossings(trial, axes, frame)),
    [drawn, axes, frame],
  );
  const inside = useMemo(() => brushedTrials(drawn, axes, brushes), [drawn, axes, brushes]);
  const table = useCallback(
    () => ({
      columns: [
        { label: 'trial' },
        ...axes.map(({ name, label, format }) => ({
          label,
          ...(name === VALUE && { format }),
        })),
      ],
      rows: trials.map((trial) => [
        trial.number,
        ...axes.map(({ name }) =>
          name === VALUE ? shownValue(trial) : cellOf(trial.params[name]),
        ),
      ]),
    }),
    [axes, trials],
  );
  return (
    <ChartFrame
      title="Parallel coordinates"
      caption="A line a trial, blue for the best values, orange for the worst, dashed when it is not complete. Drag along an axis to keep the trials that pass there; the table follows."
      empty={
        axes.length > 1 && drawn.length > 0
          ? null
          : 'How parameters and value hang together appears here with the first trials. Start the study.'
      }
      table={table}
      pictureLegend={rankLegend}
    >
      <div ref={frameRef} className="scroll-x" style={{ minHeight: HEIGHT }}>
        {given === 0 ? null : (
          <Lines
            drawn={drawn}
            lines={lines}
            axes={axes}
            frame={frame}
            width={width}
            inside={inside}
            direction={config.direction}
          >
            {axes.map((axis, index) => (
              <Axis
                key={axis.name}
                axis={axis}
                x={frame.xs[index]!}
                frame={frame}
                brush={brushes[axis.name]}
              />
            ))}
          </Lines>
        )}
      </div>
    </ChartFrame>
  );
});

function Lines(props: {
  readonly drawn: readonly Trial[];
  readonly lines: readonly (readonly (number | null)[])[];
  readonly axes: readonly DrawnAxis[];
  readonly frame: ParallelFrame;
  readonly width: number;
  readonly inside: ReadonlySet<number> | null;
  readonly direction: PlotProps['config']['direction'];
  readonly children: React.ReactNode;
}) {
  const { drawn, lines, frame, inside } = props;
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    if (!hasMoved(event)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top] as const;
    const found = nearestLine(lines, frame.xs, at, REACH_PX);
    setHighlight(found === null ? null : trialId(drawn[found]!.number));
  };
  return (
    <svg
      className="chart-picture study-pickable"
      width={props.width}
      height={HEIGHT}
      role="group"
      aria-label={`Parallel coordinates of ${drawn.length} trials over ${props.axes.map(({ label }) => label).join(', ')}. Each axis has two sliders that narrow the trials down.`}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHighlight(null)}
    >
      <Bundles
        drawn={drawn}
        lines={lines}
        xs={frame.xs}
        inside={inside}
        direction={props.direction}
      />
      <HighlightedLine drawn={drawn} lines={lines} xs={frame.xs} />
      {props.children}
    </svg>
  );
}

/** All lines of one colour are one path: hundreds of trials are a dozen elements. */
const Bundles = memo(function Bundles(props: {
  readonly drawn: readonly Trial[];
  readonly lines: readonly (readonly (number | null)[])[];
  readonly xs: readonly number[];
  readonly inside: ReadonlySet<number> | null;
  readonly direction: PlotProps['config']['direction'];
}) {
  const { drawn, lines, xs, inside, direction } = props;
  const bundles = useMemo(() => {
    const ranks = rankShares(drawn, direction);
    const paths = new Map<string, string>();
    const order = drawn.map((_, index) => index);
    // The best ones last, on top.
    order.sort((a, b) => (ranks.get(drawn[b]!) ?? 2) - (ranks.get(drawn[a]!) ?? 2));
    for (const index of order) {
      const trial = drawn[index]!;
      const rank = ranks.get(trial);
      const isOut = inside !== null && !inside.has(trial.number);
      const colour = isOut
        ? 'var(--line)'
        : rank === undefined
          ? stateColour(trial.state)
          : rankColour(rank);
      paths.set(colour, (paths.get(colour) ?? '') + crossingPath(lines[index]!, xs));
    }
    const out = paths.get('var(--line)');
    paths.delete('var(--line)');
    return [...(out === undefined ? [] : [['var(--line)', out] as const]), ...paths];
  }, [drawn, lines, xs, inside, direction]);
  return bundles.map(([colour, path]) => (
    <path
      key={colour}
      className={`chart-line study-bundle${drawn.length > MAX_STRONG ? ' study-bundle-thin' : ''}`}
      style={{ stroke: colour }}
      d={path}
      // Of a trial without a rank: colours of states are not colours of ranks.
      strokeDasharray={colour.startsWith('var(--state') ? '3 3' : undefined}
    />
  ));
});

function HighlightedLine(props: {
  readonly drawn: readonly Trial[];
  readonly lines: readonly (readonly (number | null)[])[];
  readonly xs: readonly number[];
}) {
  const number = useHighlight(trialNumber);
  const index = number === null ? -1 : props.drawn.findIndex((trial) => trial.number === number);
  if (index < 0) return null;
  return (
    <path
      className="chart-line study-line-highlighted"
      d={crossingPath(props.lines[index]!, props.xs)}
    />
  );
}

const Axis = memo(function Axis(props: {
  readonly axis: DrawnAxis;
  readonly x: number;
  readonly frame: ParallelFrame;
  readonly brush: Domain | undefined;
}) {
  const { axis, x, frame, brush } = props;
  const { xs } = frame;
  const anchor = x === xs[0] ? 'start' : 'middle';
  const [dragFrom, setDragFrom] = useState<number | null>(null);
  const { top, height } = frame;
  const place = (value: number) => top + (1 - share(value, axis.domain, axis.scale)) * height;
  const shareAt = (event: PointerEvent<SVGElement>) => {
    const box = event.currentTarget.ownerSVGElement!.getBoundingClientRect();
    return 1 - (event.clientY - box.top - top) / height;
  };
  const onPointerDown = (event: PointerEvent<SVGElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragFrom(shareAt(event));
    setBrush(axis.name, null);
  };
  const onPointerMove = (event: PointerEvent<SVGElement>) => {
    if (dragFrom !== null) setBrush(axis.name, brushBetween(axis, dragFrom, shareAt(event)));
  };
  const distance = frame.xs.length < 2 ? Infinity : frame.xs[1]! - frame.xs[0]!;
  return (
    <g className="chart-axis">
      <path d={`M${x} ${top}V${top + height}`} />
      <text className="chart-name study-axis-name" x={x} y={10} textAnchor={anchor}>
        {namesOf(axis.label, distance).map((words, line) => (
          <tspan key={words} x={x} dy={line === 0 ? 0 : 14}>
            {words}
          </tspan>
        ))}
      </text>
      {axis.ticks.map((tick) => (
        <g key={tick} transform={`translate(${x} ${place(tick)})`}>
          <path d="M-3 0h6" />
          <text className="chart-tick study-axis-tick" x={6} y={4}>
            {axis.format(tick)}
          </text>
        </g>
      ))}
      {brush === undefined ? null : (
        <rect
          className="study-brush"
          x={x - 7}
          width={14}
          y={place(brush[1])}
          height={Math.max(1, place(brush[0]) - place(brush[1]))}
        />
      )}
      <rect
        className="study-brush-place"
        x={x - 12}
        y={top}
        width={24}
        height={height}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => setDragFrom(null)}
        onPointerCancel={() => setDragFrom(null)}
      />
      {(['low', 'high'] as const).map((end) => (
        <BrushEnd key={end} end={end} axis={axis} brush={brush} x={x} place={place} />
      ))}
    </g>
  );
});

/** An end of an axis' brush, for the keyboard: arrows move it, Escape takes the brush away. */
function BrushEnd(props: {
  readonly end: 'low' | 'high';
  readonly axis: DrawnAxis;
  readonly brush: Domain | undefined;
  readonly x: number;
  readonly place: (value: number) => number;
}) {
  const { end, axis, brush, x } = props;
  const value = (brush ?? axis.domain)[end === 'low' ? 0 : 1];
  const onKeyDown = (event: KeyboardEvent<SVGElement>) => {
    const steps: Record<string, number> = {
      ArrowUp: 0.05,
      ArrowRight: 0.05,
      ArrowDown: -0.05,
      ArrowLeft: -0.05,
      PageUp: 0.2,
      PageDown: -0.2,
      Home: -2,
      End: 2,
    };
    const step = steps[event.key];
    if (event.key === 'Escape') setBrush(axis.name, null);
    else if (step !== undefined) setBrush(axis.name, nudgedBrush(axis, brush, end, step));
    else return;
    event.preventDefault();
  };
  const y = props.place(value);
  return (
    <path
      className="study-brush-end"
      d={end === 'low' ? `M${x - 6} ${y + 8}h12l-6-8z` : `M${x - 6} ${y - 8}h12l-6 8z`}
      tabIndex={0}
      role="slider"
      aria-orientation="vertical"
      aria-label={`${axis.label}, ${end === 'low' ? 'from' : 'up to'}`}
      aria-valuemin={axis.domain[0]}
      aria-valuemax={axis.domain[1]}
      aria-valuenow={value}
      aria-valuetext={axis.format(value) || value.toPrecision(3)}
      onKeyDown={onKeyDown}
    />
  );
}

/** A name as one line, or as two where the axes are close together. */
function namesOf(label: string, distance: number): readonly string[] {
  const space = label.indexOf(' ');
  return distance >= NAME_DISTANCE || space < 0
    ? [label]
    : [label.slice(0, space), label.slice(space + 1)];
}

function drawnAxes(
  trials: readonly Trial[],
  config: PlotProps['config'],
  params: readonly ParamAxis[],
): readonly DrawnAxis[] {
  const values = extent(trials.map(shownValue));
  const { format, formatTick, bounds } = valueAxis(config);
  const domain = values === null ? ([0, 1] as const) : niceDomain(values, bounds);
  const ticks = linearTicks(domain);
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  const value: DrawnAxis = {
    name: VALUE,
    label: capitalised(config.metricName),
    domain,
    scale: 'linear',
    place: shownValue,
    format: (at) => formatTick?.(at, step) ?? format(at),
    ticks,
  };
  return [
    value,
    ...params.map((axis) => ({
      name: axis.name,
      label: axis.label,
      domain: axis.domain,
      scale: axis.scale,
      place: axis.place,
      format: axis.format,
      ticks: axis.ticks(HEIGHT),
    })),
  ];
}

function cellOf(value: ParamValue | undefined): string | number | null {
  return typeof value === 'number' ? value : value === undefined ? null : String(value);
}
