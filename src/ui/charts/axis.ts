// An axis in words: what is along it and how its values and ticks are written.
import type { AxisScale } from './path.ts';

export interface AxisSpec {
  /** What is along the axis, with its unit. */
  readonly label: string;
  readonly format: (value: number) => string;
  /** A tick, where `format` would show too many digits; `step` is the distance of the ticks. */
  readonly formatTick?: (value: number, step: number) => string;
}

/** How ticks are written; on a log axis they have no common distance. */
export function tickFormatter(axis: AxisSpec, ticks: readonly number[], scale: AxisScale) {
  const { format, formatTick } = axis;
  if (formatTick === undefined || scale === 'log') return (value: number) => format(value);
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  return (value: number) => formatTick(value, step);
}
