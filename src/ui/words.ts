// The page's words for states: one place, plain sentences, so that the picture, its text and
// the clients' table never disagree. What the server says of itself is in src/words.ts.
import type { ClientFailureCode, ClientPhase } from '../core/protocol/client-messages.ts';
import type { ErrorCode } from '../core/protocol/error-codes.ts';
import type {
  ClientView,
  RunPhase,
  RunView,
  ServerView,
  StudyView,
} from '../core/protocol/view.ts';
import type { BackendName } from '../core/training/trainer.ts';
import { noteSentence } from '../words.ts';
import type { ConnectionState } from './dashboard-store.ts';
import { formatDuration } from './format.ts';

export const phaseWords: Readonly<Record<ClientPhase, string>> = {
  idle: 'idle',
  preparing: 'preparing',
  waiting: 'waiting',
  training: 'training',
  encrypting: 'encrypting',
  sending: 'sending',
  decrypting: 'decrypting',
  evaluating: 'evaluating',
};

export const backendWords: Readonly<Record<BackendName, string>> = {
  webgl: 'WebGL',
  simd: 'SIMD',
  wasm: 'WASM',
  cpu: 'JavaScript',
};

type Trouble = ClientFailureCode | Extract<ErrorCode, 'late' | 'diverged' | 'bad-update'>;

/** What happened, what it means for the run, what to do (or what happens without doing anything). */
const troubleSentences: Readonly<Record<Trouble, string>> = {
  'data-unavailable':
    'Its images could not be loaded, so it cannot take part. Check that the page is still served, then reload the client’s tab.',
  'backend-unavailable':
    'Its backend does not run on this machine, so it cannot take part. Choose another backend for it.',
  'keys-unavailable':
    'It could not make or open the run’s keys, so it cannot take part. If it is of another federation, bring it here with the invite link.',
  'weights-unavailable':
    'It could not open or seal the saved model, so it cannot take part. Reload the client’s tab.',
  'non-finite-update':
    'Its training diverged, so it has no update for this round. Start again with a lower learning rate.',
  'training-failed':
    'Its training stopped with an error, so this round goes on without it. It is asked again in the next one.',
  'encryption-failed':
    'Its update could not be encrypted, so this round goes on without it. It is asked again in the next one.',
  'sum-unreadable':
    'It could not open the sum, so it does not hold this round’s model. It is sent that model before the next round.',
  'device-lost':
    'Its graphics device is gone, so its worker restarts. It comes back to its seat by itself.',
  late: 'It did not answer in time, so the run goes on without it. It comes back when it answers; a tab that is asleep has to be opened.',
  diverged:
    'Its model is not that of the other clients, so what it says of it does not count. It is sent theirs before the next round.',
  'bad-update':
    'Its update does not fit the run’s encryption, so it was not added. Reload the client’s tab: it may be of another version of the page.',
};

/** Why a client was set aside; null when nothing is wrong. */
export function troubleSentence(trouble: string | null): string | null {
  if (trouble === null) return null;
  return Object.hasOwn(troubleSentences, trouble)
    ? troubleSentences[trouble as Trouble]
    : `It was set aside (${trouble}). Reload the client’s tab.`;
}

/** What a client does now, in one to three words. `isFinished`: the run that it is in. */
export function clientStateWords(
  client: Pick<ClientView, 'standing' | 'phase'>,
  asked: boolean,
  isFinished: boolean,
): string {
  switch (client.standing) {
    case 'left':
      return 'left';
    case 'failed':
      return 'failed';
    case 'unresponsive':
      return 'not answering';
    case 'spare':
      return 'standing by';
    case 'preparing':
      return 'preparing';
    case 'ready':
      if (isFinished) return 'holds the model';
      if (client.phase !== 'idle' && client.phase !== 'waiting') return phaseWords[client.phase];
      return asked ? phaseWords[client.phase] : 'not asked';
    default:
      return client.standing satisfies never;
  }
}

export const runPhaseWords: Readonly<Record<RunPhase, string>> = {
  gathering: 'gathering clients',
  open: 'adding updates',
  applying: 'sum sent back',
  committing: 'saving the round',
  testing: 'testing',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
};

