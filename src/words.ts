// The sentences for what the server tells people in codes (core/protocol/notes.ts), once for page and command
// line. A sentence says what happened and, where something can be done, what.
import { readNote, type Note, type Refusal, type StoredNote } from './core/protocol/notes.ts';
import { failReasonOf } from './core/tuning/trial-export.ts';
import type { Trial } from './core/tuning/trial.ts';

type Sentences<Coded extends { readonly code: string }> = {
  readonly [Code in Coded['code']]: (coded: Extract<Coded, { readonly code: Code }>) => string;
};

/** Why every client of a round failed, as the end of a sentence. */
const causes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'non-finite-update': 'training diverged (the learning rate may be too high)',
    'training-failed': 'training stopped with an error',
    'encryption-failed': 'the updates could not be encrypted',
    'sum-unreadable': 'the clients could not open the sum',
    'bad-update': 'the updates do not fit the encryption',
  }),
);

const noteSentences: Sentences<Note> = {
  'waiting-for-clients': ({ numReady, numRequired }) =>
    `Waiting for clients: ${numReady} ready, at least ${numRequired} needed.`,
  'waiting-for-keys': () => 'Waiting for a client to make the keys.',
  'waiting-for-more-clients': () => 'Waiting for more clients.',
  'waiting-for-test': () => 'Waiting for a client to evaluate the test images.',
  'not-stored': () =>
    'The server could not store the run. Make sure that there is room where it stores its data, then continue.',
  'clients-missing': ({ numRequired }) =>
    `Fewer than ${numRequired} clients were there for too long.`,
  'round-failed': ({ round, numTimes, because }) =>
    `Round ${round} failed ${numTimes} times in a row: ${causeOf(because)}.`,
  'run-failed': () => 'The run failed.',
  'trial-stopped': () => 'The trial was stopped.',
  'trial-withdrawn': () => 'The trial was withdrawn.',
  'study-stopped': () => 'The study was stopped.',
  'impossible-parameters': () => 'No run can have these parameters.',
  'no-encryption': ({ detail }) => noEncryption(detail),
};

const refusalSentences: Sentences<Refusal> = {
  'wrong-version': () => 'Reload this tab: the server runs another version.',
  'run-unknown': () => 'That run is not at the table any more.',
  'run-over': () => 'The run is over.',
  'run-finishing': () => 'The run is just finishing.',
  'run-paused': () => 'The run is paused already.',
  'run-not-paused': () => 'The run is not paused.',
  'run-going-on': ({ wanted }) =>
    `A run is going on. Stop it before you start ${one(wanted, 'run')}.`,
  'minimum-too-high': ({ minimumClients, clients }) =>
    `The minimum of ${minimumClients} clients is more than the ${clients} seats. Lower the minimum or add seats.`,
  'no-encryption': ({ detail }) => noEncryption(detail),
  'run-not-stored': () => 'This run is not stored here any more.',
  'weights-not-kept': () =>
    'The weights of this run were not kept: its trial was pruned or failed.',
  'study-unknown': () => 'That study is not at the table.',
  'study-over': () => 'The study is over.',
  'study-testing': () => 'The trials are over, the best model is being tested.',
  'study-paused': () => 'The study is paused already.',
  'study-not-paused': () => 'The study is going on already.',
  'study-going-on': ({ wanted }) =>
    `A study is going on. Stop it before you start ${one(wanted, 'study')}.`,
  'no-trials-left': () => 'No trials are left to run. Raise the number of trials, or enqueue one.',
  'trial-not-running': ({ number }) => `Trial ${number} is not running.`,
  'parameter-not-varied': ({ name }) => `The study does not vary ${name}.`,
  'impossible-parameters': () => 'No run can have these parameters: one is out of its range.',
  'outside-search-space': () => 'The search space does not have these parameters.',
  'journal-unreadable': ({ line, detail }) =>
    `This is no Optuna journal: line ${line} (${detail}).`,
  'journal-empty': () => 'The journal holds no study.',
  'journal-objectives': () => 'The journal holds a study that has several objectives or none.',
};

/** "another" of what goes on already. */
function one(wanted: 'run' | 'study', goingOn: 'run' | 'study'): string {
  return wanted === goingOn ? 'another' : `a ${wanted}`;
}

function causeOf(because: string): string {
  return causes.get(because) ?? `the clients could not go on (${because})`;
}

function noEncryption(detail: string): string {
  return `No encryption parameters fit this configuration: ${detail}`;
}

/** A note as a sentence; one that an earlier build has stored is a sentence already. */
export function noteSentence(note: StoredNote): string {
  if (typeof note === 'string') return note;
  return (noteSentences[note.code] as (coded: Note) => string)(note);
}

/** A trial for other programs: why it failed as a sentence, where the server keeps a code. */
export function withReasonInWords(trial: Trial): Trial {
  const reason = failReasonOf(trial);
  if (reason === null) return trial;
  const failReason = noteSentence(readNote(reason));
  return { ...trial, userAttrs: { ...trial.userAttrs, failReason } };
}

export function refusalSentence(refusal: Refusal): string {
  return (refusalSentences[refusal.code] as (coded: Refusal) => string)(refusal);
}
