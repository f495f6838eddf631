// How a trial looks wherever it is drawn or written: its mark's identity (hovering it highlights it in
// every chart), the colour and word of its state, its numbers.
import type { ParamValue } from '../../core/tuning/distribution.ts';
import type { StudyConfig } from '../../core/tuning/study-config.ts';
import type { Trial, TrialState } from '../../core/tuning/trial.ts';
import { configFields } from '../../core/experiment/config-fields.ts';
import { digitsOf } from '../charts/domain.ts';
import type { LineAxis } from '../charts/line-geometry.ts';
import { formatNumber, formatPercent } from '../format.ts';

export const trialStates: readonly TrialState[] = [
  'complete',
  'pruned',
  'failed',
  'running',
  'waiting',
];

export function trialId(number: number): string {
  return `trial-${number}`;
}

/** The number in a mark's identity, null if it is not a trial's. */
export function trialNumber(id: string | null): number | null {
  const match = /^trial-(\d+)$/.exec(id ?? '');
  return match === null ? null : Number(match[1]);
}

export function stateColour(state: TrialState): string {
  return `var(--state-${state})`;
}

/** A parameter's name as the configuration form has it; names of other studies stay as they are. */
export function paramLabel(name: string): string {
  return configFields.find((field) => field.name === name)?.label ?? name;
}

export function formatParam(value: ParamValue | undefined): string {
  if (value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return formatNumber(value, 3);
}

/** Shares are shown as per cent: values of metrics that are called an accuracy. */
export function isShare(metricName: string): boolean {
  return /accuracy/i.test(metricName);
}

/** Writes a value of the study; infinite ones as ∞. */
export function valueFormat(metricName: string): (value: number | null | undefined) => string {
  const format = isShare(metricName)
    ? (value: number | null | undefined) => formatPercent(value)
    : (value: number | null | undefined) => formatNumber(value, 4);
  return (value) => (value === Infinity ? '∞' : value === -Infinity ? '−∞' : format(value));
}

/** The axis of the study's values. */
export function valueAxis({ metricName }: Pick<StudyConfig, 'metricName'>): LineAxis {
  return isShare(metricName)
    ? {
        label: metricName,
        format: valueFormat(metricName),
        formatTick: (share, step) => formatPercent(share, digitsOf(step * 100)),
        bounds: [0, 1],
      }
    : { label: metricName, format: valueFormat(metricName) };
}

/** From start to end, or to `nowMs` while it runs; null before it starts. */
export function durationMs(trial: Trial, nowMs: number): number | null {
  if (trial.startedAtMs === null) return null;
  // The server's clock and this page's may differ.
  return Math.max(0, (trial.completedAtMs ?? nowMs) - trial.startedAtMs);
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
