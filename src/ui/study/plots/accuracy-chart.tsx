// What every trial reported after each round: running ones grow, pruned ones end in a cross.
import { memo, useMemo, useState } from 'react';
import type { Trial } from '../../../core/tuning/trial.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import type { LineAxis } from '../../charts/line-geometry.ts';
import { formatCount } from '../../format.ts';
import type { PlotProps } from './plot-props.ts';
import { capitalised, valueAxis } from '../trial-look.ts';
import { reportSeries, type SeriesCache } from './trial-series.ts';

export const AccuracyChart = memo(function AccuracyChart(
  props: PlotProps & { readonly rounds: number },
) {
  const { trials, best, config, rounds } = props;
  const [cache] = useState<SeriesCache>(() => new WeakMap<Trial, never>());
  const series = useMemo(() => reportSeries(trials, best, cache), [trials, best, cache]);
  const x = useMemo<LineAxis>(
    () => ({ label: 'round', format: formatCount, whole: true, atLeast: [1, Math.max(2, rounds)] }),
    [rounds],
  );
  const y = useMemo(() => valueAxis(config), [config]);
  return (
    <LineChart
      title={`${capitalised(config.metricName)} per round`}
      caption="A line a trial; the best one stands out. Cross: pruned or failed there. Ring: running."
      series={series}
      x={x}
      y={y}
      empty="What each trial reaches after every round appears here, live. Start the study."
      height={280}
    />
  );
});
