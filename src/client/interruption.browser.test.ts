// A client's own worker lets go of a long epoch when it is told to. Milliseconds are not asserted (the
// bench row tells them): what is, is that it lets go long before it would have been done.
import { expect, test } from 'vitest';
import { measureInterruptions } from './interruption.ts';

// vitest rewrites dynamic imports to go through a global of its page, which a worker lacks.
const shim = 'globalThis.__vitest_browser_runner__={wrapDynamicImport:(load)=>load()}';

function openWorker(): Worker {
  const entry = new URL('./client.ts', import.meta.url).href;
  const code = `import 'data:text/javascript,${shim}'; import '${entry}';`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module' });
}

test('an abandoned and a released training end within a fraction of what was left of them', async () => {
  const dataUrl = new URL('/data/', location.href).href;
  const measured = await measureInterruptions({ openWorker, dataUrl, numClients: 2, turns: 2 });
  const turn = ['abandon', 'abandon', 'release', 'release'];
  expect(measured.map(({ by }) => by)).toEqual([...turn, ...turn]);
  for (const { by, ms, trainingLeftMs } of measured) {
    expect([by, ms < trainingLeftMs / 4]).toEqual([by, true]);
  }
});
