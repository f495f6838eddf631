// A build in order passes; each promise is broken once.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judgeBundle } from './judge-bundle.ts';

const html = `<!doctype html>
  <script type="module" crossorigin src="./assets/page-a1.js"></script>
  <link rel="modulepreload" crossorigin href="./assets/react-b2.js">
  <link rel="stylesheet" href="./assets/page-c3.css">`;

const inOrder = {
  'assets/page-a1.js': `import{r}from"./react-b2.js";new Worker(new URL("client-d4.js",import.meta.url));import("./charts-e5.js")`,
  'assets/react-b2.js': `export const r=1`,
  'assets/charts-e5.js': `export const charts=1`,
  'assets/client-d4.js': `import{s}from"./seal-f6.js";const p="tfjsflags";new s.Decryptor(new s.SecretKey)`,
  'assets/seal-f6.js': `export const s=new URL("seal_throws-g7.wasm",import.meta.url)`,
  'assets/server-h8.js': `import("./sum-i9.js")`,
  'assets/sum-i9.js': `const u=new BigInt64Array(8)`,
};

const judge = (changes: Record<string, string>) =>
  judgeBundle(html, new Map(Object.entries({ ...inOrder, ...changes })));

describe('judgeBundle', () => {
  it('passes a build in order, counting what the page loads statically', () => {
    const { problems, initialFiles } = judge({});
    expect(problems).toEqual([]);
    expect([...initialFiles.keys()].toSorted()).toEqual([
      'assets/page-a1.js',
      'assets/react-b2.js',
    ]);
  });

  it('measures gzip against the limit', () => {
    const incompressible = `export const r="${randomBytes(160_000).toString('base64')}"`;
    const { problems, initialBytes } = judge({ 'assets/react-b2.js': incompressible });
    expect(initialBytes).toBeGreaterThan(150_000);
    expect(initialBytes).toBeLessThan(200_000);
    expect(problems).toEqual([]);
    const tooMuch = `export const r="${randomBytes(220_000).toString('base64')}"`;
    expect(judge({ 'assets/react-b2.js': tooMuch }).problems).toEqual([
      expect.stringContaining('before interaction, more than 200000'),
    ]);
  });

  it.each([
    ['assets/server-h8.js', `new s.Decryptor`, 'the server holds "Decryptor"'],
    ['assets/sum-i9.js', `new s.SecretKey`, 'the server holds "SecretKey"'],
    ['assets/sum-i9.js', `"tfjsflags"`, 'the server holds "tfjsflags"'],
    [
      'assets/sum-i9.js',
      `new URL("seal_throws-g7.wasm",import.meta.url)`,
      'the server holds "seal_throws"',
    ],
    ['assets/react-b2.js', `export const r="tfjsflags"`, 'the page before interaction holds'],
    [
      'assets/react-b2.js',
      `export const r="seal_throws.wasm"`,
      'the page before interaction holds',
    ],
    ['assets/seal-f6.js', `export const s=1`, 'the client does not hold "seal_throws"'],
    ['assets/server-2.js', ``, 'found 2 files named assets/server-*.js'],
  ])('notices %s: %s', (path, source, problem) => {
    const entry = path === 'assets/server-h8.js' ? `import("./sum-i9.js");${source}` : source;
    expect(judge({ [path]: entry }).problems).toEqual([expect.stringContaining(problem)]);
  });
});