/** The federation's state for the header, in words. */
export function federationStatus(connection: ConnectionState, view: ServerView | null): string {
  if (connection === 'outdated') return 'This tab is out of date';
  if (connection === 'lost') return 'Server lost, reconnecting';
  if (view === null) return 'Connecting to the server';
  const { run } = view;
  const study = studyAtTable(view);
  if (study !== null && (run === null || study.phase !== 'running')) return studyStatus(study);
  if (run === null) return 'No run yet';
  const trial = run.trialOf === null ? '' : `Trial ${run.trialOf.number}: `;
  const twin = run.twinOf === null ? trial : 'Plaintext twin: ';
  const of = `${run.round} of ${run.config.rounds}`;
  switch (run.phase) {
    case 'gathering':
      return `${twin}Waiting for clients`;
    case 'open':
      return `${twin}Round ${of}, clients train`;
    case 'applying':
    case 'committing':
      return run.round === 0 ? `${twin}Evaluating the start` : `${twin}Round ${of}, sum opened`;
    case 'testing':
      return `${twin}Testing on unseen images`;
    case 'paused':
      return `${twin}Paused in round ${of}`;
    case 'finished':
      return `${twin}Finished after ${plural(run.config.rounds, 'round')}`;
    case 'stopped':
      return `${twin}Stopped in round ${of}`;
    case 'failed':
      return `${twin}Failed in round ${of}`;
    default:
      return run.phase satisfies never;
  }
}

/** The study that the table belongs to: it goes on, or nothing but its own runs came after it. */
export function studyAtTable(view: ServerView | null): StudyView | null {
  const study = view?.study ?? null;
  if (study === null) return null;
  const run = view?.run ?? null;
  const isActive = study.phase !== 'finished' && study.phase !== 'stopped';
  return isActive || run === null || run.trialOf?.studyId === study.studyId ? study : null;
}

function studyStatus({ phase, counts }: StudyView): string {
  const trials = plural(counts.complete + counts.pruned + counts.failed, 'trial');
  switch (phase) {
    case 'running':
      return 'Study going on';
    case 'paused':
      return `Study paused after ${trials}`;
    case 'testing':
      return 'Testing the best trial on unseen images';
    case 'finished':
      return `Study finished after ${trials}`;
    case 'stopped':
      return `Study stopped after ${trials}`;
    default:
      return phase satisfies never;
  }
}

/** What happens at the table now and who can read what, in a sentence or two. */
export function tableCaption(run: RunView | null): string {
  if (run === null) {
    return 'Each client trains on its own images and seals what it learned. The server adds the sealed updates without opening them; only clients hold the key to the sum.';
  }
  const open = run.config.encryption === 'plaintext';
  switch (run.phase) {
    case 'gathering':
      return noteOr(run, 'The run begins when enough clients have their images and their keys.');
    case 'open':
      return open
        ? 'Clients train on their own images. Updates travel unencrypted: the server can read each of them.'
        : 'Clients train on their own images; only sealed updates reach the server, which adds them as they arrive.';
    case 'applying':
      return run.round === 0
        ? 'Every client measures the untrained model on its slice of the validation images.'
        : open
          ? 'The sum goes back to the clients, who apply it and measure the new model.'
          : 'The sealed sum goes back. Only clients can open it; each applies it and measures the new model on its slice.';
    case 'committing':
      return 'The round is written to disk before anyone is told that it counts.';
    case 'testing':
      return 'The final model meets the 10,000 test images for the first time.';
    case 'paused':
      return `Paused. ${noteOr(run, 'The run continues from the last saved round.')}`;
    case 'finished':
      return open
        ? 'The run is finished. Nothing was encrypted: the server could read every update.'
        : 'The run is finished. The server added every update and opened none of them.';
    case 'stopped':
      return 'The run was stopped. Its saved rounds remain.';
    case 'failed':
      return `The run failed. ${noteOr(run, 'Its saved rounds remain.')}`;
    default:
      return run.phase satisfies never;
  }
}

function noteOr({ note }: RunView, otherwise: string): string {
  return note === null ? otherwise : noteSentence(note);
}

export function timeLeftWords(timeLeftMs: number | null): string {
  return timeLeftMs === null
    ? 'time left is known after the first round'
    : `about ${roughDuration(timeLeftMs)} left`;
}

/** An estimate needs no tenths: "28 s", "3 min 05 s". */
function roughDuration(durationMs: number): string {
  const seconds = Math.max(1, Math.round(durationMs / 1000));
  return seconds < 60 ? `${seconds}\u00a0s` : formatDuration(1000 * seconds);
}

/** "1 client", "5 clients". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
