// A client: entry of the dedicated worker that a page hosts. It wires the pure client machine to its
// workbench (data, model, keys) and to its connection to the server. When the server is gone it waits
// for its host to bring the way to the next one.
import * as v from 'valibot';
import { createClient, stepClient } from '../core/federation/client/client-machine.ts';
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import type { Connection, Connector } from '../core/protocol/connection.ts';
import type { ClientToHost, HostedIdentity, HostToClient } from '../core/protocol/host-messages.ts';
import { serverMessageSchema } from '../core/protocol/server-messages.ts';
import { transferablesOf } from '../core/protocol/transferables.ts';
import type { Endpoint } from '../transport/line.ts';
import { createConnector } from '../transport/message-port.ts';
import { detachBufferWithTwoViews } from '../worker/early-detachment.ts';
import { importFederationSecret, type FederationSecret } from './sealing.ts';
import { createEffectRunner } from './run-effects.ts';
import { createWorkshop } from './workshop.ts';
import { createWatchdog } from './watchdog.ts';

declare const self: DedicatedWorkerGlobalScope;

detachBufferWithTwoViews(); // before anything is compiled that it would cost

type Start = Extract<HostToClient<Endpoint>, { type: 'start' }>;

/** The way to the present server. */
let connector: Connector | null = null;
/** Null until the worker has started; then it connects whom the worker plays. */
let connectClient: ((connector: Connector) => void) | null = null;

self.onmessage = ({ data }: MessageEvent<HostToClient<Endpoint>>) => {
  connector?.close();
  connector = createConnector(data.endpoint);
  if (data.type === 'start') void start(data);
  else connectClient?.(connector);
};

async function start({ client, secret, dataUrl }: Start): Promise<void> {
  connectClient = createClientShell(client, await importFederationSecret(secret), dataUrl);
  if (connector !== null) connectClient(connector);
}

/** One client with its workbench; the result connects it, in place of an earlier connection. */
function createClientShell(
  { clientId, name, backend }: HostedIdentity,
  secret: FederationSecret,
  dataUrl: string,
): (connector: Connector) => void {
  const config = { clientId, name };
  let [state] = createClient(config);
  let connection: Connection | null = null;
  const watchdog = createWatchdog((reason) => tellHost({ type: 'replace-me', reason }));
  const workshop = createWorkshop({ secret, dataUrl, watchdog });
  const runner = createEffectRunner({ workshop, backend, emit: dispatch });

  function dispatch(event: UntimedClientEvent): void {
    const [nextState, effects] = stepClient(config, state, {
      ...event,
      atMs: performance.now(),
    });
    state = nextState;
    effects.forEach(run);
    if (event.type === 'work-failed' && event.code === 'device-lost') {
      tellHost({ type: 'replace-me', reason: event.detail });
    }
  }

  function run(effect: ClientEffect): void {
    if (effect.type === 'send') connection?.send(effect.message, transferablesOf(effect.message));
    else runner.run(effect);
  }

  function onMessage(data: unknown): void {
    const message = v.safeParse(serverMessageSchema, data);
    // A server that cannot be understood is answered with silence: it notices by its deadline.
    if (!message.success) return;
    if (message.output.type === 'welcome') tellHost({ type: 'joined' });
    dispatch({ type: 'server-said', message: message.output });
  }

  return (connector) => {
    if (connection !== null) dispatch({ type: 'disconnected' });
    connection = connector.connect({
      onMessage,
      onGone: () => dispatch({ type: 'disconnected' }),
    });
    dispatch({ type: 'connected' });
  };
}

function tellHost(message: ClientToHost): void {
  self.postMessage(message);
}
