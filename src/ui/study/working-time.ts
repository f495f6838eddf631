// Time with the pauses cut short: a study that is continued days later would otherwise be two specks at
// the ends of an empty axis.

export interface WorkingTime {
  /** Milliseconds on the axis, 0 where the first trial began, of an instant in epoch ms. */
  readonly place: (atMs: number) => number;
  /** Where the axis leaves time out, and how much, ms. */
  readonly cuts: readonly { readonly at: number; readonly leftOutMs: number }[];
}

/** A pause keeps this share of the time in which trials ran; shorter ones are left as they are. */
const KEPT_SHARE = 0.05;

/** `spans` [from, to] in epoch ms, in any order; they may overlap. None: an axis without cuts from 0. */
export function workingTime(spans: readonly (readonly [number, number])[]): WorkingTime {
  const sorted = spans.toSorted((a, b) => a[0] - b[0]);
  const zeroMs = sorted[0]?.[0] ?? 0;
  const pauses: { readonly fromMs: number; readonly toMs: number }[] = [];
  let untilMs = zeroMs;
  for (const [fromMs, toMs] of sorted) {
    if (fromMs > untilMs) pauses.push({ fromMs: untilMs, toMs: fromMs });
    untilMs = Math.max(untilMs, toMs);
  }
  const pausedMs = pauses.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const keptMs = KEPT_SHARE * (untilMs - zeroMs - pausedMs);
  const long = pauses.filter(({ fromMs, toMs }) => toMs - fromMs > keptMs);
  const place = (atMs: number): number => {
    let leftOutMs = 0;
    for (const { fromMs, toMs } of long) {
      // Within a pause time stands still once its kept part is over.
      leftOutMs += Math.max(0, Math.min(atMs, toMs) - fromMs - keptMs);
    }
    return atMs - zeroMs - leftOutMs;
  };
  const cuts = long.map(({ fromMs, toMs }) => ({
    at: place(fromMs) + keptMs / 2,
    leftOutMs: toMs - fromMs - keptMs,
  }));
  return { place, cuts };
}
