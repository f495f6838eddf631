// Fetches and compiles the training step, once a worker, when a trainer first asks for it.
import wasmUrl from './training-step.wasm?url';

let module: Promise<WebAssembly.Module> | null = null;

/**
 * @throws WebAssembly.CompileError where the browser has no SIMD, TypeError when the file cannot be
 * fetched, or what came in its place is something else; the next call tries again.
 */
export function loadModule(): Promise<WebAssembly.Module> {
  module ??= compile().catch((error: unknown) => {
    module = null;
    throw error;
  });
  return module;
}

async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new TypeError(`the training step answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  // Some servers answer with their front page when a file is missing.
  const magic = String.fromCharCode(...new Uint8Array(bytes.slice(0, 4)));
  if (magic !== '\0asm') throw new TypeError('the training step that was fetched is no WASM');
  return WebAssembly.compile(bytes); // whatever type the server gives it
}
