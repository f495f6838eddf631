// What a bundler makes of the server: no encryption library and no class that could open a ciphertext.
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';

async function bundledCode(entry: string): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: ['es'] },
      rolldownOptions: { external: ['node-seal'] },
    },
  })) as Rolldown.RolldownOutput[];
  const chunks = built.flatMap(({ output }) => output).filter((file) => file.type === 'chunk');
  return chunks.map(({ code }) => code).join('\n');
}

const ofSeal = /node-seal|Decryptor|SecretKey/g;

test('the bundled server names nothing of SEAL', async () => {
  const code = await bundledCode('./shared-worker.ts');
  expect(code).toContain('BigInt64Array'); // what adds is in it
  expect(code.match(ofSeal)).toBe(null);
});

test('the same search finds all of it in the bundled client scheme', async () => {
  const code = await bundledCode('../ckks/client-scheme.ts');
  expect([...new Set(code.match(ofSeal))].sort()).toEqual(['Decryptor', 'SecretKey', 'node-seal']);
});
