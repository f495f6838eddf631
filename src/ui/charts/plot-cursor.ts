// The cursor of a plot, moved by pointer and keys, and what it does to the axes: they stand still while
// it is in the plot, and a zoom stays until it is reset. What the cursor stands on (a point, a bar, a
// trial) is the chart's own.
import { useCallback, useState } from 'react';
import { zoomed } from './line-geometry.ts';
import type { Projection } from './path.ts';
import type { PlotProps } from './plot.tsx';
import type { Domain } from './series.ts';

export interface PlotAxes {
  /** The part of the x axis that is shown; null: all of it. */
  readonly zoom: Domain | null;
  changeZoom(range: Domain | null): void;
  /** The axes stay as they are now, whatever data arrive. */
  hold(wanted: Projection): void;
  /** The axes follow the data again. */
  release(): void;
  /** The axes to draw: the held ones, as long as the plot has their width. */
  shown(wanted: Projection): Projection;
}

export function usePlotAxes(): PlotAxes {
  const [zoom, setZoom] = useState<Domain | null>(null);
  const [held, setHeld] = useState<Projection | null>(null);
  const release = useCallback(() => setHeld(null), []);
  return {
    zoom,
    changeZoom(range) {
      setHeld(null);
      setZoom(range);
    },
    hold: (wanted) => setHeld((earlier) => earlier ?? wanted),
    release,
    shown: (wanted) => (held !== null && held.area.width === wanted.area.width ? held : wanted),
  };
}

interface CursorRules<Place> {
  readonly axes: Omit<PlotAxes, 'shown'>;
  /** The axes that the data ask for now. */
  readonly wanted: Projection;
  /** What the cursor stands on, or null. */
  readonly place: Place | null;
  readonly moveTo: (place: Place | null) => void;
  /** What lies at these pixels of the plot. */
  readonly placeAt: (pixels: readonly [number, number]) => Place | null;
  /** Where a key moves the cursor; null when it does not. */
  readonly placeAfter: (key: string) => Place | null;
  /** What plus and minus zoom, and around what; without it they do nothing. */
  readonly keyZoom?: {
    readonly shown: Domain;
    readonly around: number | null;
    readonly whole: Domain;
  };
}

/** What pointer and keys do, for a `Plot`. Escape lets go of the cursor first, then of the zoom. */
export function cursorHandlers<Place>(
  rules: CursorRules<Place>,
): Pick<PlotProps, 'onCursor' | 'onZoom' | 'onKey'> {
  const { axes, wanted, place, moveTo, keyZoom } = rules;
  const leave = () => {
    axes.release();
    moveTo(null);
  };
  return {
    onCursor(pixels) {
      if (pixels === null) return leave();
      axes.hold(wanted);
      moveTo(rules.placeAt(pixels));
    },
    onZoom: (range) => axes.changeZoom(range),
    onKey(key) {
      if (key === 'Escape' && (place !== null || axes.zoom !== null)) {
        if (place !== null) leave();
        else axes.changeZoom(null);
        return true;
      }
      if (keyZoom !== undefined && (key === '+' || key === '-')) {
        const { shown, around, whole } = keyZoom;
        axes.changeZoom(zoomed(shown, around, key === '+' ? 0.5 : 2, whole));
        return true;
      }
      const next = rules.placeAfter(key);
      if (next === null) return false;
      axes.hold(wanted);
      moveTo(next);
      return true;
    },
  };
}
