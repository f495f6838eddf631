// One client that this worker plays: the pure client machine, wired to the runner of its effects and to
// a connection of its own. When the server is gone it waits to be connected to the next one.
import * as v from 'valibot';
import { createClient, stepClient } from '../core/federation/client/client-machine.ts';
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import type { Connection, Connector } from '../core/protocol/connection.ts';
import type { ClientToHost, HostedIdentity } from '../core/protocol/host-messages.ts';
import { serverMessageSchema } from '../core/protocol/server-messages.ts';
import { transferablesOf } from '../core/protocol/transferables.ts';
import { createEffectRunner } from './run-effects.ts';
import type { Workshop } from './workshop.ts';

export interface PlayedClient {
  /** In place of an earlier connection. */
  connect(connector: Connector): void;
  /** It is no more: its work is called off, and the server notices that it is gone. */
  leave(): void;
}

export function playClient(
  { clientId, name, backend }: HostedIdentity,
  workshop: Workshop,
  tellHost: (message: ClientToHost) => void,
): PlayedClient {
  const config = { clientId, name };
  let [state] = createClient(config);
  let connection: Connection | null = null;
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
    if (message.output.type === 'welcome') tellHost({ type: 'joined', clientId });
    dispatch({ type: 'server-said', message: message.output });
  }

  return {
    connect(connector) {
      if (connection !== null) dispatch({ type: 'disconnected' });
      connection = connector.connect({
        onMessage,
        onGone: () => dispatch({ type: 'disconnected' }),
      });
      dispatch({ type: 'connected' });
    },
    leave() {
      connection?.close();
      runner.dispose();
    },
  };
}
