// The coordinator's boundary: what may happen to it (events, past tense) and what it asks of the
// shell (effects, imperative). It runs nothing itself and knows no clock: every event carries the time.
import type { ClientMessage } from '../protocol/client-messages.ts';
import type { DashboardMessage, ServerToDashboard } from '../protocol/dashboard-messages.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import type { SchemeParameters } from '../encryption/scheme.ts';
import type { RunConfig } from '../experiment/run-config.ts';
import type { PersistentChange } from './persistence.ts';
import type { RoundKey } from '../protocol/round-key.ts';

/** Connections are the shell's; one client or dashboard each. */
export type ConnectionId = string;

/** `save`: until a study's save that failed is tried again, under the study's id. `stall`: how long a trial's run that lost its clients is waited for. */
export type TimerName =
  'gather' | 'prepare' | 'keys' | 'round' | 'apply' | 'deposit' | 'stall' | 'save';

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
  /** The other side of the connection is gone. Connections of dashboards say so too: nobody has joined there. */
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
      /** false: it is no update of these parameters, and the sum is as it was. */
      readonly accepted: boolean;
    }
  /** Result of `release-sum`: the bytes to send out. */
  | {
      readonly type: 'sum-released';
      readonly key: RoundKey;
      readonly sum: Uint8Array<ArrayBuffer>;
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
  /** The same message to all of these; it may overtake what is sent to one of them, and be overtaken. */
  | {
      readonly type: 'broadcast';
      readonly connections: readonly ConnectionId[];
      readonly message: ServerMessage;
    }
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
  /** Start an empty sum for this attempt, in place of any other of this run. */
  | { readonly type: 'open-sum'; readonly key: RoundKey; readonly parameters: SchemeParameters }
  | {
      readonly type: 'add-update';
      readonly key: RoundKey;
      readonly clientId: string;
      readonly seat: number;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  /** The sum as it is now; it takes no more. */
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
