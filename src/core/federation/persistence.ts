// What survives the server, and what a new server is given of it: runs with their history, sealed
// bytes and the study. Everything of it is ciphertext, history or configuration.
import type { RoundRecord, RunSummary, TestResult, TrialPlace } from '../protocol/view.ts';
import type { StoredNote } from '../protocol/notes.ts';
import type { RunConfig } from '../experiment/run-config.ts';
import type { Study } from '../tuning/study.ts';

/** What survives the server. Everything of it is ciphertext, history or configuration. */
export interface PersistentRun {
  readonly runId: string;
  readonly config: RunConfig;
  readonly twinOf: string | null;
  /** Left out, as `skipsTest`, by builds that knew no studies. */
  readonly trialOf?: TrialPlace | null;
  /** Ends after its last round: a trial is chosen on the validation examples. */
  readonly skipsTest?: boolean;
  /** Stopped by the study's pruner; left out by builds that ran one trial at a time. */
  readonly isPruned?: boolean;
  /** Start a plaintext twin when this run has finished. */
  readonly withTwin: boolean;
  readonly status: 'running' | 'paused' | 'finished' | 'stopped' | 'failed';
  readonly note: StoredNote | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Last committed round, -1 before round 0. */
  readonly committedRound: number;
  readonly attempt: number;
  readonly keyEpoch: number;
  readonly history: readonly RoundRecord[];
  readonly test: TestResult | null;
  readonly abandonedRounds: number;
  /** For the next round's `train`; [] before the first ranges are known. */
  readonly rangeExponents: readonly number[];
  /** The cohort's largest number of examples that these ranges belong to; 0 before. */
  readonly rangesLargest: number;
  /** Which clientId sat where, so that a returning tab gets its seat back. */
  readonly seats: readonly (string | null)[];
}

/** Runs whose sealed bytes nobody needs any more. */
export interface SealedDrops {
  readonly weightsOf: readonly string[];
  readonly keysOf: readonly string[];
}

export type PersistentChange =
  /** Writes the run (replacing it) and, where given, its sealed weights and keys. */
  | {
      readonly type: 'save-run';
      readonly run: PersistentRun;
      readonly sealedWeights: Uint8Array<ArrayBuffer> | null;
      readonly sealedKeys: Uint8Array<ArrayBuffer> | null;
    }
  | { readonly type: 'delete-runs'; readonly runIds: readonly string[] }
  /** Writes the study in place of any other, and drops the sealed bytes of these runs. */
  | {
      readonly type: 'save-study';
      readonly study: PersistentStudy;
      readonly drops: SealedDrops;
    };

/** A persisted run with its sealed bytes. */
export interface RestoredRun {
  readonly run: PersistentRun;
  readonly sealedWeights: Uint8Array<ArrayBuffer> | null;
  readonly sealedKeys: Uint8Array<ArrayBuffer> | null;
}

/** What the shell read from storage at start; `restoredFrom` sorts it. */
export interface RestoredState {
  /** The run at the table, finished or not. */
  readonly current: RestoredRun | null;
  /** Runs of the study's other running trials. */
  readonly beside: readonly RestoredRun[];
  /** The run whose twin `current` is, or the twin of `current`. */
  readonly pair: RestoredRun | null;
  readonly archive: readonly RunSummary[];
  readonly study: PersistentStudy | null;
  /** The run of the study's best trial. */
  readonly bestRun: RestoredRun | null;
  readonly restarts: number;
}

/** `testing`: trials that still run are brought to their end, then the best model is tested. */
export type StudyStage =
  | { readonly phase: 'running' | 'paused' | 'finished' | 'stopped' }
  | { readonly phase: 'testing'; readonly then: 'finished' | 'stopped' };

/** What survives the server. */
export interface PersistentStudy {
  readonly studyId: string;
  readonly base: RunConfig;
  readonly parallelTrials: number;
  readonly study: Study;
  /** By trial: the run that it is or was; null while waiting and for imported trials. */
  readonly runIds: readonly (string | null)[];
  readonly stage: StudyStage;
  readonly test: { readonly number: number; readonly result: TestResult } | null;
  /** Why it paused, or null. */
  readonly note: StoredNote | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}
