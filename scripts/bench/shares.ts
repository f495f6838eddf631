// Where the wall time of a run or a study went, as parts that add up to all of it. Each round's time is
// given out along its critical path (core/federation/critical-path.ts): nothing is counted twice, and
// what clients did while another was waited for is not counted at all. The parts:
//   training     the client whose update came last, from its order to its trained weights
//   encryption   that client's encrypting; the server's adding after it; decrypting by the client
//                whose evaluation took longest
//   messages     the rest of each round: orders, updates, the sum and answers on their way, and the
//                deposit of the sealed weights
//   evaluation   of the validation images by the client that took longest; and of the test images, from
//                the last commit to the run's end, the last round's save included
//   saving       between two rounds: the round is saved, its commit told, the next one opened
//   waiting      for clients that did not answer; in front of round 0: seats, data, keys, warm-up;
//                around abandoned attempts; between trials
import type { RoundRecord } from '../../src/core/protocol/view.ts';
import type { Measurement } from './measurement.ts';

export const timeParts = [
  'training',
  'encryption',
  'messages',
  'evaluation',
  'saving',
  'waiting',
] as const;
export type TimePart = (typeof timeParts)[number];
/** ms */
export type TimeParts = Readonly<Record<TimePart, number>>;

export interface TimedRun {
  /** Epoch ms. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** In order, round 0 first. */
  readonly history: readonly Pick<
    RoundRecord,
    'milliseconds' | 'path' | 'attempts' | 'committedAtMs'
  >[];
}

/** Of the attempt that was committed, epoch ms. */
export function openedAtMs(round: Pick<RoundRecord, 'milliseconds' | 'committedAtMs'>): number {
  return round.committedAtMs - round.milliseconds.total;
}

/** `tail`: what came after the last commit. The parts add up to the end less the start. */
export function partsOfRun(run: TimedRun, tail: 'evaluation' | 'saving' = 'evaluation'): TimeParts {
  const parts = noParts();
  let atMs = run.startedAtMs;
  const add = (part: TimePart, untilMs: number) => {
    parts[part] += untilMs - atMs;
    atMs = untilMs;
  };
  for (const [index, round] of run.history.entries()) {
    const { path, attempts, committedAtMs } = round;
    add(index > 0 && attempts === 1 ? 'saving' : 'waiting', openedAtMs(round));
    parts.training += path.train;
    parts.encryption += path.encrypt + path.sum + path.decrypt;
    parts.messages += path.upload + path.answer;
    parts.evaluation += path.evaluate;
    parts.waiting += path.wait;
    atMs = committedAtMs;
  }
  add(run.history.length > 0 ? tail : 'waiting', run.endedAtMs);
  return parts;
}

/**
 * Of a study whose trials ran one at a time: `runs` are its trials, in order, from the trial's start to
 * its end. What follows the last of them is the test of the best one: evaluation.
 */
export function partsOfStudy(
  study: Pick<TimedRun, 'startedAtMs' | 'endedAtMs'>,
  runs: readonly TimedRun[],
): TimeParts {
  const parts = noParts();
  let atMs = study.startedAtMs;
  for (const run of runs) {
    const ofRun = partsOfRun(run, 'saving');
    for (const part of timeParts) parts[part] += ofRun[part];
    parts.waiting += run.startedAtMs - atMs;
    atMs = run.endedAtMs;
  }
  parts.evaluation += study.endedAtMs - atMs;
  return parts;
}

/** A line of the benchmark's table for each part. */
export function shareLines(of: string, parts: TimeParts): Measurement[] {
  const wallMs = timeParts.reduce((sum, part) => sum + parts[part], 0);
  return timeParts.map((part) => ({
    what: `${of}: share of ${part}`,
    measured: `${((100 * parts[part]) / wallMs).toFixed(1)} % (${(parts[part] / 1000).toFixed(2)} s)`,
    target: '',
    met: null,
    values: { share: parts[part] / wallMs, milliseconds: parts[part] },
  }));
}

function noParts(): Record<TimePart, number> {
  return { training: 0, encryption: 0, messages: 0, evaluation: 0, saving: 0, waiting: 0 };
}
