// What a line chart draws: named series of points. A missing y is null (or NaN) and drawn as a gap,
// never as 0; points are in ascending order of x.

export interface Point {
  readonly x: number;
  readonly y: number | null;
}

export interface Series {
  /** What the mark stands for (a client, a trial, a run); hovering it highlights it in every chart. */
  readonly id: string;
  readonly label: string;
  /** A CSS colour, usually `var(--…)`. */
  readonly colour: string;
  readonly points: readonly Point[];
  /** SVG dash pattern, for lines that must differ by more than their colour. */
  readonly dash?: string;
  /** Drawn as a step: a value holds until the next one (best so far). */
  readonly step?: boolean;
  /** Drawn translucent and thin: one of too many to stand out. */
  readonly faint?: boolean;
  /** Marks the last point: a line that was broken off, or that is still growing. */
  readonly end?: 'cross' | 'ring';
}

/** Low and high end of an axis, low < high. */
export type Domain = readonly [number, number];

/** True for a y that can be drawn. */
export function isPresent(y: number | null | undefined): y is number {
  return y !== null && y !== undefined && Number.isFinite(y);
}

/** The index of the point whose x is nearest, -1 when there are none. */
export function nearestIndex(points: readonly Point[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && x - points[low - 1]!.x <= points[low]!.x - x) return low - 1;
  return points.length === 0 ? -1 : low;
}
