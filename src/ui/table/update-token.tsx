// An update on its way: a sealed token in its client's colour that is put on the table, travels to
// the server and joins the sum. Where it is follows from the client's state alone, so a missed or
// repeated view cannot leave one behind. Without encryption it is an open sheet that anyone can read.
import { memo } from 'react';
import { formatBytes, seatColour } from '../format.ts';
import { between, type Point, type SeatDetail, type SeatMark } from './seat-geometry.ts';
import type { UpdateState } from './seats.ts';

interface UpdateTokenProps {
  readonly mark: SeatMark;
  readonly detail: SeatDetail;
  readonly state: UpdateState;
  /** Share of the client's phase done, in [0, 1]; moves a travelling token. */
  readonly fraction: number;
  readonly sealed: boolean;
  readonly updateBytes: number;
}

const scales: Readonly<Record<SeatDetail, number>> = { full: 1, compact: 0.62, dot: 0.5 };

export const UpdateToken = memo(function UpdateToken(props: UpdateTokenProps) {
  const { mark, detail, state, sealed, updateBytes } = props;
  const place = tokenPlace(props);
  // Beside a token under way, else half way along its path.
  const label =
    state === 'travelling' ? { x: place.x, y: place.y - 18 } : between(mark.edge, mark.rim, 0.5);
  const scale = scales[detail] * (state === 'added' ? 0.8 : 1);
  return (
    <>
      {detail === 'full' && (state === 'added' || state === 'travelling') && (
        <text className="token-bytes" x={label.x} y={label.y} dy="0.35em">
          {formatBytes(updateBytes)}
        </text>
      )}
      <g
        className="token"
        data-update={state}
        style={{
          // The sum is everybody's, so it has nobody's colour.
          color: state === 'opening' ? 'var(--ink)' : seatColour(mark.seat),
          transform: `translate(${place.x}px, ${place.y}px) scale(${scale})`,
          opacity: state === 'none' ? 0 : 1,
        }}
      >
        {sealed ? <SealedMark open={state === 'opening'} /> : <OpenSheet />}
      </g>
    </>
  );
});

/** The sum on its way back to one seat: shown once when a round is applied. */
export function SumFlight({ mark, detail }: { mark: SeatMark; detail: SeatDetail }) {
  return (
    <g
      className="sum-flight"
      style={
        {
          '--from': `translate(${mark.rim.x}px, ${mark.rim.y}px) scale(${scales[detail]})`,
          '--to': `translate(${mark.edge.x}px, ${mark.edge.y}px) scale(${scales[detail]})`,
        } as React.CSSProperties
      }
    >
      <SealedMark open={false} />
    </g>
  );
}

function SealedMark({ open }: { open: boolean }) {
  return (
    <>
      <rect className="token-body" x={-12} y={-9} width={24} height={18} rx={4} />
      <path
        className="token-lock"
        d={`M-4 -0.5 H4 V5 H-4 Z M-2.4 -0.5 V-2.6 A2.4 2.4 0 0 1 ${open ? '2.2 -4.4' : '2.4 -2.6 V-0.5'}`}
      />
    </>
  );
}

function OpenSheet() {
  return (
    <>
      <rect className="token-sheet" x={-10} y={-9} width={20} height={18} rx={1} />
      <path className="token-lines" d="M-6 -4.5 H6 M-6 0 H6 M-6 4.5 H2" />
    </>
  );
}

function tokenPlace({ mark, state, fraction }: UpdateTokenProps): Point {
  if (state === 'added') return mark.rim;
  return state === 'travelling' ? between(mark.edge, mark.rim, 0.1 + 0.75 * fraction) : mark.edge;
}
