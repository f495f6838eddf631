// One line of the benchmark's table, and the table.
import * as v from 'valibot';

const measurementSchema = v.strictObject({
  /** What was measured, over what. */
  what: v.string(),
  /** The figure with its unit, as it is printed. */
  measured: v.string(),
  /** The figure to reach, as it is printed; '' where there is none. */
  target: v.string(),
  /** null: nothing to reach. */
  met: v.nullable(v.boolean()),
  /** The raw figures, units in their names. */
  values: v.record(v.string(), v.number()),
});
export type Measurement = v.InferOutput<typeof measurementSchema>;

/** Reads what a benchmark module returned in a page. Throws a ValiError when it is something else. */
export function readMeasurements(value: unknown): Measurement[] {
  return v.parse(v.array(measurementSchema), value);
}

export interface RowResult {
  readonly row: string;
  readonly measurements: readonly Measurement[];
  /** Why the row could not be measured, or null. */
  readonly failure: string | null;
}

/** A Markdown table, one line a measurement, a failed row as a line of its own. */
export function markdownTable(results: readonly RowResult[]): string {
  const lines = results.flatMap(({ row, measurements, failure }) => [
    ...measurements.map(({ what, measured, target, met }) =>
      [row, what, measured, target, met === null ? '' : met ? 'yes' : 'NO'].map(escaped),
    ),
    ...(failure === null ? [] : [[row, `failed: ${failure}`, '', '', 'NO'].map(escaped)]),
  ]);
  return [
    '| row | what | measured | target | reached |',
    '| --- | --- | --- | --- | --- |',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The middle value, or the mean of the two middle ones. Throws a RangeError when there is none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
