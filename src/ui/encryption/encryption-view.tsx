// The Encryption view: who could read what, with which parameters, at which price, what the server
// really has in its hands, and the same machinery on a visitor's own numbers.
import { useMemo } from 'react';
import type { SchemeParameters } from '../../core/encryption/scheme.ts';
import type { ErrorCode } from '../../core/protocol/error-codes.ts';
import type { RoundRecord } from '../../core/protocol/view.ts';
import { useDashboard } from '../dashboard-store.ts';
import { inspector } from '../model/inspector-client.ts';
import { usePage } from '../page-state.ts';
import { draftConfig } from '../url-state.ts';
import { ErrorPanel } from './error-panel.tsx';
import { BytesPanel, ParametersPanel } from './parameters-panel.tsx';
import { ReadabilityPanel } from './readability-panel.tsx';
import { ServerSeesPanel } from './server-sees-panel.tsx';
import { errorPoints, subjectOf } from './subject.ts';
import { TryItPanel, type Demonstrate } from './try-it-panel.tsx';
import './encryption-view.css';

const NO_ROUNDS: readonly RoundRecord[] = [];
const NO_REJECTIONS: Readonly<Partial<Record<ErrorCode, number>>> = {};

const inWorker: Demonstrate = (first, second) => inspector().demonstrate(first, second);

export function EncryptionView() {
  // As text, so that only a change of the parameters draws the panels again, not every change of the run.
  const encryptionText = useDashboard(({ view }) =>
    view === null || view.run === null ? null : JSON.stringify(view.run.encryption),
  );
  const history = useDashboard(({ view }) => view?.history ?? NO_ROUNDS);
  const twin = useDashboard(({ view }) => view?.twin ?? null);
  const sees = useDashboard(({ view }) => view?.sees ?? null);
  const rejections = useDashboard(({ view }) => view?.server.rejections ?? NO_REJECTIONS);
  const senderName = useDashboard(
    ({ view }) =>
      view?.clients.find(({ clientId }) => clientId === view.sees.lastUpdateFrom)?.name ?? null,
  );
  const texts = usePage((state) => state.texts);

  const draft = useMemo(() => draftConfig(texts).config, [texts]);
  const encryption = useMemo(
    () => (encryptionText === null ? null : (JSON.parse(encryptionText) as SchemeParameters)),
    [encryptionText],
  );
  const outcome = useMemo(
    () => subjectOf({ encryption, history, twin }, draft),
    [encryption, history, twin, draft],
  );
  const points = useMemo(() => {
    if (!outcome.ok) return [];
    const other = outcome.subject.of === 'twin' ? history : (twin?.history ?? NO_ROUNDS);
    return errorPoints(outcome.subject.history, other);
  }, [outcome, history, twin]);
  // What reached the server last belongs to the run at the table, which may be the plaintext twin.
  const seesPlaintext = (encryption?.name ?? draft.encryption) === 'plaintext';

  if (!outcome.ok) {
    return (
      <div className="encryption-view">
        <p className="note note-error" role="alert">
          No parameters fit this configuration. {outcome.problem} Change it in the Table view.
        </p>
        <div className="encryption-column">
          <TryItPanel demonstrate={inWorker} />
        </div>
      </div>
    );
  }
  const { subject } = outcome;
  const { parameters } = subject;
  const isPlaintext = parameters.name === 'plaintext';
  const last = subject.history[subject.history.length - 1];
  const measuredBytes = last === undefined || last.round === 0 ? null : last.uploadBytesPerClient;
  return (
    <div className="encryption-view">
      <div className="encryption-column">
        <ReadabilityPanel scheme={parameters.name} />
        <ErrorPanel points={points} isPlaintext={isPlaintext} />
        <TryItPanel demonstrate={inWorker} />
      </div>
      <div className="encryption-column">
        <BytesPanel parameters={parameters} measuredBytes={measuredBytes} />
        <ServerSeesPanel
          sees={sees}
          senderName={senderName}
          rejections={rejections}
          isPlaintext={seesPlaintext}
        />
        <ParametersPanel parameters={parameters} isDraft={subject.of === 'draft'} />
      </div>
    </div>
  );
}
