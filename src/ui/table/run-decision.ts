// What the main button (and the key "s") does now, decided in one place from the view and the
// edited configuration.
import { isOverPhase } from '../../core/protocol/view.ts';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import type { ServerView } from '../../core/protocol/view.ts';
import { currentActions } from '../actions.ts';
import { dashboardStore } from '../dashboard-store.ts';
import { pageStore } from '../page-state.ts';
import { draftConfig } from '../url-state.ts';
import { plural } from '../words.ts';

export type RunDecision =
  | { readonly does: 'pause' | 'continue'; readonly label: string }
  | {
      readonly does: 'start';
      readonly label: string;
      readonly config: RunConfig;
      /** Clients to host in this tab first, because nobody is at the table. */
      readonly addFirst: number;
    }
  | { readonly does: 'nothing'; readonly label: string; readonly because: string };

/** `texts`: the configuration as typed. */
export function decideRun(
  view: ServerView | null,
  texts: Readonly<Record<string, string>>,
): RunDecision {
  if (view === null) {
    return { does: 'nothing', label: 'Start', because: 'The page is still connecting.' };
  }
  const { run } = view;
  if (run !== null && !isOverPhase(run.phase)) {
    if (run.phase === 'paused') return { does: 'continue', label: 'Continue' };
    return { does: 'pause', label: 'Pause' };
  }
  const { config, problems } = draftConfig(texts);
  if (problems.length > 0) {
    return {
      does: 'nothing',
      label: 'Start',
      because: `${plural(problems.length, 'field')} of the configuration cannot be read.`,
    };
  }
  const addFirst = numPresent(view) === 0 ? config.clients : 0;
  const label = addFirst > 0 ? `Add ${plural(addFirst, 'client')} here and start` : 'Start';
  return { does: 'start', label, config, addFirst };
}

/** Clients that are connected, seated or not. */
export function numPresent(view: ServerView): number {
  return view.clients.filter(({ standing }) => standing !== 'left').length;
}

/** Does what the button says at this moment. */
export function carryOutDecision(): void {
  const decision = decideRun(dashboardStore.getState().view, pageStore.getState().texts);
  const actions = currentActions();
  switch (decision.does) {
    case 'pause':
      void actions.pauseRun();
      return;
    case 'continue':
      void actions.continueRun();
      return;
    case 'start':
      if (decision.addFirst > 0) actions.addClients(decision.addFirst);
      void actions.startRun(decision.config, pageStore.getState().withTwin);
      return;
    case 'nothing':
      return;
    default:
      return decision satisfies never;
  }
}
