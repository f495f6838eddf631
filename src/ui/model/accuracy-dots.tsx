// Accuracies side by side as dots on one axis (Cleveland 1984): bars would have to start at 0, where
// all of these look alike. The axis says where it starts; what is not known has no dot.
import { ChartFrame } from '../charts/chart-frame.tsx';
import { useWidth } from '../charts/use-width.ts';
import { formatPercent } from '../format.ts';
import { axisStart } from './confusion.ts';

/** Height of a row, px; where there are many they move closer. */
const ROW_HEIGHT = 22;
const CLOSE_ROW_HEIGHT = 15;
const MANY_ROWS = 12;
const LETTER_WIDTH = 7; // px, at the axis font size
const LARGEST_LABEL = 120;
const RIGHT = 64; // px for the value
const BOTTOM = 40;

export interface AccuracyRow {
  readonly label: string;
  /** null: not measured yet. */
  readonly accuracy: number | null;
  readonly colour: string;
}

interface AccuracyDotsProps {
  readonly title: string;
  readonly caption: string;
  /** What a row is: "digit", "client". */
  readonly noun: string;
  readonly rows: readonly AccuracyRow[];
  readonly emptyText: string;
}

export function AccuracyDots({ title, caption, noun, rows, emptyText }: AccuracyDotsProps) {
  const isEmpty = rows.every(({ accuracy }) => accuracy === null);
  return (
    <ChartFrame
      title={title}
      {...(isEmpty ? {} : { caption })}
      empty={isEmpty ? emptyText : null}
      table={() => ({
        columns: [{ label: noun }, { label: 'accuracy', format: (share) => formatPercent(share) }],
        rows: rows.map(({ label, accuracy }) => [label, accuracy]),
      })}
      pictureLegend={[]}
    >
      {isEmpty ? null : <Dots title={title} rows={rows} />}
    </ChartFrame>
  );
}

function Dots({ title, rows }: Pick<AccuracyDotsProps, 'title' | 'rows'>) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const longest = rows.reduce((most, { label }) => Math.max(most, label.length), 1);
  const left = Math.min(LARGEST_LABEL, 12 + longest * LETTER_WIDTH);
  const start = axisStart(rows.map(({ accuracy }) => accuracy));
  const axisWidth = width - left - RIGHT;
  const xOf = (share: number) => left + ((share - start) / (1 - start)) * axisWidth;
  const rowHeight = rows.length > MANY_ROWS ? CLOSE_ROW_HEIGHT : ROW_HEIGHT;
  const bottom = rows.length * rowHeight;
  return (
    <div ref={holder}>
      {axisWidth <= 0 ? null : (
        <svg
          className="chart-picture"
          width={width}
          height={bottom + BOTTOM}
          role="img"
          aria-label={`${title}; the numbers are in the table.`}
        >
          {[0, 0.5, 1].map((share) => {
            const value = start + share * (1 - start);
            const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
            return (
              <g key={share} className="model-axis">
                <line x1={xOf(value)} x2={xOf(value)} y1={0} y2={bottom} className="model-grid" />
                <text x={xOf(value)} y={bottom + 16} textAnchor={anchor}>
                  {`${Number((100 * value).toFixed(1))} %`}
                </text>
              </g>
            );
          })}
          <text x={left} y={bottom + 34} className="model-axis">
            {start === 0 ? 'accuracy' : `accuracy, axis starts at ${Math.round(100 * start)} %`}
          </text>
          {rows.map(({ label, accuracy, colour }, row) => {
            const y = (row + 0.5) * rowHeight;
            return (
              <g key={row}>
                <text x={left - 10} y={y + 4} textAnchor="end" className="model-axis">
                  {label.slice(0, LARGEST_LABEL / LETTER_WIDTH - 2)}
                </text>
                <line x1={left} x2={left + axisWidth} y1={y} y2={y} className="model-grid" />
                {accuracy === null ? null : (
                  <circle cx={xOf(accuracy)} cy={y} r={5} style={{ fill: colour }} />
                )}
                <text x={width} y={y + 4} textAnchor="end" className="model-figure" fontSize={12}>
                  {formatPercent(accuracy)}
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
