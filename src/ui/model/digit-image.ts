// From a drawing to what the model was trained on: MNIST's digits are scaled to fit a 20 × 20 box
// with their aspect kept, anti-aliased, and placed with their centre of mass in the middle of a
// 28 × 28 field (LeCun, Cortes & Burges, "The MNIST database of handwritten digits").
import { IMAGE_SIDE, NUM_PIXELS } from '../../core/model/model-spec.ts';

const BOX_SIDE = 20; // LeCun et al.: the digit's longer side
const MIDDLE = 14.5; // the middle of pixel 14, where MNIST's centres of mass lie on average (test images: 14.51, 14.48)

/**
 * The [784] image of `ink` [side × side] (0 = background, 255 = ink), or null when nothing is drawn.
 * Each of its pixels is the mean of the ink it covers. A digit whose centre of mass is far off its
 * middle is moved only as far as the field reaches, so that nothing is cut off.
 */
export function toDigitImage(ink: Uint8Array, side: number): Uint8Array<ArrayBuffer> | null {
  const box = boundingBox(ink, side);
  if (box === null) return null;
  const scale = BOX_SIDE / Math.max(box.right - box.left, box.bottom - box.top);
  const startX = placement(box.massX, box.left, box.right, scale);
  const startY = placement(box.massY, box.top, box.bottom, scale);
  const image = new Uint8Array(NUM_PIXELS);
  for (let y = 0; y < IMAGE_SIDE; y++) {
    const top = box.top + (y - startY) / scale;
    for (let x = 0; x < IMAGE_SIDE; x++) {
      const left = box.left + (x - startX) / scale;
      image[y * IMAGE_SIDE + x] = Math.round(
        meanInk(ink, side, left, top, left + 1 / scale, top + 1 / scale),
      );
    }
  }
  return image;
}

/** Where the box's edge lies in the field, in whole pixels: mass in the middle, all of it inside. */
function placement(mass: number, low: number, high: number, scale: number): number {
  const start = Math.round(MIDDLE - (mass - low) * scale);
  const room = Math.floor(IMAGE_SIDE - (high - low) * scale);
  return Math.min(room, Math.max(0, start));
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly massX: number;
  readonly massY: number;
}

function boundingBox(ink: Uint8Array, side: number): Box | null {
  let [left, right, top, bottom] = [side, 0, side, 0];
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = ink[y * side + x]!;
      if (value === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      mass += value;
      momentX += value * (x + 0.5);
      momentY += value * (y + 0.5);
    }
  }
  if (mass === 0) return null;
  return { left, right, top, bottom, massX: momentX / mass, massY: momentY / mass };
}

/** Mean of the ink in a rectangle with fractional edges; outside the raster is background. */
function meanInk(
  ink: Uint8Array,
  side: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  let sum = 0;
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(side, bottom); y++) {
    const height = Math.min(y + 1, bottom) - Math.max(y, top);
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(side, right); x++) {
      const value = ink[y * side + x]!;
      if (value !== 0) sum += value * height * (Math.min(x + 1, right) - Math.max(x, left));
    }
  }
  return sum / ((right - left) * (bottom - top));
}
