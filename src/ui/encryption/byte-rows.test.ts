import { expect, test } from 'vitest';
import { byteRows } from './byte-rows.ts';

test('bytes become rows of two digits with offsets; the last row may be short', () => {
  const rows = byteRows(Uint8Array.of(0, 1, 15, 16, 255), 2);
  expect(rows.map(({ offset }) => offset)).toEqual([0, 2, 4]);
  expect(rows.map(({ cells }) => cells.join(' '))).toEqual(['00 01', '0f 10', 'ff']);
});

test('no bytes, no rows', () => {
  expect(byteRows(new Uint8Array(0), 16)).toEqual([]);
});
