// Stretches of examples by position, as evaluation is asked for: a worker that plays several clients
// evaluates the slices of all of them in one go.

/** Examples [from, to). */
export interface ExampleRange {
  readonly from: number;
  readonly to: number;
}

/** Throws RangeError unless each range lies within `numExamples` examples. */
export function requireWithin(ranges: readonly ExampleRange[], numExamples: number): void {
  for (const { from, to } of ranges) {
    if (!(0 <= from && from <= to && to <= numExamples)) {
      throw new RangeError(`[${from}, ${to}) is not within ${numExamples} examples`);
    }
  }
}

/** The same examples, each once: ascending ranges that do not touch each other; empty ones are left out. */
export function mergedRanges(ranges: readonly ExampleRange[]): ExampleRange[] {
  const merged: { from: number; to: number }[] = [];
  const ascending = ranges.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from);
  for (const { from, to } of ascending) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
