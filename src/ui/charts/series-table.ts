// A line chart in words and as a table: one row an x, one column a series.
import { isPresent, type Series } from './series.ts';
import type { ChartTable } from './chart-table.ts';

interface AxisText {
  readonly label: string;
  readonly format: (value: number) => string;
}

/** Series with many lines are summed up by their number. */
const MAX_SUMMARISED = 4;

export function seriesTable(series: readonly Series[], x: AxisText, y: AxisText): ChartTable {
  const rows = new Map<number, (number | null)[]>();
  series.forEach(({ points }, column) => {
    for (const point of points) {
      const row = rows.get(point.x) ?? Array<number | null>(series.length).fill(null);
      row[column] = isPresent(point.y) ? point.y : null;
      rows.set(point.x, row);
    }
  });
  return {
    columns: [
      { label: x.label, format: x.format },
      ...series.map(({ label }) => ({ label, format: y.format })),
    ],
    rows: [...rows].sort(([a], [b]) => a - b).map(([at, values]) => [at, ...values]),
  };
}

/** "CKKS: 10.20 % at Round 0 to 97.40 % at Round 10." for a screen reader. */
export function seriesSummary(series: readonly Series[], x: AxisText, y: AxisText): string {
  if (series.length > MAX_SUMMARISED) return `${series.length} lines.`;
  return series
    .map(({ label, points }) => {
      const present = points.filter((point) => isPresent(point.y));
      const first = present[0];
      const last = present[present.length - 1];
      if (first === undefined || last === undefined) return `${label}: no values yet.`;
      const start = `${label}: ${y.format(first.y!)} at ${x.label} ${x.format(first.x)}`;
      if (last === first) return `${start}.`;
      return `${start} to ${y.format(last.y!)} at ${x.label} ${x.format(last.x)}.`;
    })
    .join(' ');
}
