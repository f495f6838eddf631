// A study as an Optuna journal, out and in. A journal that was written here brings the run along that its
// trials vary, and how many of them run side by side.
import type { DashboardMessageOf } from '../../protocol/dashboard-messages.ts';
import type { Refusal } from '../../protocol/notes.ts';
import { readJournal, studyFromJournal } from '../../tuning/journal-reader.ts';
import { journalLines } from '../../tuning/journal-writer.ts';
import type { Trial } from '../../tuning/trial.ts';
import { setupFromAttrs } from './study-attrs.ts';
import { newStudy } from './study-state.ts';
import type { StudyState } from '../coordinator-state.ts';
import type { PersistentStudy } from '../persistence.ts';

export function journalOf({ engine, studyId }: StudyState, utcOffsetMinutes: number): string {
  return journalLines(null, engine, { workerId: studyId, utcOffsetMinutes });
}

/** The last study of the journal, stopped; or why there is none. */
export function studyOfJournal(
  { journal, utcOffsetMinutes, setup }: DashboardMessageOf<'import-study'>,
  studyId: string,
  atMs: number,
): { readonly study: PersistentStudy } | { readonly problem: Refusal } {
  const reading = readJournal(journal, utcOffsetMinutes);
  if (!reading.ok) {
    const { line, problem: detail } = reading;
    return { problem: { code: 'journal-unreadable', line, detail } };
  }
  const last = reading.studies.at(-1);
  if (last === undefined) return { problem: { code: 'journal-empty' } };
  const { sampler, pruner, seed, metricName } = setup.study;
  const read = studyFromJournal(last, { sampler, pruner, seed, metricName });
  if (read === null) return { problem: { code: 'journal-objectives' } };
  const study = { ...read, trials: read.trials.map(restarted) };
  const startedAtMs = Math.min(
    atMs,
    ...study.trials.flatMap((trial) => (trial.startedAtMs === null ? [] : [trial.startedAtMs])),
  );
  const own = setupFromAttrs(study.userAttrs) ?? setup;
  return {
    study: {
      ...newStudy(studyId, own, study, startedAtMs),
      runIds: study.trials.map(() => null),
      stage: { phase: 'stopped' },
      endedAtMs: atMs,
    },
  };
}

/** A trial that was running when the journal was written begins anew, with its parameters. */
function restarted(trial: Trial): Trial {
  return trial.state === 'running'
    ? { ...trial, state: 'waiting', startedAtMs: null, intermediateValues: [] }
    : trial;
}
