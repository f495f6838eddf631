// Connects this tab: the server's view flows into the store, the page's actions flow to the server
// and to the clients hosted here. Called once, by the page's entry.
import type { BackendChoice } from '../../core/training/trainer.ts';
import type { ServerView } from '../../core/protocol/view.ts';
import { dashboardStore, type DashboardActions, type Notice } from '../dashboard-store.ts';
import { federationSecret, inviteLink } from './federation-secret.ts';
import { createHostedClients } from './hosted-clients.ts';
import { connectToServer } from './server-link.ts';

/** A client tab (`?client`) hosts one client at once; `&backend=` is that tab's own choice. */
export function connectTab(): DashboardActions {
  const query = new URLSearchParams(location.search);
  const isClientTab = query.has('client');
  const { setState, getState } = dashboardStore;
  const secret = federationSecret();
  let nextNoticeId = 1;

  const link = connectToServer({
    onView: (slices) =>
      setState(({ view }) => ({
        view: { ...view, ...slices } as ServerView,
        connection: 'connected',
      })),
    onConnected: () => setState({ connection: 'connected' }),
    onLost: () => {
      setState({ connection: 'lost' });
      clients.reconnectAll();
    },
    onOutdated: () => setState({ connection: 'outdated' }),
  });

  const clients = createHostedClients({
    openPort: link.openPort,
    secret,
    defaultBackend: isClientTab ? backendChoice(query.get('backend')) : 'auto',
    onChange: (hosted) => setState({ hosted }),
  });
  if (clients.restore() === 0 && isClientTab) clients.add(1);

  function notify(tone: Notice['tone'], text: string): void {
    const notice: Notice = { id: nextNoticeId++, tone, text };
    setState(({ notices }) => ({ notices: [...notices, notice] }));
  }

  /** The result, or null after a notice that says why not. */
  async function orNotice<Result>(request: Promise<Result>): Promise<Result | null> {
    try {
      return await request;
    } catch (error) {
      notify('error', error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** Sends a command about the run at the table; does nothing when there is none. */
  async function tellRun(type: 'pause-run' | 'continue-run' | 'stop-run'): Promise<void> {
    const runId = getState().view?.run?.runId;
    if (runId !== undefined) await orNotice(link.request({ type, runId }));
  }

  return {
    async startRun(config, withTwin) {
      await orNotice(link.request({ type: 'start-run', config, withTwin }));
    },
    pauseRun: () => tellRun('pause-run'),
    continueRun: () => tellRun('continue-run'),
    stopRun: () => tellRun('stop-run'),
    async clearArchive() {
      await orNotice(link.request({ type: 'clear-archive' }));
    },
    getHistory: (runId) => orNotice(link.request({ type: 'get-history', runId })),
    getModel: (runId) => orNotice(link.request({ type: 'get-model', runId })),
    addClients: (howMany) => clients.add(howMany),
    removeClient: (clientId) => clients.remove(clientId),
    setBackend: (clientId, backend) => clients.setBackend(clientId, backend),
    openTabs(howMany) {
      const opened = openClientTabs(howMany);
      const hostedInstead = howMany - opened;
      if (hostedInstead > 0) {
        clients.add(hostedInstead);
        notify(
          'information',
          `The browser let this page open ${opened} of ${howMany} tabs; the other ${hostedInstead} clients run in this tab. Allow pop-ups for this page to get a tab for each.`,
        );
      }
      return { opened, hostedInstead };
    },
    inviteLink,
    dismissNotice: (id) =>
      setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  };
}

function backendChoice(text: string | null): BackendChoice {
  const isBackend = text === 'webgl' || text === 'simd' || text === 'wasm' || text === 'cpu';
  return isBackend ? text : 'auto';
}

/** How many tabs the browser's pop-up blocker let through. */
function openClientTabs(howMany: number): number {
  let opened = 0;
  while (opened < howMany && window.open('?client', '_blank') !== null) opened++;
  return opened;
}
