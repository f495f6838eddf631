// Trials whose runs go on beside the one at the table: which, on how many clients, and where to
// see them.
import type { ClientView, RunView } from '../../core/protocol/view.ts';
import { useDashboard } from '../dashboard-store.ts';
import { showView, viewAddress } from '../page-state.ts';
import { plural } from '../words.ts';

const NO_RUNS: readonly RunView[] = [];
const NO_CLIENTS: readonly ClientView[] = [];

export function TrialsBeside() {
  const beside = useDashboard(({ view }) => view?.beside ?? NO_RUNS);
  const clients = useDashboard(({ view }) => view?.clients ?? NO_CLIENTS);
  if (beside.length === 0) return null;
  return (
    <span>
      {` ${besideWords(beside, clients)} `}
      <a
        href={viewAddress('study')}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          showView('study');
        }}
      >
        See the study
      </a>
    </span>
  );
}

/** "Trial 4 runs at the same time, on 5 other clients." */
export function besideWords(beside: readonly RunView[], clients: readonly ClientView[]): string {
  const numbers = beside.map(({ trialOf }) => trialOf?.number ?? '?');
  const numClients = clients.filter(({ runId }) =>
    beside.some((run) => run.runId === runId),
  ).length;
  const last = numbers.at(-1);
  const which =
    numbers.length === 1
      ? `Trial ${last} runs`
      : `Trials ${numbers.slice(0, -1).join(', ')} and ${last} run`;
  return `${which} at the same time, on ${plural(numClients, 'other client')}.`;
}
