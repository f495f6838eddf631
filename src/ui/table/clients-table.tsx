// Every client in a row: what it does, on what, with which examples, how long each phase of its last
// round took and what it sent.
import type { RunView } from '../../core/protocol/view.ts';
import { useDashboard } from '../dashboard-store.ts';
import { ClientRow } from './client-row.tsx';
import { isAsked, placeWords, runOfClient } from './seats.ts';

const NO_RUNS: readonly RunView[] = [];

export function ClientsTable() {
  const clients = useDashboard((state) => state.view?.clients);
  const run = useDashboard((state) => state.view?.run ?? null);
  const beside = useDashboard((state) => state.view?.beside ?? NO_RUNS);
  const hosted = useDashboard((state) => state.hosted);
  const rows = (clients ?? []).toSorted((a, b) => (a.seat ?? Infinity) - (b.seat ?? Infinity));
  return (
    <section className="panel clients-panel" aria-labelledby="clients-title">
      <h2 id="clients-title">Clients</h2>
      {rows.length === 0 ? (
        <p className="soft">
          Nobody yet. Clients appear here with their images, timings and bytes as soon as they join.
        </p>
      ) : (
        // What scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of clients">
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">Client</th>
                <th scope="col">State</th>
                <th scope="col">Backend</th>
                <th scope="col" className="number">
                  Images
                </th>
                <th scope="col">Digits 0–9</th>
                <th
                  scope="col"
                  className="number"
                  title="On its own slice of the validation images"
                >
                  Accuracy
                </th>
                <th scope="col" className="number">
                  Train
                </th>
                <th scope="col" className="number">
                  Encrypt
                </th>
                <th scope="col" className="number">
                  Send
                </th>
                <th scope="col" className="number">
                  Decrypt
                </th>
                <th scope="col" className="number">
                  Evaluate
                </th>
                <th scope="col" className="number" title="Bytes of the last update">
                  Update
                </th>
                <th scope="col" className="number" title="Bytes of all updates of the run">
                  Sent in all
                </th>
                <th scope="col">This tab’s clients</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((client) => {
                const own = runOfClient(client, run, beside);
                return (
                  <ClientRow
                    key={client.clientId}
                    client={client}
                    place={placeWords(client, own)}
                    asked={isAsked(client, own)}
                    isFinished={own?.phase === 'finished'}
                    hosted={hosted.find(({ clientId }) => clientId === client.clientId) ?? null}
                  />
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
