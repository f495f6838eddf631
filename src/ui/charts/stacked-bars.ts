// Bars of stacked parts: what is drawn, without drawing it. Hundreds of bars are averaged into groups
// of neighbours, so that every bar stays wide enough to be seen.
import { isPresent } from './series.ts';

export interface Bar {
  readonly x: number;
  /** One value a layer, from the bottom; missing adds nothing and is no 0 in the table. */
  readonly values: readonly (number | null)[];
}

export interface DrawnBar {
  readonly x: number;
  readonly base: number;
  readonly top: number;
}

/** Groups of `size` neighbours as their mean, in the middle of their x; size 1 changes nothing. */
export function groupBars(
  bars: readonly Bar[],
  maxBars: number,
): { bars: readonly Bar[]; size: number } {
  const size = Math.max(1, Math.ceil(bars.length / maxBars));
  if (size === 1) return { bars, size };
  const groups: Bar[] = [];
  for (let from = 0; from < bars.length; from += size) {
    const group = bars.slice(from, from + size);
    const numLayers = group[0]!.values.length;
    groups.push({
      x: (group[0]!.x + group[group.length - 1]!.x) / 2,
      values: Array.from({ length: numLayers }, (_, layer) =>
        mean(group.map(({ values }) => values[layer] ?? null)),
      ),
    });
  }
  return { bars: groups, size };
}

/** For each layer its bars from base to top; layers that are not `shown` take no room. */
export function stack(bars: readonly Bar[], shown: readonly boolean[]): DrawnBar[][] {
  const layers: DrawnBar[][] = shown.map(() => []);
  for (const { x, values } of bars) {
    let base = 0;
    values.forEach((value, layer) => {
      if (!isPresent(value) || shown[layer] !== true) return;
      layers[layer]!.push({ x, base, top: base + value });
      base += value;
    });
  }
  return layers;
}

function mean(values: readonly (number | null)[]): number | null {
  const present = values.filter(isPresent);
  if (present.length === 0) return null;
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}
