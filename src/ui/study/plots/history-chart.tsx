// The optimisation history: the value of every trial in order, and the best so far as a step line.
import { memo, useCallback, useMemo } from 'react';
import type { LineAxis } from '../../charts/line-geometry.ts';
import type { Series } from '../../charts/series.ts';
import { formatCount } from '../../format.ts';
import type { PlotProps } from './plot-props.ts';
import { ScatterChart } from './scatter-chart.tsx';
import { stateLegend } from './state-legend.ts';
import { useTrialWords } from './trial-words.ts';
import { valueAxis } from '../trial-look.ts';
import { BEST_COLOUR, bestSoFar, shownValue, valueMarks } from './trial-series.ts';

export const HistoryChart = memo(function HistoryChart({ trials, config }: PlotProps) {
  const marks = useMemo(() => valueMarks(trials, ({ number }) => number), [trials]);
  const line = useMemo<Series>(
    () => ({
      id: 'best-so-far',
      label: 'best so far',
      colour: BEST_COLOUR,
      points: bestSoFar(trials, config.direction),
      step: true,
    }),
    [trials, config.direction],
  );
  const last = Math.max(config.numTrials, trials.at(-1)?.number ?? 0);
  const x = useMemo<LineAxis>(
    () => ({
      label: 'trial',
      format: formatCount,
      whole: true,
      atLeast: [0, Math.max(1, last - 1)],
    }),
    [last],
  );
  const y = useMemo(() => valueAxis(config), [config]);
  const words = useTrialWords(trials, config);
  const table = useCallback(() => {
    const best = new Map(line.points.map((point) => [point.x, point.y]));
    let soFar: number | null = null;
    return {
      columns: [
        { label: 'trial' },
        { label: 'state' },
        { label: config.metricName, format: y.format },
        { label: 'best so far', format: y.format },
      ],
      rows: trials.map((trial) => {
        soFar = best.get(trial.number) ?? soFar;
        return [trial.number, trial.state, shownValue(trial), soFar];
      }),
    };
  }, [trials, line, config.metricName, y]);
  const legend = useMemo(() => [...stateLegend(trials), line], [trials, line]);
  return (
    <ScatterChart
      title="Optimisation history"
      caption={`The ${config.metricName} of every trial in order; the line is the best complete one so far.`}
      marks={marks}
      line={line}
      x={x}
      y={y}
      describe={words.describe}
      nameOf={words.nameOf}
      table={table}
      pictureLegend={legend}
      empty={
        marks.length > 0
          ? null
          : 'The value of every trial appears here when its first round has ended. Start the study.'
      }
      height={280}
    />
  );
});
