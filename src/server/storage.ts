// What survives the server: runs with their history, two blobs a run, both sealed by clients (weights and
// keys), the study at the table, and how often a server was started. Every implementation passes
// testing/conformance/storage-conformance.ts: in the browser indexed-db-storage.ts, for a server in Node
// node/file-storage.ts, and memory-storage.ts where nothing need survive the process.
import type {
  PersistentChange,
  PersistentRun,
  RestoredState,
} from '../core/federation/persistence.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A run and its sealed weights, of which some runs have none. */
export interface StoredRun {
  readonly run: PersistentRun;
  readonly sealedWeights: Bytes | null;
}

/** One server at a time writes: whoever opens a storage sees to that. */
export interface Storage {
  /** Reads everything a new server needs, and counts this start. */
  restore(): Promise<RestoredState>;
  /**
   * Durable when it resolves; whole or not at all, in the order of the calls. What is given may be changed
   * afterwards. A change that is rejected takes no later one with it.
   */
  apply(change: PersistentChange): Promise<void>;
  /** What earlier changes left of a run; null when it is not stored (any more). */
  read(runId: string): Promise<StoredRun | null>;
  /** Brings what was asked for to its end and lets others write; nothing is asked of it afterwards. */
  close(): Promise<void>;
}
