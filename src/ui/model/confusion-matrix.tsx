// Which digits are taken for which: a heat map of counts with its sums. Shades follow the logarithm
// of the count, because nine tenths lie on the diagonal and the rest is what one looks for; hits and
// mistakes have a colour and a scale each.
import { NUM_CLASSES } from '../../core/model/model-spec.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';
import type { ChartTable } from '../charts/chart-table.ts';
import { useWidth } from '../charts/use-width.ts';
import { formatCount, formatPercent } from '../format.ts';
import { largestMistake, shadeOf } from './confusion.ts';

const LEFT = 44; // px for the row labels
const TOP = 44;
const LARGEST_CELL = 56;
const AXIS_FONT = 12;

interface ConfusionMatrixProps {
  /** [10 × 10] counts, row = true digit, column = prediction; null: not measured yet. */
  readonly confusion: readonly number[] | null;
  readonly caption: string;
  /** What will appear and how to make it appear. */
  readonly emptyText: string;
}

export function ConfusionMatrix({ confusion, caption, emptyText }: ConfusionMatrixProps) {
  return (
    <ChartFrame
      title="Confusion matrix: true digit against prediction"
      {...(confusion === null ? {} : { caption })}
      empty={confusion === null ? emptyText : null}
      table={() => tableOf(confusion ?? [])}
      pictureLegend={[
        { label: 'right', colour: 'var(--accent)' },
        { label: 'taken for another', colour: 'var(--error)' },
      ]}
    >
      {confusion === null ? null : <HeatMap confusion={confusion} />}
    </ChartFrame>
  );
}

function HeatMap({ confusion }: { readonly confusion: readonly number[] }) {
  const [holder, width] = useWidth<HTMLDivElement>();
  const cell = Math.min(LARGEST_CELL, Math.floor((width - LEFT) / NUM_CLASSES));
  const side = cell * NUM_CLASSES;
  const digits = Array.from({ length: NUM_CLASSES }, (_, digit) => digit);
  const middle = (digit: number) => (digit + 0.5) * cell;
  const font = cell < 32 ? 9 : AXIS_FONT;
  return (
    <div ref={holder}>
      {cell <= 0 ? null : (
        <svg
          className="chart-picture confusion"
          width={LEFT + side}
          height={TOP + side}
          role="img"
          aria-label={summaryOf(confusion)}
        >
          <text x={LEFT + side / 2} y={14} textAnchor="middle" className="model-axis">
            predicted digit
          </text>
          <text
            transform={`translate(12 ${TOP + side / 2}) rotate(-90)`}
            textAnchor="middle"
            className="model-axis"
          >
            true digit
          </text>
          {digits.map((digit) => (
            <g key={digit} className="model-axis">
              <text x={LEFT + middle(digit)} y={TOP - 8} textAnchor="middle">
                {digit}
              </text>
              <text x={LEFT - 10} y={TOP + middle(digit) + 4} textAnchor="end">
                {digit}
              </text>
            </g>
          ))}
          {confusion.map((count, at) => {
            const [row, column] = [Math.floor(at / NUM_CLASSES), at % NUM_CLASSES];
            return (
              <g key={at}>
                <title>{`${row} read as ${column}: ${formatCount(count)}`}</title>
                <rect
                  x={LEFT + column * cell + 0.5}
                  y={TOP + row * cell + 0.5}
                  width={cell - 1}
                  height={cell - 1}
                  className={row === column ? 'model-cell-right' : 'model-cell-wrong'}
                  fillOpacity={shadeOf(confusion, at)}
                />
                {count === 0 ? null : (
                  <text
                    x={LEFT + middle(column)}
                    y={TOP + middle(row) + font / 3}
                    textAnchor="middle"
                    className="model-figure"
                    fontSize={font}
                  >
                    {count}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}

function summaryOf(confusion: readonly number[]): string {
  const worst = largestMistake(confusion);
  if (worst === null) return 'Confusion matrix without a mistake.';
  return `Confusion matrix. Most frequent mistake: ${worst.label} read as ${worst.predicted}, ${formatCount(worst.count)} times. All counts are in the table.`;
}

function tableOf(confusion: readonly number[]): ChartTable {
  const digits = Array.from({ length: NUM_CLASSES }, (_, digit) => digit);
  return {
    columns: [
      { label: 'true digit' },
      ...digits.map((digit) => ({ label: `read as ${digit}`, format: formatCount })),
      { label: 'right', format: (share: number) => formatPercent(share) },
    ],
    rows: digits.map((digit) => {
      const row = confusion.slice(digit * NUM_CLASSES, (digit + 1) * NUM_CLASSES);
      const sum = row.reduce((a, b) => a + b, 0);
      return [String(digit), ...row, sum === 0 ? null : row[digit]! / sum];
    }),
  };
}
