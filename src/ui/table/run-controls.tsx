// Starting, pausing and stopping the run, its progress, and bringing clients to the table.
import { isOverPhase } from '../../core/protocol/view.ts';
import { useActions } from '../actions.ts';
import { useDashboard } from '../dashboard-store.ts';
import { usePage } from '../page-state.ts';
import { draftConfig } from '../url-state.ts';
import { plural } from '../words.ts';
import { InviteLink } from './invite-link.tsx';
import { carryOutDecision, decideRun, numPresent, type RunDecision } from './run-decision.ts';
import { RunProgress } from './run-progress.tsx';

export function RunControls() {
  const actions = useActions();
  const texts = usePage((state) => state.texts);
  const label = useDashboard(({ view }) => decideRun(view, texts).label);
  const explanation = useDashboard(({ view }) => explain(decideRun(view, texts)));
  const impossible = useDashboard(({ view }) => decideRun(view, texts).does === 'nothing');
  const stoppable = useDashboard(({ view }) => view?.run != null && !isOverPhase(view.run.phase));
  const missing = useDashboard(({ view }) => {
    const run = view?.run ?? null;
    const seats =
      run === null || isOverPhase(run.phase)
        ? draftConfig(texts).config.clients
        : run.config.clients;
    return Math.max(0, seats - (view === null ? 0 : numPresent(view)));
  });
  const howMany = missing === 0 ? 1 : missing;
  return (
    <section className="panel run-controls" aria-label="Run">
      <div className="button-row">
        <button
          type="button"
          className="button button-primary"
          disabled={impossible}
          onClick={carryOutDecision}
        >
          {label}
        </button>
        {stoppable && (
          <button type="button" className="button" onClick={() => void actions.stopRun()}>
            Stop
          </button>
        )}
      </div>
      {explanation !== null && <p className="small soft">{explanation}</p>}
      <RunProgress />
      <h2>Bring clients</h2>
      <div className="button-row">
        <button
          type="button"
          className="button"
          title="Each client gets a browser tab of its own."
          onClick={() => actions.openTabs(howMany)}
        >
          {`Open ${plural(howMany, 'client')}`}
        </button>
        <button
          type="button"
          className="button"
          title="Clients in workers of this tab; close the tab and they leave."
          onClick={() => actions.addClients(howMany)}
        >
          {`Add ${plural(howMany, 'client')} in this tab`}
        </button>
      </div>
      <p className="small soft">
        {missing === 0
          ? 'Every seat is taken; more clients stand by.'
          : `${plural(missing, 'seat')} ${missing === 1 ? 'is' : 'are'} free.`}
      </p>
      <InviteLink />
    </section>
  );
}

function explain(decision: RunDecision): string | null {
  if (decision.does === 'nothing') return decision.because;
  if (decision.does === 'start' && decision.addFirst > 0) {
    return 'Nobody is at the table yet. Start adds the clients to this tab, or open them in tabs of their own below.';
  }
  return null;
}
