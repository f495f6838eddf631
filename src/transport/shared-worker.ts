// The SharedWorker's side of the endpoints: every page that opens one is another to listen to.
import type { Listener } from '../core/protocol/connection.ts';
import { createEndpointListener } from './message-port.ts';

declare const self: SharedWorkerGlobalScope;

/** To be called in the worker's first turn: endpoints that come before are lost. */
export function listenToTabs(): Listener {
  const listener = createEndpointListener();
  self.onconnect = ({ ports }) => listener.take(ports[0]!);
  return listener;
}
