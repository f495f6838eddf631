// Runs of lit pixels, read by hand-written examples; whole files are read in scripts/prepare-data.test.ts.
import { describe, expect, it } from 'vitest';
import { runOffsets, unpackImage } from './lit-runs.ts';

function unpack(runs: readonly number[], numPixels: number): number[] {
  const pixels = new Uint8Array(numPixels);
  unpackImage(Uint8Array.from(runs), 0, runs.length, pixels);
  return [...pixels];
}

describe('unpackImage', () => {
  it.each([
    ['nothing lit', [], [0, 0, 0]],
    ['lit at both ends', [0, 1, 7, 1, 1, 9], [7, 0, 9]],
    ['a dark rest', [1, 1, 5], [0, 5, 0]],
    ['dark pixels inside a run', [0, 3, 1, 0, 2], [1, 0, 2]],
  ])('%s', (_what, runs, pixels) => {
    expect(unpack(runs, pixels.length)).toEqual(pixels);
  });

  it('skips more than 255 dark pixels in two runs', () => {
    const pixels = unpack([255, 0, 45, 1, 8], 302);
    expect(pixels[300]).toBe(8);
    expect(pixels.filter((value) => value > 0)).toHaveLength(1);
  });

  it.each([
    ['more pixels than the image has', [2, 2, 1, 1]],
    ['a run that ends early', [0, 3, 1]],
    ['a head without its second byte', [0]],
  ])('refuses %s', (_what, runs) => {
    expect(() => unpack(runs, 3)).toThrow(RangeError);
  });

  it('reads no byte of the next image', () => {
    const file = Uint8Array.of(0, 1, 3, 4);
    expect(() => unpackImage(file, 0, 1, new Uint8Array(4))).toThrow(RangeError);
  });
});

describe('runOffsets', () => {
  it('finds each image', () => {
    expect([...runOffsets(Uint8Array.of(3, 0, 0, 0, 0, 1, 9), 2)]).toEqual([4, 7, 7]);
  });

  it.each([
    ['too short for its lengths', [1]],
    ['longer than its lengths say', [0, 0, 5]],
    ['shorter than its lengths say', [4, 0, 5]],
  ])('refuses a file %s', (_what, bytes) => {
    expect(() => runOffsets(Uint8Array.from(bytes), 1)).toThrow(RangeError);
  });
});
