// The phases of a round that charts show: their words and colours (tokens), in the order they happen.
import type { ClientPhase } from '../../core/protocol/client-messages.ts';
import type { RoundMilliseconds } from '../../core/protocol/view.ts';
import type { LegendItem } from './legend.tsx';

type TimedPhase = Exclude<keyof RoundMilliseconds, 'total'>;

const words: readonly (readonly [TimedPhase, string, string])[] = [
  ['train', 'Train', 'training'],
  ['encrypt', 'Encrypt', 'encrypting'],
  ['upload', 'Send', 'sending'],
  ['sum', 'Sum (server)', 'summing'],
  ['decrypt', 'Decrypt', 'decrypting'],
  ['evaluate', 'Evaluate', 'evaluating'],
];

/** Phases of a RoundRecord's milliseconds; ids are the record's own names. */
export const timedPhases: readonly (LegendItem & { readonly id: TimedPhase })[] = words.map(
  ([id, label, token]) => ({ id, label, colour: `var(--phase-${token})`, filled: true }),
);

const phaseWords: Record<ClientPhase, string> = {
  idle: 'idle',
  preparing: 'preparing',
  waiting: 'waiting',
  training: 'train',
  encrypting: 'encrypt',
  sending: 'send',
  decrypting: 'decrypt',
  evaluating: 'evaluate',
};

export function phaseWord(phase: ClientPhase): string {
  return phaseWords[phase];
}

export function phaseColour(phase: ClientPhase): string {
  return `var(--phase-${phase})`;
}
