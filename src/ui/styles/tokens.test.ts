// Contrast of the tokens by WCAG 2.2 (relative luminance, success criteria 1.4.3 and 1.4.11),
// measured from the style sheet itself in both themes.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const sheet = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...sheet.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
);

const grounds = ['ground', 'surface', 'surface-sunken'];
const texts = ['ink', 'ink-soft', 'accent', 'error', 'warning'];
const marks = [...tokens.keys()].filter((name) => /^(seat|phase|state)-/.test(name));

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const colour = (name: string) => tokens.get(name)![theme];

  it.each(texts)('%s can be read on every ground', (text) => {
    for (const ground of grounds) {
      expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each([...marks, 'line-strong'])('%s can be seen on every ground', (mark) => {
    for (const ground of grounds) {
      expect(contrast(colour(mark), colour(ground))).toBeGreaterThanOrEqual(3);
    }
  });

  it.each([
    ['ink-on-accent', 'accent'],
    ['ink-on-accent', 'accent-strong'],
    ['accent', 'accent-soft'],
    ['ink', 'accent-soft'],
    ['ink', 'error-soft'],
    ['ink', 'warning-soft'],
  ])('%s can be read on %s', (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });
});

it('reads all the tokens it means to', () => {
  expect(marks).toHaveLength(9 + 9 + 5);
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
});

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
