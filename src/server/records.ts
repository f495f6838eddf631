// Storage as records by name, so that what a change means is said once for every place that can keep
// records: a place needs to write several of them all or nothing. Names and stores are those of the first
// IndexedDB storage, whose databases are out there.
import type {
  PersistentChange,
  PersistentRun,
  PersistentStudy,
  RestoredRun,
} from '../core/federation/persistence.ts';
import { restoredFrom } from '../core/federation/restoring.ts';
import type { Storage } from './storage.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** By store, what its records are. */
export interface Records {
  /** By runId. */
  runs: PersistentRun;
  /** `weights/<runId>` and `keys/<runId>`. */
  sealed: Bytes;
  /** One: `current`. */
  studies: PersistentStudy;
}
export type StoreName = keyof Records;

/** A record in place of any other of this name; null: none any more. */
export type Write = {
  [Store in StoreName]: {
    readonly store: Store;
    readonly name: string;
    readonly value: Records[Store] | null;
  };
}[StoreName];

/** A place that keeps records; its promises keep the order of the calls. */
export interface RecordPlace {
  get<Store extends StoreName>(store: Store, name: string): Promise<Records[Store] | null>;
  all<Store extends StoreName>(store: Store): Promise<Records[Store][]>;
  /** All of them or none; durable when it resolves. What is written is what was given at the call. */
  write(writes: readonly Write[]): Promise<void>;
  /** How often this was called before, durably. */
  countStart(): Promise<number>;
  close(): Promise<void>;
}

export const CURRENT_STUDY = 'current';
export const weightsName = (runId: string) => `weights/${runId}`;
export const keysName = (runId: string) => `keys/${runId}`;

/** What a change writes and deletes, each name once or, where it says the same twice, with the same value. */
export function writesOf(change: PersistentChange): Write[] {
  switch (change.type) {
    case 'save-run': {
      const { run, sealedWeights, sealedKeys } = change;
      const writes: Write[] = [{ store: 'runs', name: run.runId, value: run }];
      if (sealedWeights !== null) writes.push(sealed(weightsName(run.runId), sealedWeights));
      if (sealedKeys !== null) writes.push(sealed(keysName(run.runId), sealedKeys));
      return writes;
    }
    case 'save-study': {
      const { study, drops } = change;
      return [
        { store: 'studies', name: CURRENT_STUDY, value: study },
        ...drops.weightsOf.map((runId) => sealed(weightsName(runId), null)),
        ...drops.keysOf.map((runId) => sealed(keysName(runId), null)),
      ];
    }
    case 'delete-runs':
      return change.runIds.flatMap((runId) => [
        { store: 'runs', name: runId, value: null },
        sealed(weightsName(runId), null),
        sealed(keysName(runId), null),
      ]);
    default:
      return change satisfies never;
  }
}

function sealed(name: string, value: Bytes | null): Write {
  return { store: 'sealed', name, value };
}

export function storageOver(place: RecordPlace): Storage {
  return {
    async restore() {
      const restarts = await place.countStart();
      const runs = await place.all('runs');
      const stored = runs.map(async (run): Promise<RestoredRun> => ({
        run,
        sealedWeights: await place.get('sealed', weightsName(run.runId)),
        sealedKeys: await place.get('sealed', keysName(run.runId)),
      }));
      const study = await place.get('studies', CURRENT_STUDY);
      return restoredFrom(await Promise.all(stored), restarts, study);
    },
    apply: (change) => place.write(writesOf(change)),
    async read(runId) {
      const [run, sealedWeights] = await Promise.all([
        place.get('runs', runId),
        place.get('sealed', weightsName(runId)),
      ]);
      return run === null ? null : { run, sealedWeights };
    },
    close: () => place.close(),
  };
}
