// The same header over every view: name, the federation's state in words, clients, best value so
// far, and the page's own settings.
import { useDashboard } from '../dashboard-store.ts';
import { setShortcutsOpen, setTheme, usePage, type Theme } from '../page-state.ts';
import { numPresent } from '../table/run-decision.ts';
import { federationStatus, plural } from '../words.ts';
import { bestInSight } from './best-in-sight.ts';
import { ViewNavigation } from './view-navigation.tsx';

export function Header() {
  return (
    <header className="page-header">
      <h1>
        <Mark />
        Roundtable
      </h1>
      <ViewNavigation />
      <State />
      <ThemeButton />
      <button
        type="button"
        className="button button-quiet"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={() => setShortcutsOpen(true)}
      >
        ?
      </button>
    </header>
  );
}

function State() {
  const status = useDashboard(({ connection, view }) => federationStatus(connection, view));
  const clients = useDashboard(({ view }) => (view === null ? 0 : numPresent(view)));
  const value = useDashboard(({ view }) => bestInSight(view).value);
  const of = useDashboard(({ view }) => bestInSight(view).of);
  const meaning = useDashboard(({ view }) => bestInSight(view).meaning);
  return (
    <div className="page-state">
      <span role="status" className="page-status">
        {status}
      </span>
      <span>{plural(clients, 'client')}</span>
      <span title={meaning}>
        <span className="soft">best </span>
        {value}
        {of === null ? null : <span className="soft"> {of}</span>}
      </span>
    </div>
  );
}

const nextTheme: Readonly<Record<Theme, Theme>> = {
  system: 'light',
  light: 'dark',
  dark: 'system',
};

function ThemeButton() {
  const theme = usePage((state) => state.theme);
  return (
    <button
      type="button"
      className="button button-quiet"
      title={`Theme: ${theme}. Change to ${nextTheme[theme]}.`}
      onClick={() => setTheme(nextTheme[theme])}
    >
      <span className="visually-hidden">Theme: </span>
      {theme === 'system' ? 'Auto' : theme === 'light' ? 'Light' : 'Dark'}
    </button>
  );
}

/** The round table, small: a ring with five seats. */
function Mark() {
  const seats = Array.from({ length: 5 }, (_, seat) => (2 * Math.PI * seat) / 5 - Math.PI / 2);
  return (
    <svg width={24} height={24} viewBox="-12 -12 24 24" aria-hidden="true" className="mark">
      <circle r={5} />
      {seats.map((angle) => (
        <circle key={angle} cx={9.5 * Math.cos(angle)} cy={9.5 * Math.sin(angle)} r={2.2} />
      ))}
    </svg>
  );
}
