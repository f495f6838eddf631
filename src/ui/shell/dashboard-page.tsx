// The dashboard: header, one view at a time, notices and dialogs.
import { Tooltip } from 'radix-ui';
import { Suspense, useEffect } from 'react';
import { useDashboard } from '../dashboard-store.ts';
import { usePage } from '../page-state.ts';
import { federationStatus } from '../words.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Header } from './header.tsx';
import { Notices } from './notices.tsx';
import { listenForShortcuts } from './shortcuts.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { views } from './views.ts';

export function DashboardPage() {
  const name = usePage((state) => state.view);
  const { component: View, label } = views.find((view) => view.name === name) ?? views[0]!;
  const status = useDashboard(({ connection, view }) => federationStatus(connection, view));
  useEffect(listenForShortcuts, []);
  useEffect(() => {
    document.title = `${status} · Roundtable`;
  }, [status]);
  return (
    <Tooltip.Provider delayDuration={200}>
      <Header />
      <main id="main">
        <ConnectionBanner />
        <Suspense fallback={<p className="panel soft">Loading {label}</p>}>
          <View />
        </Suspense>
      </main>
      <Notices />
      <ShortcutsDialog />
    </Tooltip.Provider>
  );
}
