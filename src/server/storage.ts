// What survives the server: runs with their history, two blobs a run, both sealed by clients (weights
// and keys), and the study at the table. Everything is in IndexedDB; a change is one transaction and counts as durable
// when it has completed ("strict": the engine has flushed it).
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { restoredFrom } from '../core/federation/restoring.ts';
import type {
  PersistentChange,
  PersistentRun,
  RestoredState,
  PersistentStudy,
} from '../core/federation/persistence.ts';

type Bytes = Uint8Array<ArrayBuffer>;

interface Schema extends DBSchema {
  runs: { key: string; value: PersistentRun };
  /** Keys `weights/<runId>` and `keys/<runId>`. */
  sealed: { key: string; value: Bytes };
  counters: { key: string; value: number };
  /** One: `current`. */
  studies: { key: string; value: PersistentStudy };
}

export interface Storage {
  /** Reads everything a new server needs, and counts this start. */
  restore(): Promise<RestoredState>;
  apply(change: PersistentChange): Promise<void>;
  /** A run and its sealed weights; null when it is not stored (any more). */
  read(runId: string): Promise<{ run: PersistentRun; sealedWeights: Bytes | null } | null>;
}

export async function openStorage(name = 'roundtable'): Promise<Storage> {
  const db = await openDB<Schema>(name, 2, {
    upgrade(database, oldVersion) {
      if (oldVersion < 1) {
        database.createObjectStore('runs', { keyPath: 'runId' });
        database.createObjectStore('sealed');
        database.createObjectStore('counters');
      }
      database.createObjectStore('studies');
    },
  });
  return {
    restore: () => restore(db),
    apply: (change) => apply(db, change),
    async read(runId) {
      const run = await db.get('runs', runId);
      if (run === undefined) return null;
      return { run, sealedWeights: (await db.get('sealed', `weights/${runId}`)) ?? null };
    },
  };
}

async function restore(db: IDBPDatabase<Schema>): Promise<RestoredState> {
  const restarts = (await db.get('counters', 'starts')) ?? 0;
  await db.put('counters', restarts + 1, 'starts');
  const runs = await db.getAll('runs');
  const stored = runs.map(async (run) => ({
    run,
    sealedWeights: (await db.get('sealed', `weights/${run.runId}`)) ?? null,
    sealedKeys: (await db.get('sealed', `keys/${run.runId}`)) ?? null,
  }));
  const study = (await db.get('studies', 'current')) ?? null;
  return restoredFrom(await Promise.all(stored), restarts, study);
}

async function apply(db: IDBPDatabase<Schema>, change: PersistentChange): Promise<void> {
  const transaction = db.transaction(['runs', 'sealed', 'studies'], 'readwrite', {
    durability: 'strict',
  });
  const runs = transaction.objectStore('runs');
  const sealed = transaction.objectStore('sealed');
  const writes: Promise<unknown>[] = [];
  if (change.type === 'save-run') {
    writes.push(runs.put(change.run));
    const { runId } = change.run;
    if (change.sealedWeights) writes.push(sealed.put(change.sealedWeights, `weights/${runId}`));
    if (change.sealedKeys) writes.push(sealed.put(change.sealedKeys, `keys/${runId}`));
  } else if (change.type === 'save-study') {
    const { study, drops } = change;
    writes.push(transaction.objectStore('studies').put(study, 'current'));
    for (const runId of drops.weightsOf) writes.push(sealed.delete(`weights/${runId}`));
    for (const runId of drops.keysOf) writes.push(sealed.delete(`keys/${runId}`));
  } else {
    for (const runId of change.runIds) {
      writes.push(runs.delete(runId));
      writes.push(sealed.delete(`weights/${runId}`), sealed.delete(`keys/${runId}`));
    }
  }
  await Promise.all([...writes, transaction.done]);
}
