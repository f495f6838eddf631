// Storage in IndexedDB. A change is one transaction and counts as durable when it has completed ("strict":
// the engine has flushed it). Version 1 knew no studies; databases of both versions are opened and kept.
import { openDB, type DBSchema } from 'idb';
import { storageOver, type RecordPlace, type Records, type StoreName } from './records.ts';
import type { Storage } from './storage.ts';

interface Schema extends DBSchema {
  runs: { key: string; value: Records['runs'] };
  sealed: { key: string; value: Records['sealed'] };
  counters: { key: string; value: number };
  studies: { key: string; value: Records['studies'] };
}

export async function openIndexedDbStorage(name = 'roundtable'): Promise<Storage> {
  return storageOver(await openDatabase(name));
}

async function openDatabase(name: string): Promise<RecordPlace> {
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
    async get<Store extends StoreName>(store: Store, name: string) {
      return ((await db.get(store, name)) as Records[Store] | undefined) ?? null;
    },
    all: <Store extends StoreName>(store: Store) => db.getAll(store) as Promise<Records[Store][]>,
    async write(writes) {
      const transaction = db.transaction(['runs', 'sealed', 'studies'], 'readwrite', {
        durability: 'strict',
      });
      const requests: Promise<unknown>[] = [];
      try {
        for (const { store, name, value } of writes) {
          const records = transaction.objectStore(store);
          if (value === null) requests.push(records.delete(name));
          // Runs carry their name themselves.
          else if (store === 'runs') requests.push(records.put(value));
          else requests.push(records.put(value, name));
        }
      } catch (error) {
        // A value that cannot be copied: those before it in the transaction must not stay alone.
        transaction.abort();
        await Promise.allSettled([...requests, transaction.done]);
        throw error;
      }
      await Promise.all([...requests, transaction.done]);
    },
    async countStart() {
      const transaction = db.transaction('counters', 'readwrite');
      const before = (await transaction.store.get('starts')) ?? 0;
      await transaction.store.put(before + 1, 'starts');
      await transaction.done;
      return before;
    },
    close: () => Promise.resolve(db.close()),
  };
}
