// The server in one browser: entry of the SharedWorker, one for all tabs of this origin. Only wiring:
// tabs and clients talk to sessions.ts, which talks to the coordinator.
//
// The worker lives in the process of the tab that started it. When that tab crashes, everybody who is
// connected learns that the server is gone, a surviving tab starts a new one, and that one goes on from
// storage.
import { chooseParameters } from '../core/encryption/parameters.ts';
import { holdStorage } from '../transport/presence.ts';
import { listenToTabs } from '../transport/shared-worker.ts';
import { detachBufferWithTwoViews } from '../worker/early-detachment.ts';
import { startCoordinator } from './run-effects.ts';
import { openSessions } from './sessions.ts';
import { openIndexedDbStorage } from './indexed-db-storage.ts';
import { warmUpSums } from './warm-sums.ts';

detachBufferWithTwoViews(); // before anything is compiled that it would cost

const WARM_UP_DELAY_MS = 1500;

const listener = listenToTabs();
void start();

async function start(): Promise<void> {
  // One server at a time writes: an older one (another build, or still shutting down) goes first.
  await holdStorage();
  const storage = await openIndexedDbStorage();
  const config = {
    serverId: crypto.randomUUID(),
    startedAtMs: Date.now(),
    gatherMs: 3000,
    prepareMs: 60_000,
    keysMs: 15_000,
    stallMs: 120_000,
    chooseParameters,
  };
  await openSessions({
    listener,
    startCoordinator: (outlets) => startCoordinator({ config, storage, ...outlets }),
    freshId: () => crypto.randomUUID(),
  });
  // Not while the first page waits for its first answer.
  setTimeout(() => void warmUpSums(), WARM_UP_DELAY_MS);
}
