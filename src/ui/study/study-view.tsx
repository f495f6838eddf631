// The Study view: the best value and the steering in sight, then the plots, the table of trials, and
// beside them the configuration or the details of one trial.
import { isOverPhase } from '../../core/protocol/view.ts';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { TrialView } from '../../core/protocol/view.ts';
import { defaultStudySetup } from '../../core/experiment/study-setup.ts';
import { useDashboard } from '../dashboard-store.ts';
import { useSteady } from '../use-steady.ts';

import { AccuracyChart } from './plots/accuracy-chart.tsx';
import { EnqueueForm } from './setup/enqueue-form.tsx';
import { HistoryChart } from './plots/history-chart.tsx';
import { DistributionChart } from './plots/distribution-chart.tsx';
import { ImportanceChart } from './plots/importance-chart.tsx';
import { PairCharts } from './plots/pair-charts.tsx';
import { ParallelChart } from './plots/parallel-chart.tsx';
import { SliceChart } from './plots/slice-chart.tsx';
import { brushedTrials } from './brushing.ts';
import { shownValue } from './plots/trial-series.ts';
import { TrialTimeline } from './plots/trial-timeline.tsx';
import { useSame } from './use-kept.ts';
import { useParamAxes } from './plots/use-param-axes.ts';
import { PickByClick } from './plots/pick-by-click.tsx';
import { StudyBar } from './study-bar.tsx';
import { StudyForm } from './setup/study-form.tsx';
import { followAddress, useStudyPage } from './study-page-state.ts';
import { StudySummary } from './study-summary.tsx';
import { isStudyOver } from './study-words.ts';
import { TrialFilterBar } from './trials/trial-filter-bar.tsx';
import { valueFormat } from './trial-look.ts';
import { TrialPanel } from './trials/trial-panel.tsx';
import { TrialTable } from './trials/trial-table.tsx';
import { visibleTrials } from './visible-trials.ts';
import { WhenSeen } from './plots/when-seen.tsx';
import './study-view.css';
import './plots/plots.css';
import './setup/setup.css';
import './trials/trials.css';

/** Between two pictures of the plots while trials run: the more there is to draw, the longer. */
const plotPauseMs = (numTrials: number) => Math.min(1000, 200 + 2.5 * numTrials);
const NO_PARAMS: TrialView['params'] = {};
const NO_TRIALS: readonly TrialView[] = [];

export function StudyView() {
  useEffect(followAddress, []);
  const study = useDashboard(({ view }) => view?.study ?? null);
  const trials = useDashboard(({ view }) => view?.trials ?? NO_TRIALS);
  const canImport = useDashboard(
    ({ view }) =>
      view !== null &&
      (view.run === null || isOverPhase(view.run.phase)) &&
      (view.study === null || isStudyOver(view.study.phase)),
  );
  const filter = useStudyPage((state) => state.filter);
  const chosen = useStudyPage((state) => state.openTrial);
  const [adapted, setAdapted] = useState<TrialView | null>(null);
  const plots = useRef<HTMLDivElement>(null);

  const setup = useSame(study?.setup ?? defaultStudySetup);
  const config = setup.study;
  const steady = useSteady(trials, study?.studyId, plotPauseMs(trials.length));
  const passing = useMemo(
    () => visibleTrials(steady, filter, config.direction),
    [steady, filter, config.direction],
  );
  // Plots may lag behind the figures above them: drawing them never holds up an answer to the reader.
  const shown = useDeferredValue(passing);
  const bestNumber = study?.best?.number ?? null;
  const best = useMemo(
    () => shown.find(({ number }) => number === bestNumber) ?? null,
    [shown, bestNumber],
  );
  const axes = useParamAxes(useDeferredValue(steady), config.searchSpace);
  const params = useMemo(() => axes.map(({ name }) => name), [axes]);
  const brushes = useStudyPage((state) => state.brushes);
  const brushed = useMemo(() => {
    const value = { name: 'value', domain: [0, 1], scale: 'linear', place: shownValue } as const;
    return brushedTrials(shown, [value, ...axes], brushes);
  }, [shown, axes, brushes]);
  const formatValue = useMemo(() => valueFormat(config.metricName), [config.metricName]);
  const opened = chosen === null ? undefined : trials[chosen];
  const plot = { trials: shown, config, best };

  return (
    <div className="study-view" data-empty={study === null || undefined}>
      <StudyBar />
      <TrialFilterBar trials={trials} numBrushed={brushed?.size ?? null} canImport={canImport} />
      <div className="study-plots" ref={plots}>
        <PickByClick within={plots} />
        <h2 className="visually-hidden">Plots of the trials</h2>
        <WhenSeen minHeight={420} order={0}>
          <div className="panel study-grid">
            <AccuracyChart {...plot} rounds={setup.base.rounds} />
            <HistoryChart {...plot} />
          </div>
        </WhenSeen>
        <WhenSeen minHeight={420} order={1}>
          <div className="panel">
            <ParallelChart {...plot} axes={axes} />
          </div>
        </WhenSeen>
        <WhenSeen minHeight={300} order={3}>
          <div className="panel study-grid">
            <ImportanceChart {...plot} trials={steady} />
            <DistributionChart {...plot} />
          </div>
        </WhenSeen>
        {axes.length === 0 ? null : (
          <div className="panel study-grid">
            {axes.map((axis, index) => (
              <WhenSeen key={axis.name} minHeight={270} order={4 + index}>
                <SliceChart {...plot} axis={axis} />
              </WhenSeen>
            ))}
          </div>
        )}
        <WhenSeen minHeight={380} order={4 + axes.length}>
          <div className="panel">
            <PairCharts {...plot} axes={axes} />
          </div>
        </WhenSeen>
        <WhenSeen minHeight={320} order={5 + axes.length}>
          <div className="panel">
            <TrialTimeline {...plot} />
          </div>
        </WhenSeen>
        <WhenSeen minHeight={400} order={2}>
          <TrialTable
            trials={shown}
            numAll={steady.length}
            params={params}
            metricName={config.metricName}
            formatValue={formatValue}
            bestNumber={bestNumber}
            brushed={brushed}
          />
        </WhenSeen>
      </div>
      <div className="study-side">
        {opened === undefined || study === null ? null : (
          <TrialPanel trial={opened} study={study} onAdapt={setAdapted} />
        )}
        {study === null ? null : <StudySummary setup={setup} />}
        {study === null ? null : (
          <details className="panel" open={adapted !== null}>
            <summary>Enqueue a trial</summary>
            <EnqueueForm
              key={`${study.studyId} ${adapted?.number}`}
              searchSpace={config.searchSpace}
              initial={adapted?.params ?? NO_PARAMS}
            />
          </details>
        )}
        {study !== null && !isStudyOver(study.phase) ? null : (
          <details className="panel" open={study === null}>
            <summary>{study === null ? 'The study' : 'A new study'}</summary>
            <StudyForm />
          </details>
        )}
      </div>
    </div>
  );
}
