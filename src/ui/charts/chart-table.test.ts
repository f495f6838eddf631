import { expect, test } from 'vitest';
import { seriesSummary, seriesTable } from './series-table.ts';
import { cellText, fileStem, toCsv } from './chart-table.ts';

test('CSV quotes what needs it (RFC 4180) and leaves missing fields empty', () => {
  const table = {
    columns: [{ label: 'round' }, { label: 'loss, nats' }],
    rows: [
      [0, 2.302585092994046],
      [1, null],
      [2, Number.NaN],
      ['say "x"\nand y', -1e-7],
    ],
  };
  expect(toCsv(table)).toBe(
    'round,"loss, nats"\r\n0,2.302585092994046\r\n1,\r\n2,\r\n"say ""x""\nand y",-1e-7\r\n',
  );
});

test('a name that a spreadsheet would run is defused, a negative number is not', () => {
  const table = { columns: [{ label: '=1+1' }], rows: [[-3]] };
  expect(toCsv(table)).toBe("'=1+1\r\n-3\r\n");
});

test('cells show missing as a dash, never as 0', () => {
  expect(cellText(null, { label: '' })).toBe('–');
  expect(cellText(Number.NaN, { label: '', format: String })).toBe('–');
  expect(cellText(0.5, { label: '', format: (value) => `${value * 100} %` })).toBe('50 %');
});

test('file names', () => {
  expect(fileStem('Accuracy per round, 5 clients (α = 0.5)')).toBe(
    'accuracy-per-round-5-clients-0-5',
  );
});

const axis = { label: 'round', format: String };

test('series become one row an x, missing where a series has no point', () => {
  const series = [
    { id: 'a', label: 'A', colour: '', points: [{ x: 0, y: 1 }, { x: 2, y: 3 }] }, // prettier-ignore
    { id: 'b', label: 'B', colour: '', points: [{ x: 1, y: 2 }, { x: 2, y: null }] }, // prettier-ignore
  ];
  const { columns, rows } = seriesTable(series, axis, axis);
  expect(columns.map(({ label }) => label)).toEqual(['round', 'A', 'B']);
  expect(rows).toEqual([
    [0, 1, null],
    [1, null, 2],
    [2, 3, null],
  ]);
});

test('a chart in words says where a line starts and ends', () => {
  const points = [
    { x: 0, y: null },
    { x: 1, y: 0.1 },
    { x: 9, y: 0.9 },
  ];
  const series = [
    { id: 'a', label: 'CKKS', colour: '', points },
    { id: 'b', label: 'twin', colour: '', points: [] },
  ];
  expect(seriesSummary(series, axis, axis)).toBe(
    'CKKS: 0.1 at round 1 to 0.9 at round 9. twin: no values yet.',
  );
});
