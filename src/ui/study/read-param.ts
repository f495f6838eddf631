// A parameter's value from what was typed or chosen.
import { contains, type Distribution, type ParamValue } from '../../core/tuning/distribution.ts';

/** The value that `text` means; undefined when the distribution cannot have it. */
export function readParam(distribution: Distribution, text: string): ParamValue | undefined {
  if (distribution.kind === 'categorical') {
    return distribution.choices.find((choice) => String(choice) === text);
  }
  const value = text.trim() === '' ? NaN : Number(text);
  return contains(distribution, value) ? value : undefined;
}
