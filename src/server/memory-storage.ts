// Storage that lives as long as its process: for simulations, where it outlives the server that is
// simulated, and for a server that nobody needs to find again.
import type {
  PersistentChange,
  PersistentStudy,
  RestoredRun,
  RestoredState,
} from '../core/federation/persistence.ts';
import { restoredFrom } from '../core/federation/restoring.ts';
import {
  CURRENT_STUDY,
  keysName,
  weightsName,
  writesOf,
  type Records,
  type StoreName,
} from './records.ts';
import type { Storage } from './storage.ts';

/**
 * Memory need not be waited for: what the promises do can also be done at once. What is read so is not
 * copied: simulations look at it after every event.
 */
export interface MemoryStorage extends Storage {
  restoreNow(): RestoredState;
  applyNow(change: PersistentChange): void;
  /** In the order in which they were first saved. */
  runsNow(): RestoredRun[];
  runNow(runId: string): RestoredRun | null;
  studyNow(): PersistentStudy | null;
}

export function createMemoryStorage(): MemoryStorage {
  const stores: { readonly [Store in StoreName]: Map<string, Records[Store]> } = {
    runs: new Map(),
    sealed: new Map(),
    studies: new Map(),
  };
  let starts = 0;

  function put<Store extends StoreName>(store: Store, name: string, value: Records[Store] | null) {
    if (value === null) stores[store].delete(name);
    else stores[store].set(name, value);
  }

  const withSealed = (run: Records['runs']): RestoredRun => ({
    run,
    sealedWeights: stores.sealed.get(weightsName(run.runId)) ?? null,
    sealedKeys: stores.sealed.get(keysName(run.runId)) ?? null,
  });

  const storage: MemoryStorage = {
    applyNow(change) {
      // Copied before anything is put: what cannot be copied changes nothing.
      const writes = structuredClone(writesOf(change));
      for (const { store, name, value } of writes) put(store, name, value);
    },
    runsNow: () => [...stores.runs.values()].map(withSealed),
    runNow(runId) {
      const run = stores.runs.get(runId);
      return run === undefined ? null : withSealed(run);
    },
    studyNow: () => stores.studies.get(CURRENT_STUDY) ?? null,
    restoreNow: () => restoredFrom(storage.runsNow(), starts++, storage.studyNow()),
    restore: async () => structuredClone(storage.restoreNow()),
    apply: async (change) => storage.applyNow(change),
    async read(runId) {
      const stored = storage.runNow(runId);
      if (stored === null) return null;
      const { run, sealedWeights } = stored;
      return structuredClone({ run, sealedWeights });
    },
    close: () => Promise.resolve(),
  };
  return storage;
}
