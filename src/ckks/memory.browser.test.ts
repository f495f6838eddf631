// A thousand rounds leave the WASM heap as large as it was: every handle is deleted. The module does
// not export its memory, so the test notes every WebAssembly.Memory that an instance brings along.
import { expect, test } from 'vitest';
import { createSummer } from '../core/encryption/create-summer.ts';
import { chooseParameters } from '../core/encryption/parameters.ts';
import { createClientScheme } from './client-scheme.ts';

function watchMemories(): WebAssembly.Memory[] {
  const memories: WebAssembly.Memory[] = [];
  const note = ({ exports }: WebAssembly.Instance) => {
    for (const value of Object.values(exports)) {
      if (value instanceof WebAssembly.Memory) memories.push(value);
    }
  };
  const { instantiate, instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...args) => {
    const result = await instantiateStreaming(...args);
    note(result.instance);
    return result;
  };
  WebAssembly.instantiate = (async (...args: Parameters<typeof instantiate>) => {
    const result = (await instantiate(...args)) as unknown as
      WebAssembly.WebAssemblyInstantiatedSource | WebAssembly.Instance;
    note(result instanceof WebAssembly.Instance ? result : result.instance);
    return result;
  }) as typeof WebAssembly.instantiate;
  return memories;
}

test('the heap stays flat over 1,000 rounds and 1,200 openings of keys', async () => {
  const memories = watchMemories();
  for (const name of ['ckks', 'bgv'] as const) {
    const parameters = chooseParameters(name, 5_000, 3);
    const scheme = await createClientScheme(parameters);
    expect(memories.length).toBe(1);
    const heapBytes = () => memories[0]!.buffer.byteLength;
    const keys = scheme.generateKeys();
    const values = new Int32Array(5_000).fill(2);
    const { encryptor, decryptor } = scheme.open(keys);
    const round = () => {
      const summer = createSummer(parameters);
      for (const seat of [0, 1]) summer.add(encryptor.encrypt(values), seat);
      return decryptor.decryptSum(summer.result(), 2);
    };
    for (let i = 0; i < 20; i++) round();
    const before = heapBytes();
    for (let i = 0; i < 500; i++) round();
    for (let i = 0; i < 600; i++) {
      const opened = scheme.open(scheme.generateKeys());
      opened.encryptor.dispose();
      opened.decryptor.dispose();
    }
    expect(round()[4_999]).toBe(4);
    expect(heapBytes()).toBe(before);
    for (const half of [encryptor, decryptor]) half.dispose();
  }
});
