// Between a page and a worker in which it hosts clients: how it is started, whom it plays, the way to a
// new server, and what it says of itself. The page is out of the data path: the worker talks to the server itself.
// `Endpoint` is the transport's: whatever can be handed over and connected from.
import type { BackendChoice } from '../training/trainer.ts';

/** Whom a worker plays. */
export interface HostedIdentity {
  readonly clientId: string;
  readonly name: string;
  /** 'auto' follows the run's configuration. */
  readonly backend: BackendChoice;
}

export type HostToClient<Endpoint> =
  /** First, once. */
  | {
      readonly type: 'start';
      /** Transferred. */
      readonly endpoint: Endpoint;
      /** The federation's secret, 32 bytes. */
      readonly secret: Uint8Array<ArrayBuffer>;
      /** Where the data files are served. */
      readonly dataUrl: string;
    }
  /** Another client to play. */
  | { readonly type: 'play'; readonly client: HostedIdentity }
  /** Plays it no longer; the others stay. */
  | { readonly type: 'leave'; readonly clientId: string }
  /** The server was lost and a new one was started. The endpoint is transferred. */
  | { readonly type: 'reconnect'; readonly endpoint: Endpoint };

export type ClientToHost =
  /** The server has heard of this client. */
  | { readonly type: 'joined'; readonly clientId: string }
  /** The worker must be replaced, with all that it plays: its device is lost or hangs. Nothing follows. */
  | { readonly type: 'replace-me'; readonly reason: string };
