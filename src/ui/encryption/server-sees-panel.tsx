// What has reached the server: a real update's first bytes, sizes and counts, and in plain words what
// it learns and what it cannot see.
import { memo, useId } from 'react';
import type { ErrorCode } from '../../core/protocol/error-codes.ts';
import type { ServerSees } from '../../core/protocol/view.ts';
import { formatBytes, formatCount } from '../format.ts';
import { ByteGrid } from './byte-grid.tsx';

const rejectionWords: Readonly<Record<ErrorCode, string>> = {
  malformed: 'not a message of the protocol',
  'wrong-version': 'from another version of the page',
  'out-of-order': 'said before joining, or joined twice',
  'foreign-run': 'of another run',
  late: 'of a round that was over',
  future: 'of a round that had not begun',
  duplicate: 'repeated',
  'not-in-cohort': 'from a client that was not asked',
  'wrong-key-epoch': 'under keys that are not the run’s',
  'bad-update': 'not an update of these parameters',
  'wrong-num-examples': 'with a wrong number of examples',
  diverged: 'with other weights than the rest',
  unexpected: 'not expected then',
  'not-now': 'a command that could not be carried out then',
};

const learns = [
  'each client’s number of examples, how many it has of each digit, its backend and graphics device',
  'training loss and accuracy of each client, and how often each digit is taken for which on its validation images',
  'sizes and times of all messages, who takes part in which round',
  'the size of each layer’s largest change, to a power of two (the announced ranges)',
  'a fingerprint (SHA-256) of the weights, to see that all clients agree',
];
const cannotSee = [
  'images: they never leave a client',
  'any client’s update, the sum, or the weights after round 0',
  'the secret key and the federation’s secret',
];

export const ServerSeesPanel = memo(function ServerSeesPanel(props: {
  readonly sees: ServerSees | null;
  readonly senderName: string | null;
  readonly rejections: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly isPlaintext: boolean;
}) {
  const { sees, isPlaintext } = props;
  const titleId = useId();
  const head = sees?.lastUpdateHead ?? null;
  const rejected = Object.entries(props.rejections) as [ErrorCode, number][];
  return (
    <section className="panel encryption-panel" aria-labelledby={titleId}>
      <h2 id={titleId}>What the server sees</h2>
      {sees === null || head === null ? (
        <p className="chart-empty soft">
          The bytes of the last update appear here as they reached the server, with their size and
          entropy. Start a run in the Table view.
        </p>
      ) : (
        <>
          <ByteGrid
            bytes={head}
            label={`The first ${head.length} bytes of the last update, in hexadecimal`}
          />
          <p className="small soft">
            {isPlaintext
              ? 'Whole numbers of four bytes each: not encrypted.'
              : 'Whole numbers of eight bytes each, lowest byte first, below a prime: what looks random is, and the highest bits are never set.'}
          </p>
          <dl className="figures">
            <div>
              <dt>Last update</dt>
              <dd className="figure-value">{formatBytes(sees.lastUpdateBytes)}</dd>
              <dd className="small soft">
                {props.senderName === null ? 'from a client' : `from ${props.senderName}`}
                {sees.lastUpdateAtMs === null ? '' : ` at ${clockTime(sees.lastUpdateAtMs)}`}
              </dd>
            </div>
            <div>
              <dt>Entropy</dt>
              <dd className="figure-value">{entropyText(sees.lastUpdateEntropy)}</dd>
              <dd className="small soft">bits per byte; 8 is what random bytes have</dd>
            </div>
            <div>
              <dt>All updates</dt>
              <dd className="figure-value">{formatCount(sees.numUpdates)}</dd>
              <dd className="small soft">{formatBytes(sees.totalBytes)} in all</dd>
            </div>
          </dl>
        </>
      )}
      <p className="small">
        <span className="soft">Messages it refused: </span>
        {rejected.length === 0
          ? 'none.'
          : `${rejected.map(([code, count]) => `${count} ${rejectionWords[code]}`).join(', ')}.`}
      </p>
      <div className="server-knows">
        <div>
          <h3>It learns</h3>
          <ul>
            {isPlaintext ? <li>every update, in the clear, and so the model</li> : null}
            {learns.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
        <div>
          <h3>It cannot see</h3>
          <ul>
            {(isPlaintext ? cannotSee.slice(0, 1) : cannotSee).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
});

function entropyText(bitsPerByte: number | null): string {
  return bitsPerByte === null ? '–' : bitsPerByte.toFixed(4);
}

function clockTime(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}
