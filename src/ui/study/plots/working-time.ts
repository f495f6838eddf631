// The timeline's axis. Its pauses are cut short: a study that is continued days later would otherwise be
// two specks at the ends of an empty axis.
import { linearTicks } from '../../charts/domain.ts';

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

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Steps that read well on a clock, ms. */
const clockStepsMs = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_MS),
];

/** At most about `count` ticks from 0 to `endMs`, in steps of a clock where they last a second or more. */
export function clockTicks(endMs: number, count: number): number[] {
  const step = clockStepsMs.find((each) => endMs / each <= count);
  if (step === undefined || endMs / SECOND_MS < count) return linearTicks([0, endMs], count);
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}
