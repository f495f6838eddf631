// A dedicated worker for hosted clients, as hosted-clients.ts knows it.
import type { ClientToHost, HostToClient } from '../../core/protocol/host-messages.ts';
import type { Endpoint } from '../../transport/line.ts';
import type { HostedWorker, WorkerHearer } from './hosted-clients.ts';

export function startClientWorker({ onMessage, onError }: WorkerHearer): HostedWorker<Endpoint> {
  const worker = new Worker(new URL('../../client/client.ts', import.meta.url), {
    type: 'module',
  });
  worker.onmessage = ({ data }: MessageEvent<ClientToHost>) => onMessage(data);
  worker.onerror = ({ message }) => onError(message || 'Its worker could not be started.');
  return {
    post: (message: HostToClient<Endpoint>) =>
      worker.postMessage(message, 'endpoint' in message ? [message.endpoint] : []),
    terminate: () => worker.terminate(),
  };
}
