// From data to SVG path strings. One path a series keeps hundreds of series cheap: no element, no
// listener and no React node a point.
import { isPresent, type Domain, type Point } from './series.ts';

export type AxisScale = 'linear' | 'log';

/** The rectangle between the axes, in px of the SVG. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Projection {
  readonly area: PlotArea;
  readonly x: Domain;
  readonly y: Domain;
  readonly xScale: AxisScale;
  readonly yScale: AxisScale;
}

/** Where a value lies between the ends of an axis: 0 at the low end, 1 at the high end. */
export function share(value: number, [low, high]: Domain, scale: AxisScale): number {
  return scale === 'log'
    ? Math.log(value / low) / Math.log(high / low)
    : (value - low) / (high - low);
}

/** The value at a share of an axis: the inverse of `share`. */
export function valueAt(fraction: number, [low, high]: Domain, scale: AxisScale): number {
  return scale === 'log' ? low * (high / low) ** fraction : low + fraction * (high - low);
}

export function pixelX(projection: Projection, x: number): number {
  const { area } = projection;
  return area.left + share(x, projection.x, projection.xScale) * area.width;
}

export function pixelY(projection: Projection, y: number): number {
  const { area } = projection;
  return area.top + (1 - share(y, projection.y, projection.yScale)) * area.height;
}

/** False for a gap, and for what a log axis cannot show. */
export function isDrawable(point: Point, projection: Projection): boolean {
  if (!isPresent(point.y)) return false;
  if (projection.yScale === 'log' && point.y <= 0) return false;
  return projection.xScale === 'linear' || point.x > 0;
}

/** A line through the points, broken at gaps; a lone point becomes a dot (with round line caps). */
export function linePath(points: readonly Point[], projection: Projection, step = false): string {
  let path = '';
  let runLength = 0;
  let lastY = 0;
  const endRun = () => {
    if (runLength === 1) path += 'h0';
    runLength = 0;
  };
  for (const point of points) {
    if (!isDrawable(point, projection)) {
      endRun();
      continue;
    }
    const x = round(pixelX(projection, point.x));
    const y = round(pixelY(projection, point.y!));
    if (runLength === 0) path += `M${x} ${y}`;
    else if (step) path += `H${x}` + (y === lastY ? '' : `V${y}`);
    else path += `L${x} ${y}`;
    runLength += 1;
    lastY = y;
  }
  endRun();
  return path;
}

/** Bars from `bases` to `tops` (data units), `barWidth` px wide, centred on each x. */
export function barsPath(
  bars: readonly { readonly x: number; readonly base: number; readonly top: number }[],
  projection: Projection,
  barWidth: number,
): string {
  let path = '';
  for (const { x, base, top } of bars) {
    if (!(top > base)) continue;
    const left = round(pixelX(projection, x) - barWidth / 2);
    const upper = round(pixelY(projection, top));
    const lower = round(pixelY(projection, base));
    path += `M${left} ${lower}V${upper}h${round(barWidth)}V${lower}Z`;
  }
  return path;
}

/** A tenth of a pixel is enough, and keeps paths short. */
function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
