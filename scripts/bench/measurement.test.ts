import { describe, expect, it } from 'vitest';
import { markdownTable, median, readMeasurements } from './measurement.ts';

const fast = { what: 'pace', measured: '5 ×', target: '≥ 2 ×', met: true, values: { ratio: 5 } };

describe('markdownTable', () => {
  it('writes a line per measurement and one per failed row', () => {
    const results = [
      { row: 'a', measurements: [fast, { ...fast, met: false }], failure: null },
      { row: 'b', measurements: [{ ...fast, target: '', met: null }], failure: null },
      { row: 'c', measurements: [], failure: 'client tab 1 | crashed' },
    ];
    expect(markdownTable(results).split('\n').slice(2)).toEqual([
      '| a | pace | 5 × | ≥ 2 × | yes |',
      '| a | pace | 5 × | ≥ 2 × | NO |',
      '| b | pace | 5 × |  |  |',
      '| c | failed: client tab 1 \\| crashed |  |  | NO |',
    ]);
  });
});

describe('readMeasurements', () => {
  it('takes what a page module returns and nothing else', () => {
    expect(readMeasurements([fast])).toEqual([fast]);
    expect(() => readMeasurements([{ ...fast, values: { ratio: '5' } }])).toThrow(/number/);
    expect(() => readMeasurements(undefined)).toThrow(/undefined/);
  });
});

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 1, 2, 4], 3],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('of nothing is an error', () => expect(() => median([])).toThrow(RangeError));
});
