// The server in the middle of the table: which round it is, how many of the asked clients' updates
// its sum holds, and what it is doing.
import type { RunView } from '../../core/protocol/view.ts';
import { formatPercent } from '../format.ts';
import { runPhaseWords } from '../words.ts';
import type { Point, SeatMark } from './seat-geometry.ts';

interface HubProps {
  readonly centre: Point;
  readonly radius: number;
  readonly run: RunView | null;
  readonly numReady: number;
  readonly numSeats: number;
  /** Marks of the clients asked in this round: each has a place on the rim. */
  readonly askedMarks: readonly SeatMark[];
}

export function Hub({ centre, radius, run, numReady, numSeats, askedMarks }: HubProps) {
  const { above, figure, below } = hubWords(run, numReady, numSeats);
  const small = radius < 64;
  return (
    <>
      <g transform={`translate(${centre.x} ${centre.y})`}>
        <circle className="hub" r={radius} />
        <text className={small ? 'hub-small hub-tight' : 'hub-small'} y={small ? -20 : -30}>
          {above}
        </text>
        <text className={small ? 'hub-figure hub-figure-small' : 'hub-figure'} y={small ? 5 : 8}>
          {figure}
        </text>
        <text className={small ? 'hub-small hub-tight' : 'hub-small'} y={small ? 22 : 32}>
          {below}
        </text>
      </g>
      {askedMarks.map(({ seat, rim }) => (
        <circle key={seat} className="rim-place" cx={rim.x} cy={rim.y} r={4} />
      ))}
    </>
  );
}

/** The three lines in the middle. */
export function hubWords(
  run: RunView | null,
  numReady: number,
  numSeats: number,
): { readonly above: string; readonly figure: string; readonly below: string } {
  if (run === null) {
    return { above: 'Server', figure: `${numReady} of ${numSeats}`, below: 'seats taken' };
  }
  const above = `Round ${run.round} of ${run.config.rounds}`;
  switch (run.phase) {
    case 'gathering':
      return { above: 'Server', figure: `${numReady} of ${numSeats}`, below: 'clients ready' };
    case 'open':
      return {
        above,
        figure: `${run.received.length} of ${run.cohort.length}`,
        below: 'in the sum',
      };
    case 'finished':
      return run.test === null
        ? { above, figure: 'done', below: 'finished' }
        : { above: 'Finished', figure: formatPercent(run.test.accuracy), below: 'test accuracy' };
    case 'applying':
      return run.round === 0
        ? { above, figure: 'start', below: 'being measured' }
        : { above, figure: `Σ ${run.received.length}`, below: runPhaseWords.applying };
    case 'committing':
    case 'testing':
    case 'paused':
    case 'stopped':
    case 'failed':
      return { above, figure: `Σ ${run.received.length}`, below: runPhaseWords[run.phase] };
    default:
      return run.phase satisfies never;
  }
}
