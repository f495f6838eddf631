// The Study view's words: states, progress and what the main button does.
import { isOverPhase } from '../../core/protocol/view.ts';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import type { ServerView, StudyPhase, StudyView } from '../../core/protocol/view.ts';
import type { StudySetup } from '../../core/experiment/study-setup.ts';
import { numPresent } from '../table/run-decision.ts';
import { plural } from '../words.ts';
import { draftSetup, type Texts } from './study-draft.ts';

export const studyPhaseWords: Readonly<Record<StudyPhase, string>> = {
  running: 'running',
  paused: 'paused',
  testing: 'testing the best trial’s model',
  finished: 'finished',
  stopped: 'stopped',
};

/** No trial of it is going on or waits to go on by itself. */
export function isStudyOver(phase: StudyPhase): boolean {
  return phase === 'finished' || phase === 'stopped';
}

export function numFinished({ counts }: Pick<StudyView, 'counts'>): number {
  return counts.complete + counts.pruned + counts.failed;
}

/** Share of the study's trials that are over, running ones by their rounds, in [0, 1]. */
export function shareOfTrials(study: StudyView): number {
  if (study.phase === 'finished' || study.phase === 'testing') return 1;
  const { numTrials } = study.setup.study;
  const inWork = study.running.reduce(
    (sum, { round }) => sum + Math.max(0, round - 1) / study.setup.base.rounds,
    0,
  );
  return Math.min(1, (numFinished(study) + inWork) / numTrials);
}

/** What can be done with the study now. */
export type StudyDecision =
  | { readonly does: 'pause' | 'continue'; readonly label: string }
  | {
      readonly does: 'start';
      readonly label: string;
      readonly setup: StudySetup;
      /** Clients to host in this tab first, because nobody is at the table. */
      readonly addFirst: number;
    }
  | { readonly does: 'nothing'; readonly label: string; readonly because: string };

/** `texts` of the study and `runTexts` of its runs, as typed. */
export function decideStudy(view: ServerView | null, texts: Texts, runTexts: Texts): StudyDecision {
  const label = 'Start the study';
  if (view === null) return { does: 'nothing', label, because: 'The page is still connecting.' };
  const phase = view.study?.phase;
  if (phase === 'running') return { does: 'pause', label: 'Pause' };
  if (phase === 'testing') {
    return { does: 'nothing', label, because: 'The best trial’s model meets the test images.' };
  }
  if (phase === 'paused') return { does: 'continue', label: 'Continue' };
  return decideStart(view, texts, runTexts);
}

/** Starting a new study in place of one that is over. */
export function decideStart(view: ServerView, texts: Texts, runTexts: Texts): StudyDecision {
  const label = view.study === null ? 'Start the study' : 'Start a new study';
  if (view.run !== null && !isOverPhase(view.run.phase)) {
    return { does: 'nothing', label, because: 'A run is at the table. Stop it first.' };
  }
  const { setup, problems } = draftSetup(texts, runTexts);
  if (setup === null) {
    const because = `${plural(problems.length, 'field')} of the configuration cannot be read.`;
    return { does: 'nothing', label, because };
  }
  const addFirst = numPresent(view) === 0 ? setup.base.clients * setup.parallelTrials : 0;
  return {
    does: 'start',
    label:
      addFirst === 0
        ? label
        : view.study === null
          ? `Add ${plural(addFirst, 'client')} here and start`
          : `${label} with ${plural(addFirst, 'client')} here`,
    setup,
    addFirst,
  };
}

/** "5 clients, 10 rounds, CKKS …" of every trial, in a few words. */
export function commonWords(base: RunConfig): string {
  const parts = [plural(base.clients, 'client'), plural(base.rounds, 'round')];
  if (base.localBatches !== null) parts.push(`${base.localBatches} batches a round`);
  return parts.join(', ');
}
