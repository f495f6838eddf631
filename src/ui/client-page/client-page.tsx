// The page of a tab that is a client: small, because nobody looks at it for long. It says what the
// tab is for, what its client does now, and that it must stay open.
import { useEffect } from 'react';
import type { ClientView, RunView } from '../../core/protocol/view.ts';
import { dashboardStore, useDashboard, type HostedClient } from '../dashboard-store.ts';
import { formatBytes, formatCount, formatPercent, seatColour } from '../format.ts';
import { ConnectionBanner } from '../shell/connection-banner.tsx';
import { LabelBars } from '../table/label-bars.tsx';
import { glyphName, PhaseGlyph } from '../table/phase-glyph.tsx';
import { Ring } from '../table/seat.tsx';
import { isAsked, placeWords, runOfClient, updateState } from '../table/seats.ts';
import { backendWords, clientStateWords, troubleSentence } from '../words.ts';

const NO_RUNS: readonly RunView[] = [];

export function ClientPage() {
  const hosted = useDashboard((state) => state.hosted);
  const clients = useDashboard((state) => state.view?.clients);
  const run = useDashboard((state) => state.view?.run ?? null);
  const beside = useDashboard((state) => state.view?.beside ?? NO_RUNS);
  useDocumentTitle();
  return (
    <main id="main" className="client-page">
      <h1>Roundtable client</h1>
      <ConnectionBanner />
      {hosted.length === 0 && <p className="panel soft">Starting the client of this tab</p>}
      {hosted.map((own) => {
        const client = clients?.find(({ clientId }) => clientId === own.clientId) ?? null;
        return (
          <ClientCard
            key={own.clientId}
            hosted={own}
            client={client}
            run={client === null ? run : runOfClient(client, run, beside)}
          />
        );
      })}
      <p>
        Keep this tab open: each client in it trains on its own share of the images and sends only
        its updates, sealed unless the run’s encryption is off. The tab may stay in the background.
        Closing it takes its {hosted.length === 1 ? 'client' : 'clients'} from the table; the others
        go on.
      </p>
      <p>
        <a href={location.pathname} target="_blank" rel="noopener">
          Open the dashboard in another tab
        </a>
      </p>
    </main>
  );
}

interface ClientCardProps {
  readonly hosted: HostedClient;
  readonly client: ClientView | null;
  readonly run: RunView | null;
}

function ClientCard({ hosted, client, run }: ClientCardProps) {
  const trouble = hosted.detail ?? troubleSentence(client?.trouble ?? null);
  if (client === null) {
    return (
      <section className="panel client-card">
        <h2>{hosted.name}</h2>
        <p className="soft">
          {hosted.state === 'stopped' ? 'Stopped.' : 'Joining the federation.'}
        </p>
        {trouble !== null && <p className="note note-warning">{trouble}</p>}
      </section>
    );
  }
  const asked = isAsked(client, run);
  const added = updateState(client, run) === 'added';
  return (
    <section className="panel client-card">
      <svg
        width={96}
        height={96}
        viewBox="-48 -48 96 96"
        aria-hidden="true"
        className="seat"
        style={{ color: seatColour(client.seat) }}
      >
        <Ring radius={40} share={added ? 1 : client.fraction} />
        <PhaseGlyph name={glyphName(client.standing, client.phase, added)} scale={2} />
      </svg>
      <div>
        <h2>
          {client.name}
          <span className="soft">
            {client.seat === null ? `, ${placeWords(client, run)}` : `, seat ${client.seat + 1}`}
          </span>
        </h2>
        <p>
          {added ? 'update in the sum' : clientStateWords(client, asked, run?.phase === 'finished')}
          {client.fraction > 0 && !added && ` ${formatPercent(client.fraction, 0)}`}
          {run !== null && (
            <span className="soft">{`, round ${run.round} of ${run.config.rounds}`}</span>
          )}
        </p>
        {trouble !== null && (
          <p className="note note-warning">
            {trouble}
            {client.troubleDetail !== null && (
              <span className="trouble-detail soft">{client.troubleDetail}</span>
            )}
          </p>
        )}
      </div>
      {client.backend !== null && (
        <dl className="client-facts">
          <div>
            <dt>Backend</dt>
            <dd>
              {backendWords[client.backend.backend]}
              <span className="small soft">{`${client.backend.renderer}. ${client.backend.reason}`}</span>
            </dd>
          </div>
          <div>
            <dt>Images</dt>
            <dd>{formatCount(client.numExamples)}</dd>
          </div>
          <div>
            <dt>Digits 0–9</dt>
            <dd>
              <svg
                width={160}
                height={40}
                aria-hidden="true"
                style={{ color: seatColour(client.seat) }}
              >
                <LabelBars histogram={client.labelHistogram} width={160} height={39} />
              </svg>
              <span className="visually-hidden">{client.labelHistogram.join(', ')}</span>
            </dd>
          </div>
          <div>
            <dt>Sent in all</dt>
            <dd>{formatBytes(client.totalUpdateBytes)}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}

function useDocumentTitle(): void {
  const title = useDashboard(({ hosted, view }) => {
    const own = view?.clients.find(({ clientId }) => clientId === hosted[0]?.clientId);
    if (own === undefined)
      return `${dashboardStore.getState().hosted[0]?.name ?? 'Client'} · Roundtable`;
    const run = view?.run ?? null;
    const state = clientStateWords(own, isAsked(own, run), run?.phase === 'finished');
    return `${state} · ${own.name} · Roundtable`;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
