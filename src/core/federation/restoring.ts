// What a new server goes on from, out of all the runs that storage holds.
import { isOverPhase } from '../protocol/view.ts';
import { bestRunId, runningTrials } from './study/study-state.ts';
import type { RestoredRun, RestoredState, PersistentStudy } from './persistence.ts';
import { summaryOfSaved } from './run/run-summary.ts';

/**
 * Sorts stored runs. At the table is the unfinished run, the study's before others, otherwise the one
 * started last; a twin that is over steps back behind the run that it repeats. Runs of the study's other
 * running trials are beside it. `restarts`: of the server, this one included.
 */
export function restoredFrom(
  stored: readonly RestoredRun[],
  restarts: number,
  study: PersistentStudy | null = null,
): RestoredState {
  const newestFirst = [...stored].sort((a, b) => b.run.startedAtMs - a.run.startedAtMs);
  const isOver = ({ run }: RestoredRun) => isOverPhase(run.status);
  const trials = study === null ? [] : runningTrials(study.study);
  const ofTrials = trials.flatMap(({ number }) =>
    stored.filter(({ run }) => run.runId === study!.runIds[number]),
  );
  const unfinished = [...ofTrials, ...newestFirst].find((entry) => !isOver(entry));
  const latest = unfinished ?? newestFirst[0] ?? null;
  const first = newestFirst.find(({ run }) => run.runId === latest?.run.twinOf);
  const current = latest !== null && isOver(latest) && first !== undefined ? first : latest;
  const pair =
    newestFirst.find(
      ({ run }) => run.runId === current?.run.twinOf || run.twinOf === current?.run.runId,
    ) ?? null;
  const beside = ofTrials.filter((entry) => entry !== current);
  const archive = newestFirst
    .filter((entry) => entry !== current && entry !== pair && !beside.includes(entry))
    .map(({ run }) => summaryOfSaved(run));
  const bestId = study === null ? null : bestRunId(study.study, study.runIds);
  const bestRun = stored.find(({ run }) => run.runId === bestId) ?? null;
  return { current, beside, pair, archive, study, bestRun, restarts };
}
