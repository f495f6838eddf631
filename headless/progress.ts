// Progress of a run as one line of text: on a terminal it is drawn over itself, elsewhere a line is
// printed per committed round.
import type { RunView, ServerView } from '../src/core/protocol/view.ts';
import { noteSentence } from '../src/words.ts';

const BAR_WIDTH = 24;

/** Writes to a stream such as process.stderr. */
export interface ProgressSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface ProgressBar {
  show(view: ServerView): void;
  /** Leaves the last line standing. */
  end(): void;
}

export function createProgressBar(sink: ProgressSink): ProgressBar {
  let lastLine = '';
  let numCommitted = 0;
  return {
    show(view) {
      const line = progressLine(view);
      if (sink.isTTY) {
        if (line !== lastLine) sink.write(`\r\u001b[K${line}`);
      } else if (view.history.length > numCommitted) {
        numCommitted = view.history.length;
        sink.write(`${line}\n`);
      }
      lastLine = line;
    },
    end() {
      if (sink.isTTY && lastLine !== '') sink.write('\n');
    },
  };
}

/** E.g. "[######------------------]  25 % · round 3 of 10, 2 of 5 updates · accuracy 93.10 % · 40 s left". */
export function progressLine(view: ServerView): string {
  const { run, history } = view;
  if (run === null) return 'no run yet';
  const share = shareDone(run);
  const accuracy = history.at(-1)?.validationAccuracy;
  return [
    progressBar(share),
    doing(run),
    ...(accuracy === undefined ? [] : [`accuracy ${(accuracy * 100).toFixed(2)} %`]),
    ...(run.timeLeftMs === null ? [] : [`${duration(run.timeLeftMs)} left`]),
  ].join(' · ');
}

/** Share of the rounds done, in [0, 1]; the updates that have arrived count as parts of a round. */
function shareDone(run: RunView): number {
  if (run.phase === 'testing' || run.phase === 'finished') return 1;
  const asked = run.cohort.length;
  const arrived = run.phase === 'open' && asked > 0 ? run.received.length / (asked + 1) : 0;
  const partOfRound = run.phase === 'applying' || run.phase === 'committing' ? 0.9 : arrived;
  const roundsBefore = Math.max(0, run.round - 1);
  return run.round === 0 ? 0 : Math.min(1, (roundsBefore + partOfRound) / run.config.rounds);
}

function doing(run: RunView): string {
  const round = run.round === 0 ? 'initial model' : `round ${run.round} of ${run.config.rounds}`;
  switch (run.phase) {
    case 'gathering':
      return run.note === null ? 'waiting for clients' : noteSentence(run.note);
    case 'open':
      return `${round}, ${run.received.length} of ${run.cohort.length} updates`;
    case 'applying':
      return `${round}, evaluating`;
    case 'committing':
      return `${round}, saving`;
    case 'testing':
      return 'test images';
    case 'paused':
    case 'finished':
    case 'stopped':
    case 'failed':
      return run.phase;
  }
}

/** E.g. "[######------------------]  25 %" of a share in [0, 1]. */
export function progressBar(share: number): string {
  const numFilled = Math.round(share * BAR_WIDTH);
  const bar = '#'.repeat(numFilled) + '-'.repeat(BAR_WIDTH - numFilled);
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}

export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
