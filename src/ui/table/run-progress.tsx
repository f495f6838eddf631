// How far the run is and how long it still takes at the pace of the rounds so far.
import { isOverPhase } from '../../core/protocol/view.ts';
import type { RunView } from '../../core/protocol/view.ts';
import { noteSentence } from '../../words.ts';
import { useDashboard } from '../dashboard-store.ts';
import { ProgressBar } from '../shell/progress-bar.tsx';
import { timeLeftWords } from '../words.ts';

export function RunProgress() {
  const run = useDashboard((state) => state.view?.run ?? null);
  if (run === null || run.phase === 'gathering') return null;
  const share = shareDone(run);
  const words = `Round ${run.round} of ${run.config.rounds}`;
  return (
    <div>
      <ProgressBar label="Progress of the run" words={words} parts={[{ share }]} />
      <p className="small soft progress-words">
        <span>{words}</span>
        <span>{isOverPhase(run.phase) ? run.phase : timeLeftWords(run.timeLeftMs)}</span>
      </p>
      {run.note !== null && <p className="note note-warning small">{noteSentence(run.note)}</p>}
    </div>
  );
}

/** Share of the run's rounds that are committed; a round in work counts by its updates, in [0, 1]. */
export function shareDone(run: RunView): number {
  if (run.phase === 'finished' || run.phase === 'testing') return 1;
  const inRound =
    run.phase === 'open'
      ? run.received.length / (2 * Math.max(1, run.cohort.length))
      : run.phase === 'applying'
        ? 0.5
        : run.phase === 'committing'
          ? 1
          : 0;
  const committed = Math.max(0, run.round - 1);
  return Math.min(1, (committed + (run.round === 0 ? 0 : inRound)) / run.config.rounds);
}
