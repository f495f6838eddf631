// Who could read what, and who holds which key: two small tables and the limits of the promise.
import { memo, useId } from 'react';
import type { SchemeName } from '../../core/encryption/scheme.ts';
import { keysOf, readersOf, type Reading } from './readability.ts';

const words: Readonly<Record<Reading, string>> = {
  yes: 'can read',
  no: 'cannot',
  partly: 'only if two',
};

export const ReadabilityPanel = memo(function ReadabilityPanel(props: {
  readonly scheme: SchemeName;
}) {
  const { scheme } = props;
  const titleId = useId();
  const keysTitleId = useId();
  return (
    <section className="panel encryption-panel" aria-labelledby={titleId}>
      <h2 id={titleId}>Who could read what</h2>
      <table className="who-reads" aria-labelledby={titleId}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">who</span>
            </th>
            <th scope="col">another client’s update</th>
            <th scope="col">a round’s sum</th>
            <th scope="col">the model</th>
          </tr>
        </thead>
        {readersOf(scheme).map((reader) => (
          <tbody key={reader.who}>
            <tr>
              <th scope="row">{reader.who}</th>
              {[reader.update, reader.sum, reader.model].map((reading, index) => (
                <td key={index}>
                  <ReadingMark reading={reading} />
                </td>
              ))}
            </tr>
            <tr className="who-reads-because">
              <td colSpan={4} className="small soft">
                {reader.because}
              </td>
            </tr>
          </tbody>
        ))}
      </table>
      <h3 id={keysTitleId}>Who holds which key</h3>
      <dl className="held-keys" aria-labelledby={keysTitleId}>
        {keysOf(scheme).map((key) => (
          <div key={key.name}>
            <dt>
              {key.name} <span className="small soft">{key.purpose}</span>
            </dt>
            <dd>
              <span className="soft">Clients:</span> {key.clients}.
            </dd>
            <dd>
              <span className="soft">Server:</span> {key.server}.
            </dd>
          </div>
        ))}
      </dl>
      <p className="note small">
        {scheme === 'plaintext'
          ? 'Nothing is encrypted with this setting; it is there for comparison. '
          : ''}
        In one browser, pages, workers and storage share an origin. What the server cannot read is a
        property of the protocol and of the code that runs, and tests check it; it is no wall
        against malicious code of the same origin. No cryptographer has reviewed this construction.
      </p>
    </section>
  );
});

/** Shape and word, so that it does not rest on colour. */
function ReadingMark({ reading }: { readonly reading: Reading }) {
  return (
    <span className="reading" data-reading={reading}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        {reading === 'no' ? (
          <path d="M3 7h8" />
        ) : (
          <>
            <path d="M1 7Q7 0.5 13 7Q7 13.5 1 7Z" />
            <circle cx="7" cy="7" r="2" data-open={reading === 'yes' || undefined} />
          </>
        )}
      </svg>
      {words[reading]}
    </span>
  );
}
