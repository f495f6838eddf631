// A client's own worker lets go of a long epoch when it is told to. Milliseconds are not asserted (the
// bench row tells them): what is, is that it lets go long before it would have been done.
import { expect, test } from 'vitest';
import { longRuns, measureInterruptions } from './interruption.ts';

// vitest rewrites dynamic imports to go through a global of its page, which a worker lacks; and a worker
// made of a blob has no base for the address that the SIMD step is fetched from.
const shim = `
  globalThis.__vitest_browser_runner__ = { wrapDynamicImport: (load) => load() };
  const fetchFrom = globalThis.fetch;
  globalThis.fetch = (url, init) => fetchFrom(new URL(url, "${location.origin}"), init);`;

function openWorker(): Worker {
  const entry = new URL('../client/client.ts', import.meta.url).href;
  const code = `import 'data:text/javascript,${encodeURIComponent(shim)}'; import '${entry}';`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module' });
}

test.each([
  ['SGD in small batches', longRuns.smallBatches],
  ['Adam', longRuns.adam],
  ['a batch as large as the shard', longRuns.wholeShard],
])('an abandoned and a released training end early: %s', async (_, longRun) => {
  const measured = await measureInterruptions({
    ...{ openWorker, longRun, numClients: 2, turns: 2 },
    dataUrl: new URL('/data/', location.href).href,
  });
  const turn = ['abandon', 'abandon', 'release', 'release'];
  expect(measured.map(({ by }) => by)).toEqual([...turn, ...turn]);
  for (const { by, ms, trainingLeftMs } of measured) {
    expect([by, ms < trainingLeftMs / 4]).toEqual([by, true]);
  }
});
