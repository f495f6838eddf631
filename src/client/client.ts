// A client: entry of the dedicated worker that a page hosts. It wires the pure client machine to its
// workbench (data, model, keys) and to its own port to the server, and holds the Web Lock by which
// the server notices that it is gone.
import * as v from 'valibot';
import { createClient, stepClient } from '../core/federation/client/client-machine.ts';
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import type { ClientToHost, HostToClient } from '../core/protocol/host-messages.ts';
import { serverMessageSchema } from '../core/protocol/server-messages.ts';
import { transferablesOf } from '../core/protocol/transferables.ts';
import { detachBufferWithTwoViews } from '../worker/early-detachment.ts';
import { importFederationSecret } from './sealing.ts';
import { createEffectRunner } from './run-effects.ts';
import { createWorkshop } from './workshop.ts';
import { createWatchdog } from './watchdog.ts';

declare const self: DedicatedWorkerGlobalScope;

detachBufferWithTwoViews(); // before anything is compiled that it would cost

type Start = Extract<HostToClient<MessagePort>, { type: 'start' }>;

let reconnect: ((port: MessagePort) => void) | null = null;

self.onmessage = ({ data }: MessageEvent<HostToClient<MessagePort>>) => {
  if (data.type === 'start') void start(data);
  else reconnect?.(data.port);
};

async function start({ clientId, name, port: firstPort, secret, backend, dataUrl }: Start) {
  const lockName = `roundtable-client-${clientId}-${crypto.randomUUID()}`;
  await holdLock(lockName);

  let port = firstPort;
  const config = { clientId, name, lockName };
  let [state] = createClient(config);
  const watchdog = createWatchdog((reason) => tellHost({ type: 'replace-me', reason }));
  const workshop = createWorkshop({
    secret: await importFederationSecret(secret),
    dataUrl,
    watchdog,
  });
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
    if (effect.type === 'send') port.postMessage(effect.message, transferablesOf(effect.message));
    else runner.run(effect);
  }

  function listen(): void {
    port.onmessage = ({ data }) => {
      const message = v.safeParse(serverMessageSchema, data);
      // A server that cannot be understood is answered with silence: it notices by its deadline.
      if (!message.success) return;
      if (message.output.type === 'welcome') tellHost({ type: 'joined' });
      dispatch({ type: 'server-said', message: message.output });
    };
    dispatch({ type: 'connected' });
  }

  reconnect = (freshPort) => {
    port.close();
    port = freshPort;
    dispatch({ type: 'disconnected' });
    listen();
  };
  listen();
}

function tellHost(message: ClientToHost): void {
  self.postMessage(message);
}

/** Resolves once the lock is held; it is released when the worker ends, however it ends. */
function holdLock(name: string): Promise<void> {
  return new Promise((held) => {
    void navigator.locks.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });
}
