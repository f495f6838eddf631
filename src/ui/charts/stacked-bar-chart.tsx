// Stacked bars over a whole-numbered x axis: milliseconds per phase per round. One path a layer;
// pressing a legend entry takes its layer out, so that small parts can be seen without the large one.
import { memo, useCallback, useMemo, useState } from 'react';
import type { AxisSpec } from './axis.ts';
import { ChartFrame } from './chart-frame.tsx';
import { integerTicks, linearTicks, niceDomain } from './domain.ts';
import { setHighlight, useHighlight } from './highlight.ts';
import { Legend, Swatch, toggled, type LegendItem } from './legend.tsx';
import { barsPath, pixelX, valueAt, type Projection } from './path.ts';
import { Plot, plotAreaOf } from './plot.tsx';
import { cursorHandlers, usePlotAxes } from './plot-cursor.ts';
import { isPresent, type Domain } from './series.ts';
import { groupBars, stack, type Bar, type DrawnBar } from './stacked-bars.ts';
import { useWidth } from './use-width.ts';
import { WholeRange } from './whole-range.tsx';

const MIN_BAR_PX = 4;
const MAX_BAR_PX = 40;

export interface StackedBarChartProps {
  readonly title: string;
  readonly caption?: string;
  /** From the bottom; `values` of the bars are in this order. */
  readonly layers: readonly LegendItem[];
  readonly bars: readonly Bar[];
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  /** The x axis shows at least this, so that it does not move while bars come in. */
  readonly xAtLeast?: Domain;
  readonly empty: string;
  readonly height?: number;
}

export const StackedBarChart = memo(function StackedBarChart(props: StackedBarChartProps) {
  const { layers, bars, x, y, xAtLeast, height = 240 } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const axes = usePlotAxes();
  const { zoom, release } = axes;
  const [at, setAt] = useState<number | null>(null);

  const wanted = useMemo(() => {
    const area = plotAreaOf(width, height);
    const inZoom =
      zoom === null ? bars : bars.filter((bar) => bar.x >= zoom[0] && bar.x <= zoom[1]);
    const xs = [...(xAtLeast ?? []), ...bars.map((bar) => bar.x)];
    const whole: Domain = [Math.min(...xs) - 0.5, Math.max(...xs) + 0.5];
    const highest = Math.max(0, ...inZoom.map((bar) => visibleSum(bar, layers, hidden)));
    const domainY = niceDomain([0, highest > 0 ? highest : 1]);
    return { area, x: zoom ?? whole, y: domainY, xScale: 'linear', yScale: 'linear' } as const;
  }, [bars, layers, hidden, zoom, xAtLeast, width, height]);
  const projection = axes.shown(wanted);

  const visibleSpan = projection.x[1] - projection.x[0];
  const grouped = useMemo(
    () =>
      groupBars(
        bars.filter((bar) => bar.x >= projection.x[0] && bar.x <= projection.x[1]),
        Math.max(1, Math.floor(projection.area.width / MIN_BAR_PX)),
      ),
    [bars, projection],
  );
  const barWidth = Math.min(
    MAX_BAR_PX,
    Math.max(1, (projection.area.width / visibleSpan) * grouped.size * 0.7),
  );
  const drawn = useMemo(
    () =>
      stack(
        grouped.bars,
        layers.map(({ id }) => !hidden.has(id)),
      ),
    [grouped, layers, hidden],
  );
  const xTicks = useMemo(
    () => integerTicks(projection.x, Math.max(2, Math.floor(projection.area.width / 48))),
    [projection],
  );
  const yTicks = useMemo(() => linearTicks(projection.y), [projection]);

  const onToggle = useCallback(
    (id: string) => {
      release();
      setHidden((ids) => toggled(ids, id));
    },
    [release],
  );
  /** To whole bars; the cursor counts the bars that are shown, so it lets go. */
  const changeZoom = (range: Domain | null) => {
    setAt(null);
    axes.changeZoom(
      range === null ? null : [Math.floor(range[0]) - 0.5, Math.ceil(range[1]) + 0.5],
    );
  };
  const handlers = cursorHandlers<number>({
    axes: { ...axes, changeZoom },
    wanted,
    place: at,
    moveTo: setAt,
    placeAt([left]) {
      const { area } = projection;
      return nearestBar(
        grouped.bars,
        valueAt((left - area.left) / area.width, projection.x, 'linear'),
      );
    },
    placeAfter: (key) => steppedBar(at, grouped.bars.length, key),
  });

  const table = useCallback(
    () => ({
      columns: [
        { label: x.label, format: x.format },
        ...layers.map(({ label }) => ({ label, format: y.format })),
      ],
      rows: bars.map((bar) => [bar.x, ...bar.values]),
    }),
    [bars, layers, x, y],
  );
  const bar = at === null ? undefined : grouped.bars[at];

  return (
    <ChartFrame
      title={props.title}
      caption={props.caption}
      empty={bars.length > 0 ? null : props.empty}
      table={table}
      pictureLegend={layers}
      legend={<Legend items={layers} hidden={hidden} onToggle={onToggle} />}
      tools={<WholeRange zoom={zoom} changeZoom={changeZoom} />}
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
            y={y}
            description={`${props.title}. Stacked bars, ${bars.length} in all. Arrow keys read the bars.`}
            overlay={
              bar === undefined ? null : (
                <rect
                  className="chart-band"
                  x={pixelX(projection, bar.x) - barWidth / 2 - 2}
                  y={projection.area.top}
                  width={barWidth + 4}
                  height={projection.area.height}
                />
              )
            }
            readout={
              bar === undefined
                ? null
                : {
                    at: [pixelX(projection, bar.x), projection.area.top + 16],
                    content: (
                      <BarReadout
                        bar={bar}
                        layers={layers}
                        hidden={hidden}
                        size={grouped.size}
                        x={x}
                        y={y}
                      />
                    ),
                  }
            }
            cursorX={bar?.x ?? null}
            cursorText={bar === undefined ? 'no bar chosen' : barText(bar, layers, x, y)}
            {...handlers}
          >
            {layers.map((layer, index) => (
              <Layer
                key={layer.id}
                layer={layer}
                bars={drawn[index]!}
                projection={projection}
                barWidth={barWidth}
              />
            ))}
          </Plot>
        )}
      </div>
    </ChartFrame>
  );
});

