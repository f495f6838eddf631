// One seat at the table: a ring in the client's colour that fills with its phase, a glyph for what
// it does, and as much text as the room allows. Drawn again only when something shown has changed.
import { memo } from 'react';
import type { ClientView } from '../../core/protocol/view.ts';
import { setHighlight, useHighlight } from '../charts/highlight.ts';
import { formatCount, formatPercent, seatColour } from '../format.ts';
import { backendWords, clientStateWords } from '../words.ts';
import { LabelBars } from './label-bars.tsx';
import { glyphName, PhaseGlyph } from './phase-glyph.tsx';
import type { SeatDetail, SeatMark } from './seat-geometry.ts';
import { sameClient } from './seats.ts';

interface SeatProps {
  readonly mark: SeatMark;
  readonly detail: SeatDetail;
  readonly ringRadius: number;
  readonly client: ClientView | null;
  readonly asked: boolean;
  /** Its update of this round is in the server's sum. */
  readonly added: boolean;
  /** The run is finished: every client at the table holds the model. */
  readonly finished: boolean;
}

export const Seat = memo(
  function Seat({ mark, detail, ringRadius, client, asked, added, finished }: SeatProps) {
    const done = finished && client?.standing === 'ready';
    const state = seatState(client, asked, added, done);
    const pointedAt = useHighlight((id) => id !== null && id === client?.clientId);
    const away = client === null || client.standing === 'left';
    const troubled = client?.standing === 'failed' || client?.standing === 'unresponsive';
    const className = `seat seat-${detail}${away ? ' seat-away' : ''}${troubled ? ' seat-troubled' : ''}${asked ? '' : ' seat-resting'}`;
    const ringY = detail === 'full' ? -29 : detail === 'compact' ? -13 : 0;
    return (
      <g
        className={className}
        transform={`translate(${mark.x} ${mark.y})`}
        style={{ color: seatColour(mark.seat) }}
        data-seat={mark.seat}
        data-state={state}
        data-highlighted={pointedAt || undefined}
        onPointerEnter={() => setHighlight(client?.clientId ?? null)}
        onPointerLeave={() => setHighlight(null)}
      >
        <g transform={`translate(0 ${ringY})`}>
          <Ring radius={ringRadius} share={ringShare(client, added || done)} />
          {detail === 'dot' ? (
            <text className="seat-number" dy="0.35em">
              {mark.seat + 1}
            </text>
          ) : (
            !away && (
              <PhaseGlyph
                name={glyphName(client.standing, client.phase, added || done)}
                scale={detail === 'full' ? 1.15 : 0.8}
              />
            )
          )}
        </g>
        {detail === 'full' && <FullText client={client} seat={mark.seat} state={state} />}
        {detail === 'compact' && <CompactText client={client} seat={mark.seat} state={state} />}
      </g>
    );
  },
  (before, after) =>
    before.mark === after.mark &&
    before.detail === after.detail &&
    before.asked === after.asked &&
    before.added === after.added &&
    before.finished === after.finished &&
    sameClient(before.client, after.client),
);

function FullText({
  client,
  seat,
  state,
}: {
  client: ClientView | null;
  seat: number;
  state: string;
}) {
  return (
    <>
      <text className="seat-name" y={14}>
        {client?.name ?? `Seat ${seat + 1}`}
      </text>
      <text className="seat-state" y={28}>
        {state}
      </text>
      {client !== null && client.standing !== 'left' && client.backend !== null && (
        <>
          <text className="seat-facts" y={41}>
            {backendWords[client.backend.backend]} · {formatCount(client.numExamples)} images
          </text>
          <g transform="translate(-30 45)">
            <LabelBars histogram={client.labelHistogram} width={60} height={12} />
          </g>
        </>
      )}
    </>
  );
}

function CompactText({
  client,
  seat,
  state,
}: {
  client: ClientView | null;
  seat: number;
  state: string;
}) {
  const present = client !== null && client.standing !== 'left';
  return (
    <>
      <text className="seat-facts" y={16}>
        <tspan className="seat-name">{seat + 1}</tspan>
        {compactWords(client, state)}
      </text>
      {present && (
        <g transform="translate(-20 20)">
          <LabelBars histogram={client.labelHistogram} width={40} height={9} />
        </g>
      )}
    </>
  );
}

/** What fits beside a number: the backend; for an empty seat its state. The glyph tells the phase. */
function compactWords(client: ClientView | null, state: string): string {
  if (client === null || client.standing === 'left') return ` ${state}`;
  return client.backend === null ? '' : ` ${backendWords[client.backend.backend]}`;
}

/** A circle that fills clockwise from the top. `share` in [0, 1]. */
export function Ring({ radius, share }: { radius: number; share: number }) {
  const length = 2 * Math.PI * radius;
  return (
    <>
      <circle className="ring-ground" r={radius} />
      <circle
        className="ring-share"
        r={radius}
        transform="rotate(-90)"
        strokeDasharray={length}
        strokeDashoffset={length * (1 - share)}
        opacity={share > 0 ? 1 : 0}
      />
    </>
  );
}

/** "training 43 %", "update in the sum", "holds the model". */
function seatState(
  client: ClientView | null,
  asked: boolean,
  added: boolean,
  done: boolean,
): string {
  if (client === null) return 'empty';
  if (added) return 'update in the sum';
  // Not every phase can tell how far it is: no share is said rather than a steady 0 %.
  const percent =
    isWorking(client) && client.fraction > 0 ? ` ${formatPercent(client.fraction, 0)}` : '';
  return `${clientStateWords(client, asked, done)}${percent}`;
}

function ringShare(client: ClientView | null, added: boolean): number {
  if (client === null || client.standing === 'left') return 0;
  if (added) return 1;
  return isWorking(client) ? client.fraction : 0;
}

function isWorking(client: ClientView): boolean {
  return (
    (client.standing === 'ready' || client.standing === 'preparing') &&
    client.phase !== 'idle' &&
    client.phase !== 'waiting'
  );
}
