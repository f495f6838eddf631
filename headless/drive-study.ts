// Drives one study in real tabs through the dashboard's automation object: a new one, or one that a
// journal holds. Whoever interrupts it has the last view and the last journal that were reported.
import type { RoundRecord, ServerView } from '../src/core/protocol/view.ts';
import { canAsk, createStudy } from '../src/core/tuning/study.ts';
import type { StudySetup } from '../src/core/experiment/study-setup.ts';
import { isFinished } from '../src/core/tuning/trial.ts';
import { withTabs, type Tabs, type TabsOptions } from './tabs.ts';

export interface DriveStudyOptions extends TabsOptions {
  readonly setup: StudySetup;
  /** Text of a journal to go on with, and the number of trials from now on (null: the journal's). */
  readonly resumed: { readonly journal: string; readonly numTrials: number | null } | null;
  readonly onView: (view: ServerView) => void;
  /** The study as a journal, at the beginning and whenever a trial has ended; not asked for if left out. */
  readonly onJournal?: (journal: string) => void;
  /** The rounds of each trial by its number, when the study is over; not asked for if left out. */
  readonly onHistories?: (histories: ReadonlyMap<number, readonly RoundRecord[]>) => void;
  /** The journal's study is over: its view is returned as it is, and no client was opened. */
  readonly onNothingLeft?: () => void;
}

/** The last view, in which the study is over. Throws an Error of one sentence when it is not to be had. */
export async function driveStudy(options: DriveStudyOptions): Promise<ServerView> {
  const { setup, resumed, onView, onJournal, onHistories } = options;
  return withTabs(options, setup.base, async (tabs) => {
    const imported = resumed === null ? null : await importJournal(tabs, resumed.journal, setup);
    if (imported !== null && !hasTrialsLeft(imported, resumed!.numTrials)) {
      onView(imported);
      if (onJournal !== undefined) await handOverJournal(tabs, onJournal);
      options.onNothingLeft?.();
      return imported;
    }
    const { base, parallelTrials } = imported?.study?.setup ?? setup;
    await tabs.openClients(base.clients * parallelTrials);
    if (resumed === null) {
      await tabs.act((automation) =>
        automation.evaluate((roundtable, setup) => roundtable.actions.startStudy(setup), setup),
      );
    } else {
      await tabs.act((automation) =>
        automation.evaluate(
          (roundtable, numTrials) => roundtable.actions.continueStudy(numTrials),
          resumed.numTrials,
        ),
      );
    }
    let numEnded = -1;
    const isOver = ({ study }: ServerView) =>
      study !== null && (study.phase === 'finished' || study.phase === 'stopped');
    const last = await tabs.watch(isOver, base.deadlineMs, async (view) => {
      onView(view);
      const ended = view.trials.filter(isFinished).length;
      if (ended === numEnded || onJournal === undefined) return;
      numEnded = ended;
      await handOverJournal(tabs, onJournal);
    });
    if (onHistories !== undefined) onHistories(await historiesOf(tabs, last));
    return last;
  });
}

async function historiesOf(tabs: Tabs, { trials }: ServerView) {
  const histories = new Map<number, readonly RoundRecord[]>();
  for (const { number, runId } of trials) {
    if (runId === null) continue;
    const kept = await tabs.act((automation) =>
      automation.evaluate((roundtable, runId) => roundtable.actions.getHistory(runId), runId),
    );
    histories.set(number, kept?.history ?? []);
  }
  return histories;
}

/** Whether an imported study has a trial to run, with `numTrials` in all (null: as many as it says). */
export function hasTrialsLeft({ study, trials }: ServerView, numTrials: number | null): boolean {
  if (study === null) return false;
  const { study: config } = study.setup;
  const engine = createStudy({ ...config, numTrials: numTrials ?? config.numTrials });
  return canAsk({ ...engine, trials });
}

async function handOverJournal(tabs: Tabs, onJournal: (journal: string) => void): Promise<void> {
  const journal = await tabs.act((automation) =>
    automation.evaluate((roundtable) => roundtable.actions.getStudyJournal()),
  );
  if (journal !== null) onJournal(journal);
}

/** The view in which the journal's study is at the table. */
async function importJournal(tabs: Tabs, journal: string, setup: StudySetup): Promise<ServerView> {
  await tabs.act((automation) =>
    automation.evaluate(
      (roundtable, { journal, setup }) => roundtable.actions.importStudy(journal, setup),
      { journal, setup },
    ),
  );
  for (;;) {
    const view = await tabs.viewNow();
    if (view?.study) return view;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
