// The round table for those who do not see it: the server's state and one line a seat. Not a live
// region: ten changes a second would be noise; the header's state is the one that is announced.
import { memo } from 'react';
import type { ClientView, RunView } from '../../core/protocol/view.ts';
import { formatBytes, formatCount, formatPercent } from '../format.ts';
import { backendWords, clientStateWords, troubleSentence } from '../words.ts';
import { hubWords } from './hub.tsx';
import { isAsked, updateState, type Seating } from './seats.ts';

export function TableInWords({ seating, run }: { seating: Seating; run: RunView | null }) {
  const present = seating.seats.filter((client) => client !== null && client.standing !== 'left');
  const hub = hubWords(run, present.length, seating.seats.length);
  return (
    <div className="visually-hidden">
      <p>{`Server: ${hub.above}, ${hub.figure} ${hub.below}.`}</p>
      <ul>
        {seating.seats.map((client, seat) => (
          <SeatLine key={seat} words={seatWords(client, seat, run)} />
        ))}
      </ul>
    </div>
  );
}

const SeatLine = memo(function SeatLine({ words }: { words: string }) {
  return <li>{words}</li>;
});

/** "Seat 2, Client 2: training 43 %, WebGL, 11,000 images." */
export function seatWords(client: ClientView | null, seat: number, run: RunView | null): string {
  const place = `Seat ${seat + 1}`;
  if (client === null) return `${place}: empty.`;
  const state = clientStateWords(client, isAsked(client, run), run?.phase === 'finished');
  const percent = client.fraction > 0 ? ` ${formatPercent(client.fraction, 0)}` : '';
  const facts = [
    `${state}${percent}`,
    updateState(client, run) === 'added'
      ? `update of ${formatBytes(client.lastUpdateBytes)} in the sum`
      : null,
    client.backend === null ? null : backendWords[client.backend.backend],
    client.numExamples === 0 ? null : `${formatCount(client.numExamples)} images`,
  ].filter((fact) => fact !== null);
  const trouble = troubleSentence(client.trouble);
  return `${place}, ${client.name}: ${facts.join(', ')}.${trouble === null ? '' : ` ${trouble}`}`;
}
