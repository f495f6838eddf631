// A drawing as the list of what was done to it, so that every step can be undone; the raster is
// kept beside it and drawn again only when something is taken back.
import { IMAGE_SIDE } from '../../core/model/model-spec.ts';
import { toDigitImage } from './digit-image.ts';
import { blankInk, INK_SIDE, inkSegment, inkStroke, type Point } from './ink.ts';

type Step =
  | { readonly type: 'stroke'; readonly points: Point[] }
  | { readonly type: 'clear' }
  /** [784] pixels put in place of the drawing. */
  | { readonly type: 'image'; readonly pixels: Uint8Array };

export interface Sketch {
  /** [INK_SIDE × INK_SIDE]; the same array all along. */
  readonly ink: Uint8Array<ArrayBuffer>;
  begin(point: Point): void;
  /** Goes on with the stroke begun last. */
  extend(point: Point): void;
  clear(): void;
  show(pixels: Uint8Array): void;
  /** Takes the last step back; false when there is none. */
  undo(): boolean;
  canUndo(): boolean;
  isBlank(): boolean;
  /** What the model gets to see: [784], or null when nothing is drawn. */
  image(): Uint8Array<ArrayBuffer> | null;
}

export function createSketch(): Sketch {
  const ink = blankInk();
  let steps: Step[] = [];

  function apply(step: Step): void {
    if (step.type === 'stroke') return inkStroke(ink, step.points);
    ink.fill(0);
    if (step.type === 'image') enlarge(step.pixels, ink);
  }

  function add(step: Step): void {
    steps.push(step);
    apply(step);
  }

  const isBlank = () => ink.every((value) => value === 0);

  return {
    ink,
    begin: (point) => add({ type: 'stroke', points: [point] }),
    extend(point) {
      const step = steps.at(-1);
      if (step?.type !== 'stroke') return add({ type: 'stroke', points: [point] });
      inkSegment(ink, step.points.at(-1)!, point);
      step.points.push(point);
    },
    clear() {
      if (!isBlank()) add({ type: 'clear' });
    },
    show: (pixels) => add({ type: 'image', pixels }),
    undo() {
      if (steps.length === 0) return false;
      steps = steps.slice(0, -1);
      ink.fill(0);
      steps.forEach(apply);
      return true;
    },
    canUndo: () => steps.length > 0,
    isBlank,
    image: () => toDigitImage(ink, INK_SIDE),
  };
}

/** Each pixel becomes a square, so that preparing the raster gives the very same image back. */
function enlarge(pixels: Uint8Array, ink: Uint8Array): void {
  const factor = INK_SIDE / IMAGE_SIDE;
  for (let y = 0; y < INK_SIDE; y++) {
    for (let x = 0; x < INK_SIDE; x++) {
      ink[y * INK_SIDE + x] = pixels[Math.floor(y / factor) * IMAGE_SIDE + Math.floor(x / factor)]!;
    }
  }
}
