// Beyond thirty seats, neighbours share one mark: its ring shows how many of them have delivered
// their update, its text of how many clients.
import { memo } from 'react';
import { seatColour } from '../format.ts';
import type { SeatMark } from './seat-geometry.ts';
import { Ring } from './seat.tsx';

interface SeatGroupProps {
  readonly mark: SeatMark;
  readonly ringRadius: number;
  readonly numPresent: number;
  readonly numAdded: number;
}

export const SeatGroup = memo(function SeatGroup({
  mark,
  ringRadius,
  numPresent,
  numAdded,
}: SeatGroupProps) {
  return (
    <g
      className={`seat${numPresent === 0 ? ' seat-away' : ''}`}
      transform={`translate(${mark.x} ${mark.y})`}
      style={{ color: seatColour(mark.seat) }}
    >
      <Ring radius={ringRadius} share={numAdded / mark.size} />
      <text className="seat-number" dy="0.35em">
        {`${numAdded}/${numPresent}`}
      </text>
      <title>
        {`Seats ${mark.seat + 1} to ${mark.seat + mark.size}: ${numPresent} taken, ${numAdded} updates in the sum`}
      </title>
    </g>
  );
});
