// The sheet to draw a digit on: mouse, touch, pen, or a brush moved with the arrow keys. The canvas
// is painted at most once a frame, whatever the pen's rate.
/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- role="application" is interactive: screen readers pass its keys on */
import { useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { paintInk } from './digit-picture.tsx';
import { INK_SIDE, type Point } from './ink.ts';
import type { Sketch } from './sketch.ts';

/** Steps of the brush in raster pixels: one pixel of the model's image, or three with Shift. */
const BRUSH_STEP = 12;

interface DrawingPadProps {
  readonly sketch: Sketch;
  /** Raised by whoever changes the sketch from outside. */
  readonly version: number;
  readonly onChange: () => void;
}

interface Brush extends Point {
  readonly isDown: boolean;
}

export function DrawingPad({ sketch, version, onChange }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<number | null>(null);
  const [brush, setBrush] = useState<Brush | null>(null);
  const helpId = useId();

  const paint = () => {
    frame.current ??= requestAnimationFrame(() => {
      frame.current = null;
      const context = canvas.current?.getContext('2d');
      if (context) paintInk(context, sketch.ink, INK_SIDE);
      onChange();
    });
  };

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) paintInk(context, sketch.ink, INK_SIDE);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the ink changes in place
  }, [sketch, version]);

  useEffect(
    () => () => {
      if (frame.current !== null) cancelAnimationFrame(frame.current);
      frame.current = null;
    },
    [],
  );

  const pointOf = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = canvas.current!.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * INK_SIDE) / box.width,
      y: ((event.clientY - box.top) * INK_SIDE) / box.height,
    };
  };

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setBrush(null);
    sketch.begin(pointOf(event));
    paint();
  };

  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const moves = event.nativeEvent.getCoalescedEvents?.() ?? [];
    for (const move of moves.length > 0 ? moves : [event.nativeEvent]) sketch.extend(pointOf(move));
    paint();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const from = brush ?? { x: INK_SIDE / 2, y: INK_SIDE / 4, isDown: false };
    const direction = directions[event.key];
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
      sketch.undo();
    } else if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (direction !== undefined) {
      const step = BRUSH_STEP * (event.shiftKey ? 3 : 1);
      const clamp = (value: number) => Math.min(INK_SIDE, Math.max(0, value));
      const to = { x: clamp(from.x + direction.x * step), y: clamp(from.y + direction.y * step) };
      if (from.isDown) sketch.extend(to);
      setBrush({ ...to, isDown: from.isDown });
    } else if (event.key === ' ') {
      if (!from.isDown) sketch.begin(from);
      setBrush({ ...from, isDown: !from.isDown });
    } else if (event.key === 'Escape' && from.isDown) {
      setBrush({ ...from, isDown: false });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      sketch.clear();
      setBrush({ ...from, isDown: false });
    } else {
      return;
    }
    event.preventDefault();
    paint();
  };

  return (
    <div className="drawing-pad">
      <div
        className="drawing-sheet"
        tabIndex={0}
        role="application"
        aria-label="Sheet to draw a digit on"
        aria-describedby={helpId}
        onKeyDown={onKeyDown}
        onBlur={() => setBrush((last) => last && { ...last, isDown: false })}
      >
        <canvas
          ref={canvas}
          width={INK_SIDE}
          height={INK_SIDE}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
        />
        {brush === null ? null : (
          <span
            className="drawing-brush"
            data-down={brush.isDown}
            style={{
              left: `${(100 * brush.x) / INK_SIDE}%`,
              top: `${(100 * brush.y) / INK_SIDE}%`,
            }}
          />
        )}
      </div>
      <output className="visually-hidden">
        {brush === null ? '' : brush.isDown ? 'Brush down, drawing' : 'Brush up'}
      </output>
      <p id={helpId} className="small soft">
        Mouse, finger or pen. By keyboard: arrows move a brush (Shift: further), Space puts it down
        or lifts it, Delete clears.
      </p>
    </div>
  );
}

const directions: Readonly<Record<string, Point | undefined>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
