// The first view: the round table with its controls, the charts of the run, and the clients.
import { lazy, Suspense, useMemo } from 'react';
import type { ClientView, RoundRecord, RunArchive, RunView } from '../../core/protocol/view.ts';
import { useDashboard } from '../dashboard-store.ts';
import { ConfigForm } from '../form/config-form.tsx';
import { ClientsTable } from './clients-table.tsx';
import { RoundTable } from './round-table.tsx';
import { useSteady } from '../use-steady.ts';
import { RunControls } from './run-controls.tsx';

const RunCharts = lazy(async () => {
  const { RunCharts: component } = await import('./run-charts.tsx');
  return { default: component };
});

/** Short rounds end ten times a second: no reader follows four charts at that pace. */
const CHARTS_PAUSE_MS = 300;

export function TableView() {
  return (
    <div className="table-view">
      <RoundTable />
      <div className="table-side">
        <RunControls />
        <ConfigForm />
      </div>
      <div className="panel table-charts">
        <Charts />
      </div>
      <ClientsTable />
    </div>
  );
}

function Charts() {
  const history = useDashboard((state) => state.view?.history);
  const twin = useDashboard((state) => state.view?.twin ?? null);
  const run = useDashboard((state) => state.view?.run ?? null);
  const clients = useDashboard((state) => state.view?.clients);
  const now = useMemo(() => ({ history, twin, run, clients }), [history, twin, run, clients]);
  return <SteadyCharts {...useSteady(now, run?.runId, CHARTS_PAUSE_MS)} />;
}

interface SteadyChartsProps {
  readonly history: readonly RoundRecord[] | undefined;
  readonly twin: RunArchive | null;
  readonly run: RunView | null;
  readonly clients: readonly ClientView[] | undefined;
}

function SteadyCharts({ history, twin, run, clients }: SteadyChartsProps) {
  if (history === undefined || clients === undefined) return null;
  // The plotting code is larger than the rest of the page: it is not fetched for an empty plot.
  if (run === null) {
    return (
      <section aria-labelledby="charts-title">
        <h2 id="charts-title">Accuracy and loss per round</h2>
        <p className="soft">
          Start a run, and the accuracy and loss of every round appear here, with the time that each
          client spent on training, encrypting and sending.
        </p>
      </section>
    );
  }
  return (
    <Suspense fallback={<p className="soft">Loading the charts</p>}>
      <RunCharts history={history} twin={twin} run={run} clients={clients} />
    </Suspense>
  );
}
