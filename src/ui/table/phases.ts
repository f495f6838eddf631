// The phases of a round that charts show: their words and colours (tokens), in the order they happen.
import type { ClientPhase } from '../../core/protocol/client-messages.ts';
import type { RoundMilliseconds } from '../../core/protocol/view.ts';
import type { LegendItem } from '../charts/legend.tsx';

type TimedPhase = Exclude<keyof RoundMilliseconds, 'total'>;

const words: readonly (readonly [TimedPhase, string, string])[] = [
  ['train', 'training', 'training'],
  ['encrypt', 'encrypting', 'encrypting'],
  ['upload', 'sending', 'sending'],
  ['sum', 'adding (server)', 'summing'],
  ['decrypt', 'decrypting', 'decrypting'],
  ['evaluate', 'evaluating', 'evaluating'],
];

/** Phases of a RoundRecord's milliseconds; ids are the record's own names. */
export const timedPhases: readonly (LegendItem & { readonly id: TimedPhase })[] = words.map(
  ([id, label, token]) => ({ id, label, colour: `var(--phase-${token})`, filled: true }),
);

export function phaseColour(phase: ClientPhase): string {
  return `var(--phase-${phase})`;
}
