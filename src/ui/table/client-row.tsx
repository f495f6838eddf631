// One client's row; drawn again only when something in it has changed.
import { Tooltip } from 'radix-ui';
import { memo, useState, type FocusEvent } from 'react';
import type { ClientPhase, PhaseSegment } from '../../core/protocol/client-messages.ts';
import type { ClientView } from '../../core/protocol/view.ts';
import type { BackendChoice, BackendInfo } from '../../core/training/trainer.ts';
import { useActions } from '../actions.ts';
import type { HostedClient } from '../dashboard-store.ts';
import { setHighlight, useHighlight } from '../charts/highlight.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, seatColour } from '../format.ts';
import { backendWords, clientStateWords, troubleSentence } from '../words.ts';
import { LabelBarsImage } from './label-bars.tsx';
import { sameClient } from './seats.ts';

interface ClientRowProps {
  readonly client: ClientView;
  /** Where it is, if it has no seat at the table. */
  readonly place: string;
  readonly asked: boolean;
  /** The run that it is in is finished. */
  readonly isFinished: boolean;
  /** This tab's own knowledge of the client, if it is hosted here. */
  readonly hosted: HostedClient | null;
}

const timedPhases: readonly ClientPhase[] = [
  'training',
  'encrypting',
  'sending',
  'decrypting',
  'evaluating',
];

export const ClientRow = memo(
  function ClientRow({ client, place, asked, isFinished, hosted }: ClientRowProps) {
    const pointedAt = useHighlight((id) => id === client.clientId);
    const state = clientStateWords(client, asked, isFinished);
    const trouble = troubleSentence(client.trouble) ?? hosted?.detail ?? null;
    const troubled = client.standing === 'failed' || client.standing === 'unresponsive';
    return (
      <tr
        className={client.standing === 'left' ? 'soft' : undefined}
        data-highlighted={pointedAt || undefined}
        onPointerEnter={() => setHighlight(client.clientId)}
        onPointerLeave={() => setHighlight(null)}
      >
        <th scope="row">
          <span className="swatch" style={{ background: seatColour(client.seat) }} />
          {client.name}
          <span className="soft">
            {client.seat === null ? ` (${place})` : ` (${client.seat + 1})`}
          </span>
        </th>
        <td className={troubled ? 'error-text' : undefined}>
          {trouble === null ? (
            state
          ) : (
            <Explained words={state} explanation={trouble} detail={client.troubleDetail} />
          )}
        </td>
        <td>{client.backend === null ? '–' : <Backend info={client.backend} />}</td>
        <td className="number">
          {client.numExamples === 0 ? '–' : formatCount(client.numExamples)}
        </td>
        <td>
          {client.numExamples === 0 ? (
            '–'
          ) : (
            <LabelBarsImage
              histogram={client.labelHistogram}
              width={70}
              height={18}
              colour={seatColour(client.seat)}
            />
          )}
        </td>
        <td className="number">{formatPercent(client.lastAccuracy)}</td>
        {timedPhases.map((phase) => (
          <td key={phase} className="number">
            {formatDuration(phaseMs(client.lastSegments, phase))}
          </td>
        ))}
        <td className="number">
          {client.lastUpdateBytes === 0 ? '–' : formatBytes(client.lastUpdateBytes)}
        </td>
        <td className="number">
          {client.totalUpdateBytes === 0 ? '–' : formatBytes(client.totalUpdateBytes)}
        </td>
        <td>{hosted === null ? '' : <HostedControls name={client.name} hosted={hosted} />}</td>
      </tr>
    );
  },
  (before, after) =>
    before.place === after.place &&
    before.asked === after.asked &&
    before.isFinished === after.isFinished &&
    before.hosted === after.hosted &&
    sameClient(before.client, after.client),
);

/** Milliseconds that a client spent in a phase; null when it has no such segment. */
export function phaseMs(segments: readonly PhaseSegment[], phase: ClientPhase): number | null {
  const own = segments.filter((segment) => segment.phase === phase);
  if (own.length === 0) return null;
  return own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

function Backend({ info }: { info: BackendInfo }) {
  return (
    <Explained
      words={backendWords[info.backend]}
      explanation={`${info.renderer}. ${info.reason}`}
    />
  );
}

function Explained(props: {
  readonly words: string;
  readonly explanation: string;
  readonly detail?: string | null;
}) {
  const { words, explanation, detail = null } = props;
  const [isOpen, setOpen] = useState(false);
  // A tooltip closes when the page scrolls, as it does to bring what Tab has reached into view.
  const onFocus = ({ currentTarget }: FocusEvent<HTMLElement>) => {
    if (!currentTarget.matches(':focus-visible')) return;
    const open = () => setOpen(currentTarget === document.activeElement);
    requestAnimationFrame(() => requestAnimationFrame(open));
  };
  return (
    <Tooltip.Root open={isOpen} onOpenChange={setOpen}>
      <Tooltip.Trigger className="explained" onFocus={onFocus}>
        {words}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tooltip" sideOffset={6}>
          {explanation}
          {detail !== null && <span className="trouble-detail soft">{detail}</span>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

function HostedControls({ name, hosted }: { name: string; hosted: HostedClient }) {
  const actions = useActions();
  return (
    <span className="hosted-controls">
      <select
        className="text-input"
        aria-label={`Backend of ${name}`}
        value={hosted.backend}
        onChange={(event) =>
          actions.setBackend(hosted.clientId, event.target.value as BackendChoice)
        }
      >
        <option value="auto">fastest</option>
        <option value="webgl">WebGL</option>
        <option value="simd">SIMD</option>
        <option value="wasm">WASM</option>
        <option value="cpu">JavaScript</option>
      </select>
      <button
        type="button"
        className="button"
        aria-label={`Remove ${name}`}
        onClick={() => actions.removeClient(hosted.clientId)}
      >
        Remove
      </button>
    </span>
  );
}
