// A trial's federated run: where to see it, and its rounds.
import { useState } from 'react';
import type { RoundRecord, StudyView, TrialView } from '../../../core/protocol/view.ts';
import { useActions } from '../../actions.ts';
import { useDashboard } from '../../dashboard-store.ts';
import { formatDuration, formatNumber, formatPercent } from '../../format.ts';
import { showView, viewAddress } from '../../page-state.ts';

export function TrialRun(props: { readonly trial: TrialView; readonly study: StudyView }) {
  const { runId } = props.trial;
  const isAtTable = useDashboard(({ view }) => runId !== null && view?.run?.runId === runId);
  if (runId === null) {
    return props.trial.startedAtMs === null ? null : (
      <p className="small soft">This trial was imported: its run is not here.</p>
    );
  }
  return (
    <>
      <h3>Its run</h3>
      <p className="small study-links">
        {isAtTable ? (
          <a
            href={viewAddress('table')}
            onClick={(event) => {
              event.preventDefault();
              showView('table');
            }}
          >
            See it at the table
          </a>
        ) : null}
        {props.trial.intermediateValues.length === 0 ? null : (
          <a
            href={modelAddress(runId)}
            onClick={(event) => {
              event.preventDefault();
              history.replaceState(null, '', withRun(location.search, runId));
              showView('model');
            }}
          >
            Open its model, to draw at and download
          </a>
        )}
      </p>
      <Rounds key={runId} runId={runId} />
    </>
  );
}

/** The Model view with this run chosen. */
function modelAddress(runId: string): string {
  return withRun(new URL(viewAddress('model'), location.href).search, runId);
}

function withRun(search: string, runId: string): string {
  const parameters = new URLSearchParams(search);
  parameters.set('run', runId);
  return `?${parameters.toString()}${location.hash}`;
}

function Rounds({ runId }: { readonly runId: string }) {
  const actions = useActions();
  const [rounds, setRounds] = useState<readonly RoundRecord[] | null>(null);
  const [isLoading, setLoading] = useState(false);
  const load = async () => {
    setLoading(true);
    const result = await actions.getHistory(runId);
    setLoading(false);
    if (result !== null) setRounds(result.history);
  };
  if (rounds === null) {
    return (
      <button type="button" className="button" disabled={isLoading} onClick={() => void load()}>
        {isLoading ? 'Fetching its rounds' : 'Show its rounds'}
      </button>
    );
  }
  return (
    // What scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="study-rounds" tabIndex={0} aria-label="Rounds of the trial’s run">
      <table className="data-table">
        <thead>
          <tr>
            {['Round', 'Accuracy', 'Loss', 'Clients', 'Time'].map((label) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rounds.map((record) => (
            <tr key={record.round}>
              <td className="number">{record.round}</td>
              <td className="number">{formatPercent(record.validationAccuracy)}</td>
              <td className="number">{formatNumber(record.validationLoss)}</td>
              <td className="number">{record.numClients}</td>
              <td className="number">{formatDuration(record.milliseconds.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
