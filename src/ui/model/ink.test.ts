import { describe, expect, it } from 'vitest';
import { blankInk, INK_SIDE, inkSegment, inkStroke, PEN_RADIUS } from './ink.ts';

const area = (ink: Uint8Array) => ink.reduce((sum, value) => sum + value, 0) / 255;

describe('ink', () => {
  it('draws a dot of the pen’s area', () => {
    const ink = blankInk();
    inkStroke(ink, [{ x: 168, y: 168 }]);
    expect(area(ink) / (Math.PI * PEN_RADIUS ** 2)).toBeCloseTo(1, 1);
  });

  it('draws a slanted segment as a rectangle with round ends', () => {
    const ink = blankInk();
    inkSegment(ink, { x: 60, y: 80 }, { x: 260, y: 230 }); // length 250
    const expected = 2 * PEN_RADIUS * 250 + Math.PI * PEN_RADIUS ** 2;
    expect(area(ink) / expected).toBeCloseTo(1, 2);
  });

  it('does not darken or thicken where a stroke goes back over itself', () => {
    const [once, twice] = [blankInk(), blankInk()];
    inkStroke(once, [
      { x: 50, y: 50 },
      { x: 200, y: 120 },
    ]);
    inkStroke(twice, [
      { x: 50, y: 50 },
      { x: 200, y: 120 },
      { x: 50, y: 50 },
    ]);
    expect(twice).toEqual(once);
  });

  it('clips at the edges', () => {
    const ink = blankInk();
    inkStroke(ink, [
      { x: -40, y: 10 },
      { x: INK_SIDE + 40, y: 10 },
    ]);
    expect(ink[10 * INK_SIDE]).toBe(255);
    expect(ink[11 * INK_SIDE - 1]).toBe(255);
    expect(ink[60 * INK_SIDE]).toBe(0);
  });
});
