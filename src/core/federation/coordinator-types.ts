// The coordinator's boundary: what may happen to it (events, past tense) and what it asks of the
// shell (effects, imperative). It runs nothing itself and knows no clock: every event carries the time.
import type { ClientMessage } from '../protocol/client-messages.ts';
import type { DashboardMessage, ServerToDashboard } from '../protocol/dashboard-messages.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import type { SchemeErrorCode, SchemeParameters } from '../encryption/scheme.ts';
import type { RoundRecord, RunSummary, TestResult, TrialPlace } from '../protocol/view.ts';
import type { RunConfig } from './run-config.ts';
import type { PersistentStudy } from './study-state.ts';

/** Connections are the shell's; one client or dashboard each. */
export type ConnectionId = string;

/** A run's place in time: the key by which results of effects are matched, never by order of arrival. */
export interface RoundKey {
  readonly runId: string;
  readonly round: number;
  readonly attempt: number;
}

/** `stall`: how long a trial's run that lost its clients is waited for. */
export type TimerName = 'gather' | 'prepare' | 'keys' | 'round' | 'apply' | 'deposit' | 'stall';

export type CoordinatorEvent = { readonly atMs: number } & (
  | {
      readonly type: 'client-said';
      readonly connection: ConnectionId;
      readonly message: ClientMessage;
    }
  /** The message could not be read; `about` is its type if that much could be. */
  | {
      readonly type: 'client-spoke-nonsense';
      readonly connection: ConnectionId;
      readonly about: string | null;
    }
  /** The connection's lock was released, or it closed, or the client said `leave`. */
  | { readonly type: 'client-gone'; readonly connection: ConnectionId }
  | {
      readonly type: 'dashboard-said';
      readonly connection: ConnectionId;
      readonly message: DashboardMessage;
      /** A fresh id, in case the command starts a run. */
      readonly freshRunId: string;
    }
  /** Result of `add-update`. */
  | {
      readonly type: 'update-added';
      readonly key: RoundKey;
      readonly clientId: string;
      readonly addMs: number;
      readonly outcome:
        { readonly ok: true } | { readonly ok: false; readonly code: SchemeErrorCode };
    }
  /** Result of `release-sum`: the bytes to send out, or null when the engine broke. */
  | {
      readonly type: 'sum-released';
      readonly key: RoundKey;
      readonly sum: Uint8Array<ArrayBuffer> | null;
      readonly sumMs: number;
    }
  /** Result of `persist`: durable now. */
  | { readonly type: 'persisted'; readonly ticket: number }
  | { readonly type: 'persist-failed'; readonly ticket: number; readonly detail: string }
  | {
      readonly type: 'timer-fired';
      readonly timer: TimerName;
      readonly key: RoundKey;
      readonly clientId?: string;
    }
);

export type CoordinatorEffect =
  | { readonly type: 'send'; readonly connection: ConnectionId; readonly message: ServerMessage }
  | {
      readonly type: 'answer';
      readonly connection: ConnectionId;
      readonly message: Extract<ServerToDashboard, { type: 'answer' }>;
    }
  /** Answer this command with what storage holds of an earlier run; `not-now` if it holds nothing. */
  | {
      readonly type: 'answer-from-storage';
      readonly connection: ConnectionId;
      readonly requestId: number;
      readonly command: 'get-history' | 'get-model';
      readonly runId: string;
    }
  /** Forget the connection (wrong version, or a newer connection of the same client). */
  | { readonly type: 'disconnect'; readonly connection: ConnectionId }
  /** Request this Web Lock; when granted, say `client-gone`. */
  | { readonly type: 'watch-lock'; readonly connection: ConnectionId; readonly lockName: string }
  /** Updates under these parameters will come: load and warm up what adds them. */
  | {
      readonly type: 'prepare-sum';
      readonly runId: string;
      readonly parameters: SchemeParameters;
    }
  /** Start an empty sum for this attempt, in place of any other of this run. */
  | { readonly type: 'open-sum'; readonly key: RoundKey; readonly parameters: SchemeParameters }
  | {
      readonly type: 'add-update';
      readonly key: RoundKey;
      readonly clientId: string;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: 'release-sum'; readonly key: RoundKey }
  | { readonly type: 'drop-sum'; readonly runId: string }
  /** One timer per (timer, run, clientId); setting it again replaces it. */
  | {
      readonly type: 'set-timer';
      readonly timer: TimerName;
      readonly key: RoundKey;
      readonly clientId?: string;
      readonly delayMs: number;
    }
  | {
      readonly type: 'clear-timer';
      readonly timer: TimerName;
      readonly runId: string;
      readonly clientId?: string;
    }
  /** Make this durable in one transaction, then say `persisted`. Later tickets supersede earlier ones of the same key. */
  | { readonly type: 'persist'; readonly ticket: number; readonly change: PersistentChange };

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
  readonly note: string | null;
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
      readonly drops: {
        readonly weightsOf: readonly string[];
        readonly keysOf: readonly string[];
      };
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

/** Fixed at the coordinator's birth. */
export interface CoordinatorConfig {
  readonly serverId: string;
  readonly startedAtMs: number;
  /** How long to wait for more of the seats once the minimum is ready, ms. */
  readonly gatherMs: number;
  /** How long a client may take for `prepared`, and for `keys`, ms. */
  readonly prepareMs: number;
  readonly keysMs: number;
  /** How long a trial that has begun may lack clients before it fails, ms. */
  readonly stallMs: number;
  /** Parameters for a scheme, model and cohort size (from core/encryption). */
  readonly chooseParameters: (
    name: RunConfig['encryption'],
    numParameters: number,
    maxContributors: number,
  ) => SchemeParameters;
}
