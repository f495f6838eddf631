// Opens a TensorFlow.js backend. setBackend reports failure only by returning false and may leave another
// backend in charge, so both are checked. Which backend a run gets is chosen in client/choose-engine.ts.
import {
  backend as activeBackend,
  getBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { backendLabel, type BackendInfo, type BackendName } from '../core/training/trainer.ts';
import { unmaskedRenderer } from './renderer.ts';

export type TfjsBackendName = Exclude<BackendName, 'simd'>;

export interface TfjsBackendInfo extends BackendInfo {
  readonly backend: TfjsBackendName;
}

/** The chosen backend cannot run here. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/**
 * Makes a backend the active one of this worker or page.
 * @throws BackendUnavailable when it fails to start.
 */
export async function openBackend(
  name: TfjsBackendName,
  reason = 'Chosen by hand.',
): Promise<TfjsBackendInfo> {
  await activateBackend(name);
  return { backend: name, renderer: await rendererOf(name), reason };
}

/** Gives back what a backend holds; it can be opened again. */
export function closeBackend(name: TfjsBackendName): void {
  removeBackend(name);
}

/**
 * Makes `name` the active backend.
 * @throws BackendUnavailable when tfjs cannot start it.
 */
export async function activateBackend(name: TfjsBackendName): Promise<void> {
  if (getBackendOrNone() === name) return;
  const module = await load(name);
  module.register();
  let started = false;
  try {
    started = await setBackend(name);
  } catch {
    // The same to the caller as `false`.
  }
  if (!started || getBackendOrNone() !== name) {
    throw new BackendUnavailable(`${backendLabel[name]} cannot be started in this browser`);
  }
  if (!module.isExact()) {
    removeBackend(name);
    throw new BackendUnavailable(
      `${backendLabel[name]} computes with 16-bit floats only on this device`,
    );
  }
  module.prepare(activeBackend());
}

interface BackendModule {
  register(): void;
  /** Does the running backend compute in float32? */
  isExact(): boolean;
  /** Corrections to the running backend. */
  prepare(backend: unknown): void;
}

/** Backends are loaded when they are first asked for: a worker seldom needs more than one. */
async function load(name: TfjsBackendName): Promise<BackendModule> {
  const plain = { isExact: () => true, prepare: () => {} };
  switch (name) {
    case 'webgl': {
      const webgl = await import('./webgl-backend.ts');
      return {
        register: webgl.registerWebglBackend,
        isExact: webgl.rendersFloat32,
        prepare: webgl.correctFloatPrecision,
      };
    }
    case 'wasm': {
      const { registerWasmBackend } = await import('./wasm-backend.ts');
      return { register: registerWasmBackend, ...plain };
    }
    case 'cpu': {
      const { registerCpuBackend } = await import('./cpu-backend.ts');
      return { register: registerCpuBackend, ...plain };
    }
    default:
      throw new Error(`unknown backend ${String(name satisfies never)}`);
  }
}

/** The active backend's name, or null before the first (where getBackend would throw). */
function getBackendOrNone(): string | null {
  try {
    return getBackend() ?? null;
  } catch {
    return null;
  }
}

async function rendererOf(name: TfjsBackendName): Promise<string> {
  if (name === 'cpu') return 'JavaScript';
  if (name === 'wasm') return 'WASM SIMD';
  const { webglContextOf } = await import('./webgl-backend.ts');
  return unmaskedRenderer(webglContextOf(activeBackend()));
}
