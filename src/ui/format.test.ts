// Expected texts are written out by hand from the rules of the page (digits, units, one line).
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  seatColour,
} from './format.ts';

/** Spaces as typed here stand for the no-break spaces of the page. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('percentages', () => {
  it.each([
    [0.97484, undefined, '97.48 %'],
    [1, 0, '100 %'],
    [0, 1, '0.0 %'],
    [null, undefined, '–'],
    [Number.NaN, undefined, '–'],
  ])('%s with %s digits is %s', (share, digits, text) => {
    expect(plain(formatPercent(share, digits))).toBe(text);
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [4200, '4.20 kB'],
    [99_900, '99.9 kB'],
    [430_000, '0.43 MB'],
    [9_996_000, '10.0 MB'],
    [1_200_000_000, '1.20 GB'],
    [null, '–'],
  ])('%s is %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.434, '0.43 ms'],
    [9.999, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_500_000, '2 h 05 min'],
    [null, '–'],
  ])('%s ms is %s', (ms, text) => expect(plain(formatDuration(ms))).toBe(text));
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.012345, '0.0123'],
    [1234.5, '1,230'],
    [-2.5, '-2.5'],
    [0.000012, '1.2 × 10⁻⁵'],
    [1e-10, '1 × 10⁻¹⁰'],
    [123456789, '1.23 × 10⁸'],
    [undefined, '–'],
  ])('%s is %s', (x, text) => expect(plain(formatNumber(x))).toBe(text));
  it('marks thousands of counts', () => expect(formatCount(55_000)).toBe('55,000'));
});

it('gives a seat the same colour everywhere, in a cycle of eight', () => {
  expect(seatColour(0)).toBe('var(--seat-0)');
  expect(seatColour(9)).toBe('var(--seat-1)');
  expect(seatColour(null)).toBe('var(--seat-none)');
});
