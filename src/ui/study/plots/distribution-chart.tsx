// The empirical distribution: which share of the complete trials stays at or below a value.
import { memo, useCallback, useMemo } from 'react';
import type { LineAxis } from '../../charts/line-geometry.ts';
import type { Series } from '../../charts/series.ts';
import { formatPercent } from '../../format.ts';
import type { PlotProps } from './plot-props.ts';
import { ScatterChart } from './scatter-chart.tsx';
import { stateColour, trialId, valueAxis } from '../trial-look.ts';
import { empiricalDistribution } from './trial-series.ts';
import { useTrialWords } from './trial-words.ts';
import { useKept } from '../use-kept.ts';

const shareAxis: LineAxis = {
  label: 'share of complete trials',
  format: (share) => formatPercent(share, 0),
  bounds: [0, 1],
};
const WHOLE = [0, 1] as const;

export const DistributionChart = memo(function DistributionChart(props: PlotProps) {
  const { config } = props;
  // Reports of a running trial change nothing here.
  const trials = useKept(
    useMemo(() => props.trials.filter(({ state }) => state === 'complete'), [props.trials]),
  );
  const steps = useMemo(() => empiricalDistribution(trials), [trials]);
  const marks = useMemo(
    () =>
      steps.map(({ trial, value, share }) => ({
        id: trialId(trial.number),
        x: value,
        y: share,
        colour: stateColour(trial.state),
        shape: 'dot' as const,
      })),
    [steps],
  );
  const line = useMemo<Series>(
    () => ({
      id: 'distribution',
      label: 'share at or below',
      colour: 'var(--line-strong)',
      points: [
        ...(steps[0] === undefined ? [] : [{ x: steps[0].value, y: 0 }]),
        ...steps.map(({ value, share }) => ({ x: value, y: share })),
      ],
      step: true,
    }),
    [steps],
  );
  const x = useMemo(() => valueAxis(config), [config]);
  const words = useTrialWords(trials, config);
  const table = useCallback(
    () => ({
      columns: [
        { label: 'trial' },
        { label: config.metricName, format: x.format },
        { label: 'share at or below', format: shareAxis.format },
      ],
      rows: steps.map(({ trial, value, share }) => [trial.number, value, share]),
    }),
    [steps, config.metricName, x],
  );
  return (
    <ScatterChart
      title="Empirical distribution"
      caption={`Share of the complete trials whose ${config.metricName} is at most that on the axis.`}
      marks={marks}
      line={line}
      x={x}
      y={shareAxis}
      yDomain={WHOLE}
      describe={words.describe}
      nameOf={words.nameOf}
      table={table}
      pictureLegend={NO_LEGEND}
      empty={
        marks.length > 0
          ? null
          : 'How the values of the trials are spread appears here with the first complete trial.'
      }
    />
  );
});

const NO_LEGEND = [] as const;
