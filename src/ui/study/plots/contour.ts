// A field of values over two parameters from scattered trials, and its bands as polygons. Shepard's
// inverse distance weighting (Shepard 1968, "A two-dimensional interpolation function for irregularly
// spaced data", ACM National Conference), in shares of the axes so that a logarithmic axis counts
// decades. Rejected: triangulation, which draws creases between few trials.

export interface FieldPoint {
  /** Place in [0, 1] on either axis. */
  readonly u: number;
  readonly v: number;
  readonly value: number;
}

/** (size + 1)² values, row by row from v = 0; NaN where no trial is near. */
export interface Field {
  readonly size: number;
  readonly values: Float64Array;
}

/** Further than this share of the axes from every trial nothing is said. */
const REACH = 0.3;
/** Keeps a trial's own place finite: about a fortieth of an axis. */
const SOFTENING = 0.025 ** 2;

export function interpolate(points: readonly FieldPoint[], size: number): Field {
  const values = new Float64Array((size + 1) ** 2).fill(NaN);
  for (let row = 0; row <= size; row++) {
    for (let column = 0; column <= size; column++) {
      let weighted = 0;
      let total = 0;
      let nearest = Infinity;
      for (const { u, v, value } of points) {
        const squared = (u - column / size) ** 2 + (v - row / size) ** 2;
        const weight = 1 / (squared + SOFTENING) ** 2;
        weighted += weight * value;
        total += weight;
        if (squared < nearest) nearest = squared;
      }
      if (nearest <= REACH ** 2) values[row * (size + 1) + column] = weighted / total;
    }
  }
  return { size, values };
}

type Corner = readonly [u: number, v: number, value: number];

/**
 * The area where low ≤ value < high, as polygons in shares of the axes. Cells with a corner without a
 * value have none.
 */
export function band(field: Field, low: number, high: number): (readonly Corner[])[] {
  const { size, values } = field;
  const at = (column: number, row: number): Corner => [
    column / size,
    row / size,
    values[row * (size + 1) + column]!,
  ];
  const polygons: (readonly Corner[])[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const cell = [
        at(column, row),
        at(column + 1, row),
        at(column + 1, row + 1),
        at(column, row + 1),
      ];
      const inCell = cell.map(([, , value]) => value);
      if (!inCell.every(Number.isFinite)) continue;
      if (Math.max(...inCell) < low || Math.min(...inCell) >= high) continue;
      const polygon = clip(clip(cell, low, 1), high, -1);
      if (polygon.length > 2) polygons.push(polygon);
    }
  }
  return polygons;
}

/** The part of a polygon where sign · (value − level) ≥ 0 (Sutherland & Hodgman 1974). */
function clip(polygon: readonly Corner[], level: number, sign: 1 | -1): readonly Corner[] {
  const kept: Corner[] = [];
  polygon.forEach((from, index) => {
    const to = polygon[(index + 1) % polygon.length]!;
    const a = sign * (from[2] - level);
    const b = sign * (to[2] - level);
    if (a >= 0) kept.push(from);
    if (a >= 0 !== b >= 0) {
      const t = a / (a - b);
      kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]), level]);
    }
  });
  return kept;
}
