// What a bundler makes of the server's side: no class that could open a ciphertext is named in it.
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

test('the bundled summer names no Decryptor and no SecretKey', async () => {
  const code = await bundledCode('./warm-summer.ts');
  expect(code).toContain('addInplace');
  expect(code).not.toMatch(/Decryptor|SecretKey/);
});

test('the same search finds both in the bundled client', async () => {
  const code = await bundledCode('./client-scheme.ts');
  expect(code).toContain('.Decryptor');
  expect(code).toContain('.SecretKey');
});
