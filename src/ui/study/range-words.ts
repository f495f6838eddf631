// What a parameter may be, in words.
import type { Distribution } from '../../core/tuning/distribution.ts';
import { formatParam } from './trial-look.ts';

/** "64 to 256", "1 × 10⁻⁵ to 0.1, logarithmic", "0 to 0.9 in steps of 0.1", "sgd, adam". */
export function rangeWords(distribution: Distribution): string {
  if (distribution.kind === 'categorical') return distribution.choices.map(formatParam).join(', ');
  const { kind, low, high, log, step } = distribution;
  const range = `${formatParam(low)} to ${formatParam(high)}`;
  if (log) return `${range}, logarithmic`;
  return step === null || (kind === 'int' && step === 1) ? range : `${range} in steps of ${step}`;
}
