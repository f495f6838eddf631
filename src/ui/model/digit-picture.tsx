// A 28 × 28 image as the model sees it, each pixel a square. Ink is drawn as opacity; the style
// sheet turns it light on the dark theme.
import { useEffect, useRef } from 'react';
import { IMAGE_SIDE } from '../../core/model/model-spec.ts';

interface DigitPictureProps {
  /** [784], 0 = background, 255 = ink; null: blank. */
  readonly pixels: Uint8Array | null;
  /** What is in the picture, for those who cannot see it; null where it is said beside it. */
  readonly label: string | null;
}

export function DigitPicture({ pixels, label }: DigitPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    paintInk(context, pixels ?? new Uint8Array(IMAGE_SIDE * IMAGE_SIDE), IMAGE_SIDE);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      className="digit-picture"
      width={IMAGE_SIDE}
      height={IMAGE_SIDE}
      {...(label === null ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}

/** Puts `ink` [side × side] on the canvas as black of that opacity. */
export function paintInk(context: CanvasRenderingContext2D, ink: Uint8Array, side: number): void {
  const picture = context.createImageData(side, side);
  for (let i = 0; i < ink.length; i++) picture.data[4 * i + 3] = ink[i]!;
  context.putImageData(picture, 0, 0);
}
