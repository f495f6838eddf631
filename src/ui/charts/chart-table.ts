// The table of a chart: the same numbers, to be read, listened to or taken away as CSV
// (RFC 4180: CRLF, quotes doubled). CSV carries the numbers as they are, the page shows them rounded.

export type Cell = string | number | null;

export interface Column {
  readonly label: string;
  /** How the page shows a number of this column. */
  readonly format?: (value: number) => string;
}

export interface ChartTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A missing or non-finite number is an empty field. */
export function toCsv(table: ChartTable): string {
  const lines = [table.columns.map(({ label }) => label), ...table.rows];
  return lines.map((cells) => cells.map(field).join(',') + '\r\n').join('');
}

/** What the page shows in a cell; missing is a dash. */
export function cellText(cell: Cell, column: Column): string {
  if (cell === null || (typeof cell === 'number' && Number.isNaN(cell))) return '–';
  if (typeof cell === 'string') return cell;
  return column.format === undefined ? String(cell) : column.format(cell);
}

/** "Accuracy per round" → "accuracy-per-round", for file names. */
export function fileStem(title: string): string {
  const words = title
    .toLowerCase()
    .normalize('NFKD')
    .match(/[a-z0-9]+/g) ?? ['chart'];
  return words.slice(0, 8).join('-');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  // A leading =, +, - or @ would be run as a formula by a spreadsheet.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
