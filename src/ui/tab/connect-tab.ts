// Connects this tab: the server's view flows into the store, the page's actions flow to the server
// and to the clients hosted here. Called once, by the page's entry.
import { backendNames, type BackendChoice } from '../../core/training/trainer.ts';
import { withTrials, type ServerView, type TrialView } from '../../core/protocol/view.ts';
import { createConnector } from '../../transport/message-port.ts';
import { claimIdentity } from '../../transport/presence.ts';
import { openServerEndpoint } from '../../transport/server-endpoint.ts';
import { dashboardStore, type DashboardActions, type Notice } from '../dashboard-store.ts';
import { startClientWorker } from './client-worker.ts';
import { federationSecret, inviteLink } from './federation-secret.ts';
import { numClientsOfPage } from '../url-state.ts';
import { createViewPace } from './view-pace.ts';
import { createHostedClients } from './hosted-clients.ts';
import { connectToServer } from './server-link.ts';

/** Shortest time between two views, ms. */
const VIEW_INTERVAL_MS = { client: 500, hidden: 1000 };

/** Of the clients hosted by this tab, in its sessionStorage. */
const HOSTED_KEY = 'roundtable-hosted-clients';
/** A client's identity may still be held by the page that is being reloaded, ms. */
const IDENTITY_WAIT_MS = 1000;

/** A client tab (`?client`, `?client=5`) hosts its clients at once; `&backend=` is that tab's own choice. */
export function connectTab(): DashboardActions {
  const query = new URLSearchParams(location.search);
  const isClientTab = query.has('client');
  const { setState, getState } = dashboardStore;
  const secret = federationSecret();
  let nextNoticeId = 1;

  const pace = createViewPace();
  /** A client's page shows a few words; a page that nobody sees keeps its title up to date. */
  const viewIntervalMs = () =>
    document.hidden
      ? VIEW_INTERVAL_MS.hidden
      : isClientTab
        ? VIEW_INTERVAL_MS.client
        : pace.intervalMs();

  const link = connectToServer({
    openConnector: () => createConnector(openServerEndpoint()),
    viewIntervalMs,
    onView: (slices, changedTrials) => {
      const startedMs = performance.now();
      setState(({ view }) => ({
        view: withChanges(view, slices, changedTrials),
        connection: 'connected',
      }));
      // React has drawn by the next turn.
      setTimeout(() => {
        const isNotable = pace.tookMs(performance.now() - startedMs);
        if (isNotable && !document.hidden && !isClientTab) tellViewInterval();
      });
    },
    onConnected: () => setState({ connection: 'connected' }),
    onLost: () => {
      setState({ connection: 'lost' });
      clients.reconnectAll();
    },
    onOutdated: () => setState({ connection: 'outdated' }),
  });

  /** Refused only by a server that is just going; the next one is told when it is watched. */
  function tellViewInterval(): void {
    link
      .request({ type: 'set-view-interval', viewIntervalMs: viewIntervalMs() })
      .catch(() => undefined);
  }
  document.addEventListener('visibilitychange', tellViewInterval);

  const clients = createHostedClients({
    openEndpoint: openServerEndpoint,
    startWorker: startClientWorker,
    memory: {
      read: () => sessionStorage.getItem(HOSTED_KEY),
      write: (text) => sessionStorage.setItem(HOSTED_KEY, text),
    },
    claimIdentity: (clientId) => claimIdentity(clientId, IDENTITY_WAIT_MS),
    freshClientId,
    secret,
    dataUrl: new URL('./data/', document.baseURI).href,
    numCores: navigator.hardwareConcurrency,
    defaultBackend: isClientTab ? backendChoice(query.get('backend')) : 'auto',
    onChange: (hosted) => setState({ hosted }),
  });
  if (clients.restore() === 0 && isClientTab) clients.add(numClientsOfPage(location.search));

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

  /** Says something about the study at the table; null when there is none, or it was refused. */
  async function ofStudy<Result>(
    request: (studyId: string) => Promise<Result>,
  ): Promise<Result | null> {
    const studyId = getState().view?.study?.studyId;
    return studyId === undefined ? null : orNotice(request(studyId));
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
    async startStudy(setup) {
      await orNotice(link.request({ type: 'start-study', setup }));
    },
    async pauseStudy() {
      await ofStudy((studyId) => link.request({ type: 'pause-study', studyId }));
    },
    async continueStudy(numTrials) {
      await ofStudy((studyId) => link.request({ type: 'continue-study', studyId, numTrials }));
    },
    async stopStudy() {
      await ofStudy((studyId) => link.request({ type: 'stop-study', studyId }));
    },
    async enqueueTrial(params) {
      const result = await ofStudy((studyId) =>
        link.request({ type: 'enqueue-trial', studyId, params }),
      );
      return result?.number ?? null;
    },
    async stopTrial(number) {
      await ofStudy((studyId) => link.request({ type: 'stop-trial', studyId, number }));
    },
    importStudy: (journal, setup) =>
      orNotice(
        link.request({
          type: 'import-study',
          journal,
          utcOffsetMinutes: utcOffsetMinutes(),
          setup,
        }),
      ),
    async getStudyJournal() {
      const result = await ofStudy((studyId) =>
        link.request({
          type: 'get-journal',
          studyId,
          utcOffsetMinutes: utcOffsetMinutes(),
        }),
      );
      return result?.journal ?? null;
    },
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

function withChanges(
  view: ServerView | null,
  slices: Partial<ServerView>,
  changedTrials: readonly TrialView[],
): ServerView {
  const next = { ...view, ...slices } as ServerView;
  if (changedTrials.length === 0) return next;
  return { ...next, trials: withTrials(next.trials, changedTrials) };
}

function utcOffsetMinutes(): number {
  return -new Date().getTimezoneOffset();
}

function freshClientId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16);
}

function backendChoice(text: string | null): BackendChoice {
  return backendNames.find((name) => name === text) ?? 'auto';
}

/** How many tabs the browser's pop-up blocker let through. */
function openClientTabs(howMany: number): number {
  let opened = 0;
  while (opened < howMany && window.open('?client', '_blank') !== null) opened++;
  return opened;
}
