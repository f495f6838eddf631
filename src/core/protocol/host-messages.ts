// Between a page and the client worker it hosts: how it is started, given the way to a new server, and
// what it says of itself. The page is out of the data path: the worker talks to the server itself.
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
  | {
      readonly type: 'start';
      readonly client: HostedIdentity;
      /** Transferred. */
      readonly endpoint: Endpoint;
      /** The federation's secret, 32 bytes. */
      readonly secret: Uint8Array<ArrayBuffer>;
      /** Where the data files are served. */
      readonly dataUrl: string;
    }
  /** The server was lost and a new one was started. The endpoint is transferred. */
  | { readonly type: 'reconnect'; readonly endpoint: Endpoint };

export type ClientToHost =
  /** The server has heard of this client. */
  | { readonly type: 'joined' }
  /** The worker must be replaced: its device is lost or hangs. Sent once; nothing follows. */
  | { readonly type: 'replace-me'; readonly reason: string };
