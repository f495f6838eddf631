// Between a page and the client worker it hosts: how it is started, given a new server, and what it
// says of itself. The page is out of the data path: the worker talks to the server over its own port.
// `Port` is the platform's MessagePort (the core knows no DOM).
import type { BackendChoice } from '../training/trainer.ts';

export type HostToClient<Port> =
  | {
      readonly type: 'start';
      readonly clientId: string;
      readonly name: string;
      /** Of a fresh connection to the server; transferred. */
      readonly port: Port;
      /** The federation's secret, 32 bytes. */
      readonly secret: Uint8Array<ArrayBuffer>;
      /** 'auto' follows the run's configuration. */
      readonly backend: BackendChoice;
      /** Where the data files are served. */
      readonly dataUrl: string;
    }
  /** The server was lost and a new one was started. */
  | { readonly type: 'reconnect'; readonly port: Port };

export type ClientToHost =
  /** The server has heard of this client. */
  | { readonly type: 'joined' }
  /** The worker must be replaced: its device is lost or hangs. Sent once; nothing follows. */
  | { readonly type: 'replace-me'; readonly reason: string };
