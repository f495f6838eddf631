// How far something is, as a bar of one part or several, with the same in words for who does not see it.

interface ProgressBarProps {
  /** What the bar is of: "Progress of the run". */
  readonly label: string;
  readonly words: string;
  /** From the left; shares of the whole, which they need not fill. */
  readonly parts: readonly {
    readonly share: number;
    /** A CSS colour; the accent's unless given. */
    readonly colour?: string;
  }[];
}

export function ProgressBar({ label, words, parts }: ProgressBarProps) {
  const starts = parts.map((_, index) => sum(parts.slice(0, index)));
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * sum(parts))}
      aria-valuetext={words}
    >
      {parts.map(({ share, colour }, index) => (
        <div
          // A part is known by its place: it grows, and never changes it.
          key={index}
          style={{
            // Moved and scaled rather than laid out anew at every step.
            transform: `translateX(${100 * starts[index]!}%) scaleX(${share})`,
            background: colour,
          }}
        />
      ))}
    </div>
  );
}

function sum(parts: ProgressBarProps['parts']): number {
  return parts.reduce((total, { share }) => total + share, 0);
}
