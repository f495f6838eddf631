// What the server tells people, as codes with parameters: why a run waits or ended (notes), and why a command
// was not carried out (refusals). The sentences are the reader's (src/words.ts), so that no state machine
// speaks a language, and nobody has to guess a cause from a text.
import * as v from 'valibot';
import { count, roundIndex } from './schema.ts';

/** In another program's words: what a library said of its input. */
const detail = v.string();

export const noteSchema = v.variant('code', [
  // A run waits.
  v.strictObject({ code: v.literal('waiting-for-clients'), numReady: count, numRequired: count }),
  v.strictObject({ code: v.literal('waiting-for-keys') }),
  v.strictObject({ code: v.literal('waiting-for-more-clients') }),
  /** For a client to evaluate the test images. */
  v.strictObject({ code: v.literal('waiting-for-test') }),
  // A run paused or failed.
  v.strictObject({ code: v.literal('not-stored') }),
  v.strictObject({ code: v.literal('clients-missing'), numRequired: count }),
  /** `because`: a client's failure code, or `bad-update`. */
  v.strictObject({
    code: v.literal('round-failed'),
    round: roundIndex,
    numTimes: count,
    because: v.string(),
  }),
  // A trial failed.
  v.strictObject({ code: v.literal('run-failed') }),
  v.strictObject({ code: v.literal('trial-stopped') }),
  v.strictObject({ code: v.literal('trial-withdrawn') }),
  v.strictObject({ code: v.literal('study-stopped') }),
  v.strictObject({ code: v.literal('impossible-parameters') }),
  v.strictObject({ code: v.literal('no-encryption'), detail }),
]);
export type Note = v.InferOutput<typeof noteSchema>;

/** A note as it is stored and shown: builds up to 0.1.0 wrote sentences. */
export type StoredNote = Note | string;

export const refusalSchema = v.variant('code', [
  v.strictObject({ code: v.literal('wrong-version') }),
  // A run.
  v.strictObject({ code: v.literal('run-unknown') }),
  v.strictObject({ code: v.literal('run-over') }),
  v.strictObject({ code: v.literal('run-finishing') }),
  v.strictObject({ code: v.literal('run-paused') }),
  v.strictObject({ code: v.literal('run-not-paused') }),
  /** `wanted`: what was to be started. */
  v.strictObject({ code: v.literal('run-going-on'), wanted: v.picklist(['run', 'study']) }),
  v.strictObject({ code: v.literal('minimum-too-high'), minimumClients: count, clients: count }),
  v.strictObject({ code: v.literal('no-encryption'), detail }),
  v.strictObject({ code: v.literal('run-not-stored') }),
  v.strictObject({ code: v.literal('weights-not-kept') }),
  // A study.
  v.strictObject({ code: v.literal('study-unknown') }),
  v.strictObject({ code: v.literal('study-over') }),
  v.strictObject({ code: v.literal('study-testing') }),
  v.strictObject({ code: v.literal('study-paused') }),
  v.strictObject({ code: v.literal('study-not-paused') }),
  v.strictObject({ code: v.literal('study-going-on'), wanted: v.picklist(['run', 'study']) }),
  v.strictObject({ code: v.literal('no-trials-left') }),
  v.strictObject({ code: v.literal('trial-not-running'), number: count }),
  v.strictObject({ code: v.literal('parameter-not-varied'), name: v.string() }),
  v.strictObject({ code: v.literal('impossible-parameters') }),
  v.strictObject({ code: v.literal('outside-search-space') }),
  // A journal.
  v.strictObject({ code: v.literal('journal-unreadable'), line: count, detail }),
  v.strictObject({ code: v.literal('journal-empty') }),
  v.strictObject({ code: v.literal('journal-objectives') }),
]);
export type Refusal = v.InferOutput<typeof refusalSchema>;

export function isSameNote(a: StoredNote | null, b: StoredNote | null): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** A note as a text, for what holds texts alone: a trial's attributes. */
export function writeNote(note: StoredNote): string {
  return typeof note === 'string' ? note : JSON.stringify(note);
}

/** The note that `writeNote` wrote; any other text is itself. */
export function readNote(text: string): StoredNote {
  if (!text.startsWith('{')) return text;
  try {
    const read = v.safeParse(noteSchema, JSON.parse(text));
    return read.success ? read.output : text;
  } catch {
    return text; // not JSON
  }
}
