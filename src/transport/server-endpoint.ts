// A page's way to the server, which is started by it when there is none: only pages can do that. The
// endpoint is for the page itself or for a worker of its own, to which it is transferred.
import type { Endpoint } from './line.ts';

export function openServerEndpoint(): Endpoint {
  // `extendedLifetime` (not yet in the DOM types) carries the server over the reload of the only tab.
  // The bundler needs the URL and the options in place, as literals.
  return new SharedWorker(new URL('../server/shared-worker.ts', import.meta.url), {
    type: 'module',
    name: 'roundtable-server',
    extendedLifetime: true,
  } as WorkerOptions).port;
}