const Layer = memo(function Layer(props: {
  readonly layer: LegendItem;
  readonly bars: readonly DrawnBar[];
  readonly projection: Projection;
  readonly barWidth: number;
}) {
  const { layer, bars, projection, barWidth } = props;
  const isHighlighted = useHighlight((id) => id === layer.id);
  return (
    <path
      className="chart-bars"
      data-highlighted={isHighlighted || undefined}
      style={{ fill: layer.colour }}
      d={barsPath(bars, projection, barWidth)}
      onPointerEnter={() => setHighlight(layer.id)}
    />
  );
});

function BarReadout(props: {
  readonly bar: Bar;
  readonly layers: readonly LegendItem[];
  readonly hidden: ReadonlySet<string>;
  readonly size: number;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}) {
  const { bar, layers, x, y } = props;
  return (
    <>
      <p className="soft">
        {x.label} {x.format(bar.x)}
        {props.size > 1 ? `, mean of ${props.size}` : ''}
      </p>
      <table>
        <tbody>
          {layers.map((layer, index) => (
            <tr key={layer.id} data-quiet={props.hidden.has(layer.id) || undefined}>
              <th scope="row">
                <Swatch item={layer} /> {layer.label}
              </th>
              <td>{isPresent(bar.values[index]) ? y.format(bar.values[index]) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function barText(bar: Bar, layers: readonly LegendItem[], x: AxisSpec, y: AxisSpec): string {
  const parts = layers.flatMap(({ label }, index) => {
    const value = bar.values[index];
    return isPresent(value) ? [`${label} ${y.format(value)}`] : [];
  });
  return `${x.label} ${x.format(bar.x)}: ${parts.join(', ')}`;
}

function visibleSum(bar: Bar, layers: readonly LegendItem[], hidden: ReadonlySet<string>): number {
  return bar.values.reduce<number>(
    (sum, value, index) => (isPresent(value) && !hidden.has(layers[index]!.id) ? sum + value : sum),
    0,
  );
}

/** The bar that an arrow key leads to; the newest one first. */
function steppedBar(at: number | null, numBars: number, key: string): number | null {
  const last = numBars - 1;
  if (last < 0) return null;
  if (key === 'ArrowRight') return Math.min(last, (at ?? last - 1) + 1);
  return key === 'ArrowLeft' ? Math.max(0, (at ?? last + 1) - 1) : null;
}

function nearestBar(bars: readonly Bar[], x: number): number | null {
  let best: number | null = null;
  bars.forEach((bar, index) => {
    if (best === null || Math.abs(bar.x - x) < Math.abs(bars[best]!.x - x)) best = index;
  });
  return best;
}
