// Serves the built app from dist on this machine only. The port is the same every time where it is
// free: a browser keeps a federation's storage per origin, and the port is part of it.
import { pathToFileURL } from 'node:url';
import { preview } from 'vite';
import { ensureBuilt } from './build.mjs';

const DEFAULT_PORT = 4400;

/**
 * @param {{ port?: number, strictPort?: boolean, outDir?: string }} [options] `port` 0 takes any free one; otherwise
 *   the next free one is taken where it is in use, or with `strictPort` an error thrown.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `url` ends with a slash
 */
export async function serve({ port = DEFAULT_PORT, strictPort = false, outDir = 'dist' } = {}) {
  const server = await preview({
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port, strictPort },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('no address to serve on');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureBuilt();
  const port = Number(process.env.PORT ?? DEFAULT_PORT);
  console.log((await serve({ port, strictPort: true })).url);
}
