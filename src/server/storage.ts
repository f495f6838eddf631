// What survives the server: runs with their history, and two blobs a run, both sealed by clients
// (weights and keys). Everything is in IndexedDB; a change is one transaction and counts as durable
// when it has completed ("strict": the engine has flushed it).
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type {
  PersistentChange,
  PersistentRun,
  RestoredState,
} from '../core/federation/coordinator-types.ts';
import type { RoundRecord, RunSummary } from '../core/protocol/view.ts';

type Bytes = Uint8Array<ArrayBuffer>;

interface Schema extends DBSchema {
  runs: { key: string; value: PersistentRun; indexes: { startedAtMs: number } };
  /** Keys `weights/<runId>` and `keys/<runId>`. */
  sealed: { key: string; value: Bytes };
  counters: { key: string; value: number };
}

export interface Storage {
  /** Reads everything a new server needs, and counts this start. */
  restore(): Promise<RestoredState>;
  apply(change: PersistentChange): Promise<void>;
  readHistory(runId: string): Promise<readonly RoundRecord[] | null>;
  readWeights(runId: string): Promise<{ run: PersistentRun; sealedWeights: Bytes | null } | null>;
}

export async function openStorage(name = 'roundtable'): Promise<Storage> {
  const db = await openDB<Schema>(name, 1, {
    upgrade(database) {
      database
        .createObjectStore('runs', { keyPath: 'runId' })
        .createIndex('startedAtMs', 'startedAtMs');
      database.createObjectStore('sealed');
      database.createObjectStore('counters');
    },
  });
  return {
    restore: () => restore(db),
    apply: (change) => apply(db, change),
    readHistory: async (runId) => (await db.get('runs', runId))?.history ?? null,
    async readWeights(runId) {
      const run = await db.get('runs', runId);
      if (run === undefined) return null;
      return { run, sealedWeights: (await db.get('sealed', `weights/${runId}`)) ?? null };
    },
  };
}

async function restore(db: IDBPDatabase<Schema>): Promise<RestoredState> {
  const runs = (await db.getAllFromIndex('runs', 'startedAtMs')).reverse();
  const restarts = (await db.get('counters', 'starts')) ?? 0;
  await db.put('counters', restarts + 1, 'starts');
  // The run at the table: the one that is not over, else the last one that is no twin.
  const current =
    runs.find(({ status }) => status === 'running' || status === 'paused') ??
    runs.find(({ twinOf }) => twinOf === null);
  const twin =
    current === undefined ? undefined : runs.find(({ twinOf }) => twinOf === current.runId);
  return {
    current:
      current === undefined
        ? null
        : {
            run: current,
            sealedWeights: (await db.get('sealed', `weights/${current.runId}`)) ?? null,
            sealedKeys: (await db.get('sealed', `keys/${current.runId}`)) ?? null,
          },
    twin: twin === undefined ? null : { summary: summaryOf(twin), history: twin.history },
    archive: runs.filter((run) => run !== current && run !== twin).map(summaryOf),
    restarts,
  };
}

async function apply(db: IDBPDatabase<Schema>, change: PersistentChange): Promise<void> {
  const transaction = db.transaction(['runs', 'sealed'], 'readwrite', { durability: 'strict' });
  const runs = transaction.objectStore('runs');
  const sealed = transaction.objectStore('sealed');
  const writes: Promise<unknown>[] = [];
  if (change.type === 'save-run') {
    writes.push(runs.put(change.run));
    const { runId } = change.run;
    if (change.sealedWeights) writes.push(sealed.put(change.sealedWeights, `weights/${runId}`));
    if (change.sealedKeys) writes.push(sealed.put(change.sealedKeys, `keys/${runId}`));
  } else {
    for (const runId of change.runIds) {
      writes.push(runs.delete(runId));
      writes.push(sealed.delete(`weights/${runId}`), sealed.delete(`keys/${runId}`));
    }
  }
  await Promise.all([...writes, transaction.done]);
}

function summaryOf(run: PersistentRun): RunSummary {
  return {
    runId: run.runId,
    config: run.config,
    phase: run.status === 'running' ? 'gathering' : run.status,
    startedAtMs: run.startedAtMs,
    endedAtMs: run.endedAtMs,
    rounds: Math.max(0, run.committedRound),
    validationAccuracy: run.history.at(-1)?.validationAccuracy ?? null,
    testAccuracy: run.test?.accuracy ?? null,
    twinOf: run.twinOf,
  };
}
