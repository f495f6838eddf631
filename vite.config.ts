// The build: one page, three workers. Workers are ES modules, bundled on their own; licence comments
// are left out of them (they double the size of the tfjs bundle). Every file's name says which realm
// it belongs to, for the budget and for the check of what the server's bundle holds.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { ensureWasm } from './scripts/build-wasm.mjs';

await ensureWasm(); // src/simd imports what this compiles

interface Chunk {
  readonly name: string;
  readonly facadeModuleId?: string | null;
}

/** `server-…`, `client-…`, `inspector-…` and `page-…` for the entries, whatever their source files are called. */
function entryFileNames({ name, facadeModuleId }: Chunk): string {
  const path = facadeModuleId ?? '';
  const shell =
    /\/src\/client\/(inspector)\.ts$/.exec(path)?.[1] ?? /\/src\/(client|server)\//.exec(path)?.[1];
  return `assets/${shell ?? (name === 'index' ? 'page' : name)}-[hash].js`;
}

const rolldownOptions = { output: { comments: { legal: false }, entryFileNames } };

export default defineConfig({
  base: './',
  appType: 'mpa', // a missing data file is a 404, not the page
  plugins: [react()],
  build: { target: 'es2023', rolldownOptions },
  worker: { format: 'es', rolldownOptions },
  optimizeDeps: { exclude: ['node-seal'] },
});
