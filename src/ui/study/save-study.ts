// Taking a study away: its trials as CSV and JSON, the whole of it as an Optuna journal; and bringing
// such a journal back.
import type { TrialView } from '../../core/protocol/view.ts';
import { exportTrial, trialsToCsv } from '../../core/tuning/trial-export.ts';
import type { StudySetup } from '../../core/experiment/study-setup.ts';
import { withReasonInWords } from '../../words.ts';
import { download } from '../charts/save-picture.ts';
import type { DashboardActions } from '../dashboard-store.ts';

export function saveCsv(trials: readonly TrialView[]): void {
  download(trialsToCsv(trials.map(withReasonInWords)), 'trials.csv', 'text/csv');
}

export function saveJson(trials: readonly TrialView[]): void {
  const text = JSON.stringify(
    trials.map((trial) => exportTrial(withReasonInWords(trial))),
    null,
    2,
  );
  download(text, 'trials.json', 'application/json');
}

/** True when the file was handed to the browser; a refusal has become a notice. */
export async function saveJournal(
  actions: Pick<DashboardActions, 'getStudyJournal'>,
): Promise<boolean> {
  const journal = await actions.getStudyJournal();
  if (journal === null) return false;
  download(journal, 'study.log', 'application/x-ndjson');
  return true;
}

/** The study of a journal file takes the table, stopped. False after a refusal, which is a notice. */
export async function importJournal(
  actions: Pick<DashboardActions, 'importStudy'>,
  file: File,
  /** For what the journal does not say. */
  setup: StudySetup,
): Promise<boolean> {
  return (await actions.importStudy(await file.text(), setup)) !== null;
}
