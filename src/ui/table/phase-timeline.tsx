// One bar a client with the phases of the last round, on one time axis. Own SVG: recharts has no such
// plot. Stretches shorter than a pixel are drawn one pixel wide, so that a fast encryption is not
// invisible; the table has the exact times.
import { memo, useCallback, useMemo, useState } from 'react';
import type { ClientView, RoundRecord } from '../../core/protocol/view.ts';
import { formatDuration } from '../format.ts';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { linearTicks, niceDomain } from '../charts/domain.ts';
import { setHighlight, useHighlight } from '../charts/highlight.ts';
import { Swatch } from '../charts/legend.tsx';
import { timelineRows, timelineTable, type Stretch, type TimelineRow } from './timeline-layout.ts';
import { useWidth } from '../charts/use-width.ts';

const ROW_HEIGHT = 24;
const BAR_HEIGHT = 14;
const AXIS_HEIGHT = 40;
const RIGHT = 24;
/** Letters of a name before it is cut, and px for one. */
const MAX_NAME_LETTERS = 16;
const LETTER_PX = 7;

export const PhaseTimeline = memo(function PhaseTimeline(props: {
  readonly clients: readonly ClientView[];
  readonly lastRound: RoundRecord | null;
}) {
  const { clients, lastRound } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<{ row: TimelineRow; stretch: Stretch } | null>(null);
  const rows = useMemo(() => timelineRows(clients, lastRound), [clients, lastRound]);
  const table = useCallback(() => timelineTable(rows), [rows]);
  const legend = useMemo(() => phasesOf(rows), [rows]);
  const onPoint = useCallback((row: TimelineRow | null, stretch: Stretch | null) => {
    setHighlight(row?.id ?? null);
    setPointed(row === null || stretch === null ? null : { row, stretch });
  }, []);
  const round = lastRound === null ? '' : ` ${lastRound.round}`;

  return (
    <ChartFrame
      title={`Phases of round${round} per client`}
      caption="Time since the round opened, as each client reported it. The server adds updates as they arrive; its time is drawn after the last."
      empty={
        rows.length > 0
          ? null
          : 'What each client did in the last round appears here, as soon as a first round has been trained: start a run.'
      }
      table={table}
      pictureLegend={legend}
      legend={
        <ul className="chart-legend" aria-hidden="true">
          {legend.map((entry) => (
            <li key={entry.label} className="chart-legend-entry">
              <Swatch item={{ colour: entry.colour, filled: true }} />
              {entry.label}
            </li>
          ))}
        </ul>
      }
    >
      <div ref={frame}>
        {width === 0 ? null : <Rows rows={rows} width={width} onPoint={onPoint} />}
      </div>
      <p className="chart-line-below small soft">
        {pointed === null
          ? 'Point at a bar for its times.'
          : `${pointed.row.label}: ${pointed.stretch.word} ${formatDuration(pointed.stretch.endMs - pointed.stretch.startMs)}, from ${formatDuration(pointed.stretch.startMs)} to ${formatDuration(pointed.stretch.endMs)}`}
      </p>
    </ChartFrame>
  );
});

const Rows = memo(function Rows(props: {
  readonly rows: readonly TimelineRow[];
  readonly width: number;
  readonly onPoint: (row: TimelineRow | null, stretch: Stretch | null) => void;
}) {
  const { rows, width, onPoint } = props;
  const longest = Math.max(...rows.map(({ label }) => Math.min(MAX_NAME_LETTERS, label.length)));
  const left = longest * LETTER_PX + 28;
  const endMs = Math.max(1, ...rows.flatMap(({ stretches }) => stretches.map((s) => s.endMs)));
  const [, highMs] = niceDomain([0, endMs]);
  const perMs = (width - left - RIGHT) / highMs;
  const height = rows.length * ROW_HEIGHT + AXIS_HEIGHT;
  const ticks = linearTicks([0, highMs], Math.max(2, Math.floor((width - left) / 90)));
  return (
    <svg
      className="chart-picture"
      width={width}
      height={height}
      role="img"
      aria-label={rows.map(rowText).join(' ')}
      onPointerLeave={() => onPoint(null, null)}
    >
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(${left + tick * perMs} 0)`}>
          <path className="chart-grid-line" d={`M0 0V${height - AXIS_HEIGHT}`} />
          <text className="chart-tick" y={height - AXIS_HEIGHT + 16} textAnchor="middle">
            {formatDuration(tick)}
          </text>
        </g>
      ))}
      <text className="chart-axis-label" x={width - RIGHT} y={height - 4} textAnchor="end">
        time since the round opened
      </text>
      {rows.map((row, index) => (
        <Row
          key={row.id}
          row={row}
          top={index * ROW_HEIGHT}
          left={left}
          width={width}
          perMs={perMs}
          onPoint={onPoint}
        />
      ))}
    </svg>
  );
});

const Row = memo(function Row(props: {
  readonly row: TimelineRow;
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly perMs: number;
  readonly onPoint: (row: TimelineRow | null, stretch: Stretch | null) => void;
}) {
  const { row, left, perMs, onPoint } = props;
  const state = useHighlight((id) => (id === row.id ? 'on' : 'off'));
  const name =
    row.label.length > MAX_NAME_LETTERS
      ? `${row.label.slice(0, MAX_NAME_LETTERS - 1)}…`
      : row.label;
  return (
    <g transform={`translate(0 ${props.top})`} onPointerEnter={() => onPoint(row, null)}>
      <rect
        className="chart-row"
        data-state={state}
        width={props.width}
        height={ROW_HEIGHT}
        rx={4}
      />
      <circle cx={8} cy={ROW_HEIGHT / 2} r={4} style={{ fill: row.colour }} />
      <text className="chart-name" x={18} y={ROW_HEIGHT / 2 + 4}>
        {name}
      </text>
      {row.stretches.map((stretch, index) => (
        <rect
          key={index}
          x={left + stretch.startMs * perMs}
          y={(ROW_HEIGHT - BAR_HEIGHT) / 2}
          width={Math.max(1, (stretch.endMs - stretch.startMs) * perMs)}
          height={BAR_HEIGHT}
          style={{ fill: stretch.colour }}
          onPointerEnter={() => onPoint(row, stretch)}
        />
      ))}
    </g>
  );
});

function phasesOf(rows: readonly TimelineRow[]) {
  const colours = new Map(
    rows.flatMap(({ stretches }) => stretches.map(({ word, colour }) => [word, colour] as const)),
  );
  return [...colours].map(([label, colour]) => ({ label, colour }));
}

function rowText({ label, stretches }: TimelineRow): string {
  const parts = stretches.map(
    ({ word, startMs, endMs }) => `${word} ${formatDuration(endMs - startMs)}`,
  );
  return `${label}: ${parts.join(', ')}.`;
}
