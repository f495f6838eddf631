// Slices: the value over each parameter alone, one small chart a parameter on a common value axis.
import { memo, useCallback, useMemo } from 'react';
import { extent } from '../../charts/domain.ts';
import type { ParamAxis } from './param-axis.ts';
import type { PlotProps } from './plot-props.ts';
import { ScatterChart } from './scatter-chart.tsx';
import { stateLegend } from './state-legend.ts';
import { valueAxis } from '../trial-look.ts';
import { shownValue, valueMarks } from './trial-series.ts';
import { useTrialWords } from './trial-words.ts';

export const SliceChart = memo(function SliceChart(
  props: PlotProps & { readonly axis: ParamAxis },
) {
  const { trials, config, axis } = props;
  const marks = useMemo(() => valueMarks(trials, axis.place), [trials, axis]);
  // All slices show the same stretch of values, so that they can be compared.
  const [low, high] = useMemo(() => extent(trials.map(shownValue)) ?? [0, 1], [trials]);
  const y = useMemo(
    () => ({ ...valueAxis(config), atLeast: [low, high] as const }),
    [config, low, high],
  );
  const words = useTrialWords(trials, config);
  const legend = useMemo(() => stateLegend(trials), [trials]);
  const table = useCallback(
    () => ({
      columns: [
        { label: 'trial' },
        { label: axis.label },
        { label: config.metricName, format: y.format },
      ],
      rows: trials.map((trial) => {
        const at = axis.place(trial);
        const cell = at === null ? null : axis.choices === null ? at : axis.format(at);
        return [trial.number, cell, shownValue(trial)];
      }),
    }),
    [trials, axis, config.metricName, y],
  );
  return (
    <ScatterChart
      title={`Slice: ${axis.label.toLowerCase()}`}
      marks={marks}
      x={axis}
      y={y}
      xDomain={axis.domain}
      xTicks={axis.ticks}
      describe={words.describe}
      nameOf={words.nameOf}
      table={table}
      pictureLegend={legend}
      empty={marks.length > 0 ? null : 'No trial shown has this parameter and a value.'}
      height={220}
    />
  );
});
