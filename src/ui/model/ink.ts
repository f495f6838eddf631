// What is drawn, as strokes, and its raster: coverage of round-capped line segments, computed here
// rather than read back from a canvas, so that the picture is the same on every machine.

/** Side of the drawing raster in its own pixels; a pixel of the 28 × 28 image is 12 of them. */
export const INK_SIDE = 336;
/** Pen radius in raster pixels: strokes of a full-size digit come out about as thick as MNIST's. */
export const PEN_RADIUS = 13;

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** A line of points in raster pixels; one point is a dot. */
export type Stroke = readonly Point[];

/** Blank raster [INK_SIDE × INK_SIDE], row by row, 0 = background, 255 = ink. */
export function blankInk(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(INK_SIDE * INK_SIDE);
}

/** Inks the segment from `from` to `to` into `ink`; overlapping strokes do not add up. */
export function inkSegment(ink: Uint8Array, from: Point, to: Point): void {
  const reach = PEN_RADIUS + 1;
  const clamp = (value: number) => Math.min(INK_SIDE - 1, Math.max(0, value));
  const left = clamp(Math.floor(Math.min(from.x, to.x) - reach));
  const right = clamp(Math.ceil(Math.max(from.x, to.x) + reach));
  const top = clamp(Math.floor(Math.min(from.y, to.y) - reach));
  const bottom = clamp(Math.ceil(Math.max(from.y, to.y) + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const distance = distanceToSegment(x + 0.5, y + 0.5, from, to);
      const coverage = Math.min(1, PEN_RADIUS + 0.5 - distance);
      if (coverage <= 0) continue;
      const at = y * INK_SIDE + x;
      ink[at] = Math.max(ink[at]!, Math.round(255 * coverage));
    }
  }
}

export function inkStroke(ink: Uint8Array, stroke: Stroke): void {
  stroke.forEach((point, i) => inkSegment(ink, stroke[i - 1] ?? point, point));
}

function distanceToSegment(x: number, y: number, from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / lengthSquared;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - from.x - share * dx, y - from.y - share * dy);
}
