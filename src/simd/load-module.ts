// Fetches and compiles the training step, once a worker, when a trainer first asks for it.
import wasmUrl from './training-step.wasm?url';

let module: Promise<WebAssembly.Module> | null = null;

/**
 * @throws WebAssembly.CompileError where the browser has no SIMD, TypeError when the file cannot be
 * fetched; the next call tries again.
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
  return WebAssembly.compile(await response.arrayBuffer()); // whatever type the server gives it
}
