// What a scatter chart decides without drawing: paths of many marks at once, the nearest mark, where a
// key moves the cursor. One path a colour and shape keeps hundreds of marks cheap.
import { isDrawable, pixelX, pixelY, type Projection } from '../../charts/path.ts';
import type { Domain } from '../../charts/series.ts';

/** `cross`: a trial that did not get to its end. `ring`: one still running. */
export type MarkShape = 'dot' | 'cross' | 'ring';

export interface Mark {
  /** What it stands for; marks of the same id in other charts are highlighted with it. */
  readonly id: string;
  readonly x: number;
  readonly y: number | null;
  readonly colour: string;
  readonly shape: MarkShape;
}

export interface MarkGroup {
  readonly key: string;
  readonly colour: string;
  readonly shape: MarkShape;
  readonly path: string;
}

/** Half the width of a cross, and the radius of a ring, px. */
const REACH = 3.2;

/** The marks that can be drawn, as one path a colour and shape, in order of their first mark. */
export function markGroups(marks: readonly Mark[], projection: Projection): MarkGroup[] {
  const groups = new Map<string, { colour: string; shape: MarkShape; path: string[] }>();
  for (const mark of marks) {
    if (!isInside(mark, projection)) continue;
    const key = `${mark.shape} ${mark.colour}`;
    const group = groups.get(key) ?? { colour: mark.colour, shape: mark.shape, path: [] };
    group.path.push(markPath(mark, projection));
    groups.set(key, group);
  }
  return [...groups].map(([key, { colour, shape, path }]) => ({
    key,
    colour,
    shape,
    path: path.join(''),
  }));
}

/** A dot is a stroke without length and needs round caps. */
export function markPath(mark: Mark, projection: Projection): string {
  const x = Math.round(pixelX(projection, mark.x) * 10) / 10;
  const y = Math.round(pixelY(projection, mark.y!) * 10) / 10;
  const r = REACH;
  switch (mark.shape) {
    case 'dot':
      return `M${x} ${y}h0`;
    case 'cross':
      return `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
    case 'ring':
      return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
    default:
      return mark.shape satisfies never;
  }
}

/** Has a place between the axes. */
export function isInside(mark: Mark, projection: Projection): boolean {
  return (
    isDrawable(mark, projection) && within(mark.x, projection.x) && within(mark.y!, projection.y)
  );
}

/** The mark nearest to these pixels, null when none is inside. */
export function nearestMark(
  marks: readonly Mark[],
  projection: Projection,
  [left, top]: readonly [number, number],
): Mark | null {
  let best: Mark | null = null;
  let bestDistance = Infinity;
  for (const mark of marks) {
    if (!isInside(mark, projection)) continue;
    const distance = Math.hypot(
      pixelX(projection, mark.x) - left,
      pixelY(projection, mark.y!) - top,
    );
    if (distance < bestDistance) [best, bestDistance] = [mark, distance];
  }
  return best;
}

/** The mark after an arrow, Home or End key, in order of x; null when the key does not move it. */
export function steppedMark(
  marks: readonly Mark[],
  projection: Projection,
  current: string | null,
  key: string,
): Mark | null {
  const inside = marks
    .filter((mark) => isInside(mark, projection))
    .sort((a, b) => a.x - b.x || a.y! - b.y!);
  const last = inside.length - 1;
  const at = inside.findIndex(({ id }) => id === current);
  const targets: Record<string, number> = {
    ArrowRight: at < 0 ? 0 : at + 1,
    ArrowLeft: at < 0 ? last : at - 1,
    Home: 0,
    End: last,
  };
  const target = targets[key];
  if (target === undefined || last < 0) return null;
  return inside[Math.max(0, Math.min(last, target))]!;
}

function within(value: number, [low, high]: Domain): boolean {
  const slack = (high - low) * 1e-9;
  return value >= low - slack && value <= high + slack;
}
