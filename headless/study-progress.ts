// Progress of a study as text: one line a trial as it ends, and on a terminal a bar below.
import type { ServerView, TrialView } from '../src/core/protocol/view.ts';
import type { ParamValue } from '../src/core/tuning/distribution.ts';
import { isFinished } from '../src/core/tuning/trial.ts';
import { duration, progressBar, type ProgressSink } from './progress.ts';
import { noteSentence } from '../src/words.ts';

export interface StudyProgress {
  show(view: ServerView): void;
  /** Clears the bar; the lines stand. */
  end(): void;
}

export function createStudyProgress(sink: ProgressSink): StudyProgress {
  const told = new Set<number>();
  let lastLine = '';
  const clear = () => {
    if (sink.isTTY && lastLine !== '') sink.write('\r\u001b[K');
    lastLine = '';
  };
  return {
    show(view) {
      for (const trial of view.trials) {
        if (!isFinished(trial) || told.has(trial.number)) continue;
        clear();
        told.add(trial.number);
        sink.write(`${trialLine(trial)}\n`);
      }
      const line = studyLine(view);
      if (!sink.isTTY || line === lastLine) return;
      sink.write(`\r\u001b[K${line}`);
      lastLine = line;
    },
    end: clear,
  };
}

/** E.g. "trial 3 complete 94.33 % · units 128, learningRate 0.00321 · 4.2 s". */
export function trialLine(trial: TrialView): string {
  const { number, state, value, startedAtMs, completedAtMs, failReason } = trial;
  const parts = [
    `trial ${number} ${state}${value === null ? '' : ` ${percent(value)}`}`,
    Object.entries(trial.params)
      .map(([name, param]) => `${name} ${short(param)}`)
      .join(', '),
  ];
  if (state === 'pruned') parts.push(`after round ${trial.intermediateValues.at(-1)?.step ?? 0}`);
  if (failReason !== null) parts.push(noteSentence(failReason));
  if (startedAtMs !== null && completedAtMs !== null) {
    parts.push(`${((completedAtMs - startedAtMs) / 1000).toFixed(1)} s`);
  }
  return parts.join(' · ');
}

/** E.g. "[####--------------------]  17 % · trial 1, round 7 of 10 · best 94.33 % · 40 s left". */
export function studyLine({ study, run }: ServerView): string {
  if (study === null) return 'no study yet';
  const { counts, setup, running, best, timeLeftMs, phase } = study;
  const numEnded = counts.complete + counts.pruned + counts.failed;
  const numTrials = Math.max(setup.study.numTrials, numEnded + counts.waiting + counts.running);
  const { rounds } = setup.base;
  const share = running.reduce((sum, { round }) => sum + Math.max(0, round - 1) / rounds, numEnded);
  const waiting = run?.phase === 'gathering' ? (study.note ?? run.note) : null;
  return [
    progressBar(Math.min(1, share / numTrials)),
    ...(phase === 'testing' ? ['test images'] : []),
    ...running.map(({ number, round }) => `trial ${number}, round ${round} of ${rounds}`),
    ...(waiting === null ? [] : [noteSentence(waiting)]),
    ...(best === null ? [] : [`best ${percent(best.value)}`]),
    ...(timeLeftMs === null ? [] : [`${duration(timeLeftMs)} left`]),
  ].join(' · ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function short(value: ParamValue): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
}
