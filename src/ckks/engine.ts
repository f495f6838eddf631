// Loads node-seal (Microsoft SEAL 4.1 as WebAssembly), once a worker. A C++ exception that reaches
// JavaScript leaks a few bytes of the WASM stack each time (emscripten issues 21350, 21606) and ends,
// after some thousands, in a corrupt module. So every byte is gated before SEAL sees it, an exception
// is a bug, and an instance that threw one is never used again: the next acquireEngine() loads anew.
import loadSeal, { type MainModule } from 'node-seal';
import { SchemeError } from '../core/encryption/scheme.ts';

export interface Engine {
  /** SEAL's classes. Everything made from them must be deleted by hand: nothing finalises handles. */
  readonly seal: MainModule;
  readonly broken: boolean;
  /**
   * Runs work that calls SEAL. Throws SchemeError `engine-broken` when a C++ exception or a trap came
   * out of it, and from then on at once.
   */
  run<Result>(work: () => Result): Result;
}

/** The worker's instance: the only state of this module, because WASM memory is a worker's to share. */
let shared: Promise<Engine> | null = null;

/** The worker's engine; a new one when the last broke. Rejects when the WASM file cannot be loaded. */
export async function acquireEngine(): Promise<Engine> {
  shared ??= loadEngine();
  const mine = shared;
  try {
    const engine = await mine;
    if (!engine.broken) return engine;
  } catch (error) {
    if (shared === mine) shared = null; // try again next time
    throw error;
  }
  if (shared === mine) shared = loadEngine();
  return await shared;
}

async function loadEngine(): Promise<Engine> {
  // The package's default looks for an unhashed file name, which a build does not have; without it
  // emscripten's own `new URL('….wasm', import.meta.url)` applies, which bundlers rewrite.
  const seal = await loadSeal({ locateFile: undefined } as unknown as Parameters<
    typeof loadSeal
  >[0]);
  let broken = false;
  return {
    seal,
    get broken() {
      return broken;
    },
    run(work) {
      if (broken) throw brokenError('an earlier failure');
      try {
        return work();
      } catch (error) {
        const reason = nativeFailure(error);
        if (reason === null) throw error;
        broken = true;
        throw brokenError(reason);
      }
    },
  };
}

/** What C++ or the WASM machine says went wrong; null for errors of our own. */
function nativeFailure(error: unknown): string | null {
  if (error instanceof WebAssembly.RuntimeError) return error.message;
  if (Object.prototype.toString.call(error) !== '[object WebAssembly.Exception]') return null;
  const { message } = error as { message?: unknown }; // emscripten: [type, text]
  return Array.isArray(message) ? message.map(String).join(': ') : 'a C++ exception';
}

function brokenError(reason: string): SchemeError {
  return new SchemeError('engine-broken', `the encryption engine must be replaced after ${reason}`);
}

/** Frees handles in the order given; those freed already are left alone. */
export function deleteAll(...handles: readonly { delete(): void; isDeleted(): boolean }[]): void {
  for (const handle of handles) if (!handle.isDeleted()) handle.delete();
}
