// Entry of the dedicated worker in which a page hosts clients: it plays those that the page names, each
// with a connection of its own over the one way to the server, all on one workshop. The page brings the
// way to the next server when this one is gone, and another worker when this one cannot go on.
import type { Connector } from '../core/protocol/connection.ts';
import type { ClientToHost, HostToClient } from '../core/protocol/host-messages.ts';
import type { Endpoint } from '../transport/line.ts';
import { createConnector } from '../transport/message-port.ts';
import { detachBufferWithTwoViews } from '../worker/early-detachment.ts';
import { playClient, type PlayedClient } from './played-client.ts';
import { importFederationSecret } from './sealing.ts';
import { createWatchdog } from './watchdog.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

declare const self: DedicatedWorkerGlobalScope;

detachBufferWithTwoViews(); // before anything is compiled that it would cost

const clients = new Map<string, PlayedClient>();
/** Both null before `start`. */
let connector: Connector | null = null;
let workshop: Workshop | null = null;
/** What the page asks is done in the order asked. */
let doing: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<HostToClient<Endpoint>>) => {
  doing = doing.then(() => obey(data));
};

async function obey(order: HostToClient<Endpoint>): Promise<void> {
  switch (order.type) {
    case 'start': {
      connector = createConnector(order.endpoint);
      workshop = createWorkshop({
        secret: await importFederationSecret(order.secret),
        dataUrl: order.dataUrl,
        watchdog: createWatchdog((reason) => tellHost({ type: 'replace-me', reason })),
      });
      workshop.getReady();
      return;
    }
    case 'play': {
      const client = playClient(order.client, workshop!, tellHost);
      clients.set(order.client.clientId, client);
      return client.connect(connector!);
    }
    case 'leave':
      clients.get(order.clientId)?.leave();
      clients.delete(order.clientId);
      return;
    case 'reconnect':
      connector?.close();
      connector = createConnector(order.endpoint);
      for (const client of clients.values()) client.connect(connector);
      return;
  }
  order satisfies never;
}

function tellHost(message: ClientToHost): void {
  self.postMessage(message);
}
