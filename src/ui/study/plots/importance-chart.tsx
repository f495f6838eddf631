// How much each parameter matters for the value: shares that sum to 1. As in Optuna they are of the study: over
// all complete trials with a finite value, whatever the filter shows (PED-ANOVA compares the best tenth
// with all of them, so a filter by value would change its meaning); the page says so.
import { memo, useCallback, useMemo, useState } from 'react';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { isPresent } from '../../charts/series.ts';
import { useWidth } from '../../charts/use-width.ts';
import { formatPercent } from '../../format.ts';
import type { ImportanceMethod } from './importance-request.ts';
import type { PlotProps } from './plot-props.ts';
import { paramLabel } from '../trial-look.ts';
import { useImportance } from './use-importance.ts';
import { useKept } from '../use-kept.ts';

const ROW_HEIGHT = 32;
const LEFT = 112;
const RIGHT = 64;
const captions: Readonly<Record<ImportanceMethod, string>> = {
  'ped-anova':
    'PED-ANOVA: what sets the best tenth of the trials apart from all of them. Noisy with few trials.',
  fanova:
    'fANOVA: the share of the value’s variance that each parameter explains alone, by 64 regression trees on raw values.',
};
const NO_LEGEND = [] as const;

export const ImportanceChart = memo(function ImportanceChart({ trials, config }: PlotProps) {
  const [method, setMethod] = useState<ImportanceMethod>('ped-anova');
  const complete = useKept(
    useMemo(
      () => trials.filter(({ state, value }) => state === 'complete' && isPresent(value)),
      [trials],
    ),
  );
  const { importances, isComputing, trouble } = useImportance(complete, config, method);
  const [frame, width] = useWidth<HTMLDivElement>();
  const table = useCallback(
    () => ({
      columns: [
        { label: 'parameter' },
        { label: 'importance', format: (share: number) => formatPercent(share, 1) },
      ],
      rows: importances.map(({ name, value }) => [paramLabel(name), value]),
    }),
    [importances],
  );
  const height = importances.length * ROW_HEIGHT;
  return (
    <ChartFrame
      title="Importance of parameters"
      caption={captions[method]}
      empty={
        importances.length > 0
          ? null
          : (trouble ??
            (isComputing
              ? 'Computing the importances.'
              : 'Which parameters matter appears here once two trials are complete.'))
      }
      table={table}
      pictureLegend={NO_LEGEND}
      tools={
        <button
          type="button"
          className="chart-tool"
          aria-pressed={method === 'fanova'}
          title={captions.fanova}
          onClick={() => setMethod(method === 'fanova' ? 'ped-anova' : 'fanova')}
        >
          fANOVA
        </button>
      }
    >
      <div ref={frame}>
        {width === 0 ? null : (
          <svg
            className="chart-picture"
            width={width}
            height={height}
            role="img"
            aria-label={importances
              .map(({ name, value }) => `${paramLabel(name)} ${formatPercent(value, 1)}`)
              .join(', ')}
          >
            {importances.map(({ name, value }, index) => (
              <g key={name} transform={`translate(0 ${index * ROW_HEIGHT})`}>
                <text className="chart-name" x={LEFT - 8} y={20} textAnchor="end">
                  {paramLabel(name)}
                </text>
                <rect
                  className="study-importance"
                  x={LEFT}
                  y={6}
                  width={Math.max(1, value * (width - LEFT - RIGHT))}
                  height={20}
                />
                <text
                  className="chart-name"
                  x={LEFT + Math.max(1, value * (width - LEFT - RIGHT)) + 8}
                  y={20}
                >
                  {formatPercent(value, 1)}
                </text>
              </g>
            ))}
          </svg>
        )}
      </div>
      <p className="chart-line-below small soft" role="status">
        {isComputing
          ? 'Computing again.'
          : `Over all ${complete.length} complete trials with a finite value; filter and brushes do not change it.`}
      </p>
    </ChartFrame>
  );
});
