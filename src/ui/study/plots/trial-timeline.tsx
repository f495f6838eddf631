// When each trial ran: one bar a trial on a common time axis, coloured by state. Own SVG: recharts has
// no such plot.
import { memo, useCallback, useMemo, type PointerEvent } from 'react';
import type { Trial } from '../../../core/tuning/trial.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { setHighlight, useHighlight } from '../../charts/highlight.ts';
import { hasMoved } from '../../charts/pointer.ts';
import { useWidth } from '../../charts/use-width.ts';
import { formatDuration } from '../../format.ts';
import type { PlotProps } from './plot-props.ts';
import { stateLegend } from './state-legend.ts';
import { durationMs, stateColour, trialId, trialNumber, trialStates } from '../trial-look.ts';
import { useNow } from '../use-now.ts';
import { clockTicks, workingTime } from './working-time.ts';

const LEFT = 48;
const RIGHT = 24;
const AXIS_HEIGHT = 40;
const TOP = 8;
/** px of all rows together; each is between 3 and 18. */
const WANTED_HEIGHT = 240;

export const TrialTimeline = memo(function TrialTimeline({ trials }: PlotProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const started = useMemo(() => trials.filter(({ startedAtMs }) => startedAtMs !== null), [trials]);
  const nowMs = useNow(started.some(({ completedAtMs }) => completedAtMs === null));
  const table = useCallback(() => {
    const zeroMs = Math.min(...started.map(({ startedAtMs }) => startedAtMs!));
    return {
      columns: [
        { label: 'trial' },
        { label: 'state' },
        { label: 'start, after the first', format: formatDuration },
        { label: 'duration', format: formatDuration },
      ],
      rows: started.map((trial) => [
        trial.number,
        trial.state,
        trial.startedAtMs! - zeroMs,
        durationMs(trial, Date.now()),
      ]),
    };
  }, [started]);
  const legend = useMemo(() => stateLegend(started), [started]);
  return (
    <ChartFrame
      title="Timeline of trials"
      caption="When each trial ran. A gap is a pause; a dashed line, a long one of which most is left out."
      empty={
        started.length > 0 ? null : 'When each trial began and ended appears here. Start the study.'
      }
      table={table}
      pictureLegend={legend}
    >
      <div ref={frame}>
        {width === 0 ? null : <Bars trials={started} width={width} nowMs={nowMs} />}
      </div>
    </ChartFrame>
  );
});

function Bars(props: {
  readonly trials: readonly Trial[];
  readonly width: number;
  readonly nowMs: number;
}) {
  const { trials, width, nowMs } = props;
  const rowHeight = Math.max(3, Math.min(18, Math.floor(WANTED_HEIGHT / trials.length)));
  const height = rowHeight * trials.length;
  const ends = trials.map((trial) => trial.completedAtMs ?? nowMs);
  const { place, cuts } = workingTime(
    trials.map(({ startedAtMs }, row) => [startedAtMs!, ends[row]!]),
  );
  const endMs = place(Math.max(...ends));
  const highMs = Math.max(1, endMs);
  const perMs = (width - LEFT - RIGHT) / highMs;
  const ticks = clockTicks(highMs, Math.max(2, Math.floor((width - LEFT) / 110)));
  const nameEvery = Math.ceil(16 / rowHeight);
  const barOf = (trial: Trial, row: number): string => {
    const x = Math.round((LEFT + place(trial.startedAtMs!) * perMs) * 10) / 10;
    const w = Math.max(1, Math.round((durationMs(trial, nowMs) ?? 0) * perMs * 10) / 10);
    const gap = rowHeight > 6 ? 2 : 0.5;
    return `M${x} ${row * rowHeight + gap / 2}h${w}v${rowHeight - gap}h${-w}z`;
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    if (!hasMoved(event)) return;
    const top = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const trial = trials[Math.floor((top - TOP) / rowHeight)];
    setHighlight(trial === undefined ? null : trialId(trial.number));
  };
  return (
    <svg
      className="chart-picture study-pickable"
      width={width}
      height={TOP + height + AXIS_HEIGHT}
      role="img"
      aria-label={`Timeline of ${trials.length} trials over ${formatDuration(endMs)}; its table has every start and duration.`}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setHighlight(null)}
    >
      <g transform={`translate(0 ${TOP})`}>
        <HighlightedRow trials={trials} rowHeight={rowHeight} width={width} />
        {ticks.map((tick) => (
          <g key={tick} transform={`translate(${LEFT + tick * perMs} 0)`}>
            <path className="chart-grid-line" d={`M0 0V${height}`} />
            <text className="chart-tick" y={height + 16} textAnchor="middle">
              {formatDuration(tick)}
            </text>
          </g>
        ))}
        {cuts.map(({ at, leftOutMs }) => (
          <g key={at} transform={`translate(${LEFT + at * perMs} 0)`}>
            <path className="study-cut" d={`M0 0V${height}`}>
              <title>{`A pause: ${formatDuration(leftOutMs)} are left out here.`}</title>
            </path>
          </g>
        ))}
        {trials.map((trial, row) =>
          row % nameEvery === 0 ? (
            <text
              key={trial.number}
              className="chart-tick"
              x={LEFT - 8}
              y={row * rowHeight + rowHeight / 2 + 4}
              textAnchor="end"
            >
              {trial.number}
            </text>
          ) : null,
        )}
        {trialStates.map((state) => {
          const path = trials.map((trial, row) => (trial.state === state ? barOf(trial, row) : ''));
          return <path key={state} style={{ fill: stateColour(state) }} d={path.join('')} />;
        })}
        <text className="chart-axis-label" x={width - RIGHT} y={height + 34} textAnchor="end">
          time since the first trial began{cuts.length > 0 ? ', without pauses' : ''}
        </text>
      </g>
    </svg>
  );
}

function HighlightedRow(props: {
  readonly trials: readonly Trial[];
  readonly rowHeight: number;
  readonly width: number;
}) {
  const number = useHighlight(trialNumber);
  const row = number === null ? -1 : props.trials.findIndex((trial) => trial.number === number);
  if (row < 0) return null;
  return (
    <rect
      className="study-row-highlighted"
      y={row * props.rowHeight - 1}
      width={props.width}
      height={props.rowHeight + 2}
    />
  );
}
