// The last round as rows of stretches of time: who did what, when. All of it is what clients reported
// (each by its own clock, from the round's opening) and the server measured.
import type { ClientView, RoundRecord } from '../../core/protocol/view.ts';
import { phaseColour } from './phases.ts';
import { formatDuration, seatColour } from '../format.ts';
import { phaseWords } from '../words.ts';
import type { ChartTable } from '../charts/chart-table.ts';

export interface Stretch {
  readonly word: string;
  readonly colour: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface TimelineRow {
  /** clientId, or 'server'. */
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  readonly stretches: readonly Stretch[];
}

/** Seated clients that took part in a round, in the order of their seats, then the server. */
export function timelineRows(
  clients: readonly ClientView[],
  lastRound: RoundRecord | null,
): TimelineRow[] {
  const seated = clients
    .filter(({ seat, lastSegments }) => seat !== null && lastSegments.length > 0)
    .sort((a, b) => a.seat! - b.seat!);
  const rows: TimelineRow[] = seated.map((client) => ({
    id: client.clientId,
    label: client.name,
    colour: seatColour(client.seat),
    stretches: client.lastSegments
      .filter(({ phase }) => phase !== 'idle' && phase !== 'waiting')
      .map(({ phase, startMs, endMs }) => ({
        word: phaseWords[phase],
        colour: phaseColour(phase),
        startMs,
        endMs,
      })),
  }));
  const sumMs = lastRound?.milliseconds.sum ?? 0;
  const lastSent = Math.max(
    ...seated.flatMap(({ lastSegments }) =>
      lastSegments.filter(({ phase }) => phase === 'sending').map(({ endMs }) => endMs),
    ),
  );
  if (rows.length > 0 && sumMs > 0 && Number.isFinite(lastSent)) {
    rows.push({
      id: 'server',
      label: 'Server',
      colour: 'var(--ink-soft)',
      stretches: [
        {
          word: 'adding',
          colour: 'var(--phase-summing)',
          startMs: lastSent,
          endMs: lastSent + sumMs,
        },
      ],
    });
  }
  return rows;
}

/** One row a stretch. */
export function timelineTable(rows: readonly TimelineRow[]): ChartTable {
  return {
    columns: [
      { label: 'Who' },
      { label: 'Phase' },
      { label: 'Start', format: formatDuration },
      { label: 'End', format: formatDuration },
      { label: 'Duration', format: formatDuration },
    ],
    rows: rows.flatMap(({ label, stretches }) =>
      stretches.map(({ word, startMs, endMs }) => [label, word, startMs, endMs, endMs - startMs]),
    ),
  };
}
