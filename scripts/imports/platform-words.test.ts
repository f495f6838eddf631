import { describe, expect, it } from 'vitest';
import { findPlatformWords } from './platform-words.ts';

const foundIn = (path: string, source: string) =>
  findPlatformWords(new Map([[path, source]])).map(({ path: [, word] }) => word);

describe('words of the platform', () => {
  it.each([
    ['const port: MessagePort = open();', 'MessagePort'],
    ['new SharedWorker(new URL("./server.ts", import.meta.url));', 'SharedWorker'],
    ['declare const self: SharedWorkerGlobalScope;', 'SharedWorkerGlobalScope'],
    ['void navigator.locks.request("a", wait);', 'navigator.locks'],
    ['void navigator\n  .locks.request("a", wait);', 'navigator\n  .locks'],
  ])('are found outside of the transport: %s', (source, word) => {
    expect(foundIn('src/server/sessions.ts', source)).toEqual([word]);
    expect(foundIn('src/ui/tab/link.tsx', source)).toEqual([word]);
    expect(foundIn('src/core/protocol/x.ts', source)).toEqual([word]);
    expect(foundIn('src/transport/line.ts', source)).toEqual([]);
    expect(foundIn('src/transport/line.browser.test.ts', source)).toEqual([]);
  });

  it('may stand in comments, and inside other words', () => {
    const source = `// The SharedWorker's MessagePort
      /* navigator.locks */ const { port1 } = new MessageChannel(); const blocks = navigator.clocks;`;
    expect(foundIn('src/server/sessions.ts', source)).toEqual([]);
  });
});
