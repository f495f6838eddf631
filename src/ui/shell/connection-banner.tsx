// What to know when the server cannot be talked to: what happened, what it means, what to do.
import { useDashboard } from '../dashboard-store.ts';

export function ConnectionBanner() {
  const connection = useDashboard((state) => state.connection);
  if (connection === 'lost') {
    return (
      <p className="note note-warning banner" role="alert">
        The tab that ran the server is gone. A new server starts here from the last saved round;
        committed rounds are safe and nothing needs to be done.
      </p>
    );
  }
  if (connection === 'outdated') {
    return (
      <p className="note note-error banner" role="alert">
        This tab runs an older build than the server, so it cannot take part. Its clients are not in
        the run.{' '}
        <button type="button" className="button" onClick={() => location.reload()}>
          Reload this tab
        </button>
      </p>
    );
  }
  return null;
}
