// How many examples of each digit a client has: ten small bars, 0 to 9, scaled to the largest.
import { formatCount } from '../format.ts';

const DIGITS = 10;

interface LabelBarsProps {
  /** [10] counts. */
  readonly histogram: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** For use inside an SVG: the bars stand on y = height, from x = 0. */
export function LabelBars({ histogram, width, height }: LabelBarsProps) {
  const largest = Math.max(...histogram, 1);
  const step = width / DIGITS;
  return (
    <g className="label-bars">
      <line x1={0} x2={width} y1={height} y2={height} />
      {histogram.map((count, digit) => {
        const barHeight = (height * count) / largest;
        return (
          <rect
            key={digit}
            x={digit * step + 0.5}
            y={height - barHeight}
            width={step - 1}
            height={barHeight}
          />
        );
      })}
    </g>
  );
}

interface LabelBarsImageProps extends LabelBarsProps {
  readonly colour: string;
}

/** The same as an image of its own, for tables. */
export function LabelBarsImage({ histogram, width, height, colour }: LabelBarsImageProps) {
  return (
    <svg
      width={width}
      height={height + 1}
      role="img"
      aria-label={histogramWords(histogram)}
      style={{ color: colour, display: 'block' }}
    >
      <title>{histogramWords(histogram)}</title>
      <LabelBars histogram={histogram} width={width} height={height} />
    </svg>
  );
}

/** "examples of 0 to 9: 543, 612, …". */
function histogramWords(histogram: readonly number[]): string {
  return `examples of 0 to 9: ${histogram.map((count) => formatCount(count)).join(', ')}`;
}
