// What a line chart decides without drawing: which ranges its axes show, which point is nearest to the
// cursor, where a key moves it.
import { extent, integerTicks, linearTicks, logDomain, logTicks, niceDomain } from './domain.ts';
import { isDrawable, pixelX, pixelY, valueAt, type AxisScale, type Projection } from './path.ts';
import { tickFormatter, type AxisSpec } from './axis.ts';
import { isPresent, nearestIndex, type Domain, type Series } from './series.ts';

export interface LineAxis extends AxisSpec {
  readonly scale?: AxisScale;
  /** Values lie in here whatever happens (a share: [0, 1]). */
  readonly bounds?: Domain;
  /** The axis shows at least this, so that it does not move while rounds come in. */
  readonly atLeast?: Domain;
  /** Only whole numbers get ticks. */
  readonly whole?: boolean;
}

/** A point that the cursor stands on. */
export interface Cursor {
  readonly seriesId: string;
  readonly x: number;
}

export function wholeRange(series: readonly Series[], axis: LineAxis): Domain {
  const isLog = axis.scale === 'log';
  const xs = series.flatMap(({ points }) => {
    const first = points.find((point) => !isLog || point.x > 0);
    return first === undefined ? [] : [first.x, points[points.length - 1]!.x];
  });
  const data = extent([...xs, ...(axis.atLeast ?? [])]) ?? (isLog ? [1, 10] : [0, 1]);
  if (isLog) return logDomain(data);
  return data[1] > data[0] ? data : [data[0] - 0.5, data[1] + 0.5];
}

export function valueRange(
  series: readonly Series[],
  axis: LineAxis,
  scale: AxisScale,
  [xLow, xHigh]: Domain,
): Domain {
  let low = Infinity;
  let high = -Infinity;
  for (const { points } of series) {
    for (const { x, y } of points) {
      if (x < xLow || x > xHigh || !isPresent(y) || (scale === 'log' && y <= 0)) continue;
      if (y < low) low = y;
      if (y > high) high = y;
    }
  }
  if (low > high) return scale === 'log' ? [1, 10] : (axis.bounds ?? [0, 1]);
  if (scale === 'log') return logDomain([low, high]);
  return niceDomain(extent([low, high, ...(axis.atLeast ?? [])])!, axis.bounds);
}

export function ticksOf(
  domain: Domain,
  whole: boolean | undefined,
  scale: AxisScale,
  count: number,
) {
  const target = Math.max(2, Math.floor(count));
  if (scale === 'log') return logTicks(domain, target);
  return whole === true ? integerTicks(domain, target) : linearTicks(domain, target);
}

/** "; axis starts at 85 %": an axis that does not start at 0 says so. */
export function startNote(
  { y, yScale }: Pick<Projection, 'y' | 'yScale'>,
  axis: LineAxis,
  ticks: readonly number[],
): string {
  if (yScale === 'log') return ' (logarithmic)';
  return y[0] === 0 ? '' : ` (axis starts at ${tickFormatter(axis, ticks, yScale)(y[0])})`;
}

export function sameDomains(a: Projection, b: Projection): boolean {
  return [0, 1].every((end) => a.x[end] === b.x[end] && a.y[end] === b.y[end]);
}

/** The point of the series that comes nearest to these pixels. */
export function nearest(
  series: readonly Series[],
  projection: Projection,
  [left, top]: readonly [number, number],
): Cursor | null {
  const { area } = projection;
  const x = valueAt((left - area.left) / area.width, projection.x, projection.xScale);
  let best: Cursor | null = null;
  let bestDistance = Infinity;
  for (const { id, points } of series) {
    const point = points[nearestIndex(points, x)];
    if (point === undefined || !isDrawable(point, projection)) continue;
    const distance = Math.hypot(
      pixelX(projection, point.x) - left,
      pixelY(projection, point.y!) - top,
    );
    if (distance < bestDistance) {
      bestDistance = distance;
      best = { seriesId: id, x: point.x };
    }
  }
  return best;
}

/** The cursor after an arrow, Home or End key; null when the key does not move it. */
export function movedCursor(
  cursor: Cursor | null,
  series: readonly Series[],
  key: string,
): Cursor | null {
  const steps: Record<string, readonly [number, number]> = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowDown: [0, 1],
    ArrowUp: [0, -1],
    Home: [-Infinity, 0],
    End: [Infinity, 0],
  };
  const step = steps[key];
  const filled = series.filter(({ points }) => points.length > 0);
  if (step === undefined || filled.length === 0) return null;
  const at = Math.max(
    0,
    filled.findIndex(({ id }) => id === cursor?.seriesId),
  );
  const chosen = filled[(at + step[1] + filled.length) % filled.length]!;
  const last = chosen.points.length - 1;
  const index = cursor === null ? last : nearestIndex(chosen.points, cursor.x) + step[0];
  return { seriesId: chosen.id, x: chosen.points[Math.max(0, Math.min(last, index))]!.x };
}

/** The x range halved or doubled around the cursor; null when it is the whole range again. */
export function zoomed(
  shown: Domain,
  around: number | null,
  factor: number,
  whole: Domain,
): Domain | null {
  const centre = around ?? (shown[0] + shown[1]) / 2;
  const half = ((shown[1] - shown[0]) / 2) * factor;
  const low = Math.max(whole[0], centre - half);
  const high = Math.min(whole[1], centre + half);
  return low <= whole[0] && high >= whole[1] ? null : [low, high];
}

export function pointAt(series: Series, x: number) {
  const point = series.points[nearestIndex(series.points, x)];
  return point !== undefined && point.x === x ? point : null;
}
