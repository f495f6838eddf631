// The signature picture: a round table drawn from the server's live view. Every mark carries a fact;
// the list behind it says the same in words for those who do not see it.
import { useMemo } from 'react';
import type { RunView } from '../../core/protocol/view.ts';
import { useDashboard } from '../dashboard-store.ts';
import { usePage } from '../page-state.ts';
import { draftConfig } from '../url-state.ts';
import { plural, tableCaption, troubleSentence } from '../words.ts';
import { Hub } from './hub.tsx';
import { Seat } from './seat.tsx';
import { SeatGroup } from './seat-group.tsx';
import { layoutTable, type Point, type TableLayout } from './seat-geometry.ts';
import { isAsked, seatClients, updateState, type Seating } from './seats.ts';
import { TableInWords } from './table-in-words.tsx';
import { TrialsBeside } from './trials-beside.tsx';
import { SumFlight, UpdateToken } from './update-token.tsx';
import { useSize } from './use-size.ts';

export function RoundTable() {
  const clients = useDashboard((state) => state.view?.clients);
  const run = useDashboard((state) => state.view?.run ?? null);
  const texts = usePage((state) => state.texts);
  const { ref, size } = useSize<HTMLDivElement>();
  const draftSeats = useMemo(() => draftConfig(texts).config.clients, [texts]);
  const seating = useMemo(
    () => seatClients(clients ?? [], run, draftSeats),
    [clients, run, draftSeats],
  );
  const numSeats = seating.seats.length;
  const layout = useMemo(
    () => (size === null ? null : layoutTable(numSeats, size.width, size.height)),
    [numSeats, size],
  );
  return (
    <figure className="panel round-table" aria-label="The federation at its table">
      <div className="round-table-picture" ref={ref}>
        {layout !== null && <Picture layout={layout} seating={seating} run={run} />}
      </div>
      <TableInWords seating={seating} run={run} />
      <figcaption>
        <span>{tableCaption(run)}</span>
        <Troubles seating={seating} />
        {seating.standingBy.length > 0 && (
          <span className="soft">
            {' '}
            {plural(seating.standingBy.length, 'more client')} standing by.
          </span>
        )}
        <TrialsBeside />
      </figcaption>
    </figure>
  );
}

interface PictureProps {
  readonly layout: TableLayout;
  readonly seating: Seating;
  readonly run: RunView | null;
}

function Picture({ layout, seating, run }: PictureProps) {
  const { marks, detail, centre, surface, hubRadius, ringRadius } = layout;
  const present = seating.seats.filter((client) => client !== null && client.standing !== 'left');
  const numReady =
    run === null ? present.length : present.filter((client) => client?.standing === 'ready').length;
  const grouped = marks.some(({ size }) => size > 1);
  const openRound = run !== null && run.phase === 'open';
  const asked = new Set(openRound ? run.cohort : []);
  const askedMarks = grouped
    ? []
    : marks.filter(({ seat }) => asked.has(seating.seats[seat]?.clientId ?? ''));
  return (
    <svg width={layout.width} height={layout.height} aria-hidden="true">
      <ellipse className="surface" cx={centre.x} cy={centre.y} {...surface} />
      {marks.map((mark) => (
        <Spoke
          key={mark.seat}
          from={mark.edge}
          to={mark.rim}
          used={!openRound || asked.has(seating.seats[mark.seat]?.clientId ?? '')}
        />
      ))}
      <Hub
        centre={centre}
        radius={hubRadius}
        run={run}
        numReady={numReady}
        numSeats={seating.seats.length}
        askedMarks={askedMarks}
      />
      {run !== null &&
        run.phase === 'applying' &&
        run.round > 0 &&
        marks.map((mark) => (
          <SumFlight key={`${run.runId}-${run.round}-${mark.seat}`} mark={mark} detail={detail} />
        ))}
      {marks.map((mark) => {
        const members = seating.seats.slice(mark.seat, mark.seat + mark.size);
        if (grouped) {
          return (
            <SeatGroup
              key={mark.seat}
              mark={mark}
              ringRadius={ringRadius}
              numPresent={members.filter((one) => one !== null && one.standing !== 'left').length}
              numAdded={members.filter((one) => one && updateState(one, run) === 'added').length}
            />
          );
        }
        const client = members[0] ?? null;
        return (
          <Seat
            key={mark.seat}
            mark={mark}
            detail={detail}
            ringRadius={ringRadius}
            client={client}
            asked={client === null || isAsked(client, run)}
            added={client !== null && updateState(client, run) === 'added'}
            finished={run?.phase === 'finished'}
          />
        );
      })}
      {!grouped &&
        run !== null &&
        marks.map((mark) => {
          const client = seating.seats[mark.seat] ?? null;
          return (
            client !== null && (
              <UpdateToken
                key={`${client.clientId}-${run.round}-${run.attempt}`}
                mark={mark}
                detail={detail}
                state={updateState(client, run)}
                fraction={client.phase === 'sending' ? client.fraction : 0}
                sealed={run.config.encryption !== 'plaintext'}
                updateBytes={run.encryption.updateBytes}
              />
            )
          );
        })}
    </svg>
  );
}

const MOST_TROUBLES = 3;

/** Why clients were set aside, each reason once, as far as there is room. */
function Troubles({ seating }: { seating: Seating }) {
  const names = new Map<string, string[]>();
  for (const client of seating.seats) {
    if (client === null || client.trouble === null || client.standing === 'left') continue;
    names.set(client.trouble, [...(names.get(client.trouble) ?? []), client.name]);
  }
  return [...names].slice(0, MOST_TROUBLES).map(([trouble, [first, ...others]]) => (
    <span key={trouble} className="error-text">
      {` ${first}${others.length === 0 ? '' : ` and ${others.length} more`}: ${troubleSentence(trouble)}`}
    </span>
  ));
}

function Spoke({ from, to, used }: { from: Point; to: Point; used: boolean }) {
  return (
    <line
      className={used ? 'spoke' : 'spoke spoke-unused'}
      x1={from.x}
      y1={from.y}
      x2={to.x}
      y2={to.y}
    />
  );
}
