// Opens a TensorFlow.js backend. `auto` takes WebGL when the GPU is real; a software renderer (all
// that headless browsers and virtual machines have) is raced against WASM with the run's own model
// and batch size. setBackend reports failure only by returning false and may leave another backend
// in charge, so both are checked.
import {
  backend as activeBackend,
  getBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import type { ModelSpec } from '../core/model/model-spec.ts';
import type { BackendChoice, BackendInfo, BackendName } from '../core/training/trainer.ts';
import { measureStepsPerSecond } from './calibration.ts';

export interface OpenOptions {
  /** What will be trained: `auto` decides by it. */
  readonly model: ModelSpec;
  readonly batchSize: number;
  /** What `auto` found earlier in this browser for the same model and batch size: no new race. */
  readonly earlier?: BackendInfo | null;
}

/** The chosen backend cannot run here. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/**
 * Makes a backend the active one of this worker or page. A race takes about a second, most of it
 * for compiling shaders; the loser is given back.
 * @throws BackendUnavailable when the forced backend, or with `auto` every backend, fails to start.
 */
export async function openBackend(
  choice: BackendChoice,
  options: OpenOptions,
): Promise<BackendInfo> {
  if (choice !== 'auto') return start(choice, 'Chosen by hand.');
  if (options.earlier) return start(options.earlier.backend, options.earlier.reason);
  const renderer = webglRenderer();
  if (renderer !== null && !isSoftwareRenderer(renderer)) {
    try {
      return await start('webgl', 'The GPU is real, so WebGL it is.');
    } catch {
      // A GPU that cannot run the backend after all: the race below decides.
    }
  }
  return race(options);
}

/** Is this UNMASKED_RENDERER_WEBGL a renderer that runs on the CPU? */
export function isSoftwareRenderer(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

async function race({ model, batchSize }: OpenOptions): Promise<BackendInfo> {
  const candidates: { info: BackendInfo; examplesPerSecond: number }[] = [];
  for (const name of ['wasm', 'webgl'] as const) {
    try {
      const info = await start(name, '');
      const examplesPerSecond = batchSize * measureStepsPerSecond(name, model, batchSize);
      candidates.push({ info, examplesPerSecond });
    } catch {
      // Not to be had here: it does not run in the race.
    }
  }
  candidates.sort((a, b) => b.examplesPerSecond - a.examplesPerSecond);
  const [winner, loser] = candidates;
  if (!winner) return start('cpu', 'Neither WebGL nor WASM starts here.');
  if (loser) removeBackend(loser.info.backend);
  const pace = ({ info, examplesPerSecond }: (typeof candidates)[number]) =>
    `${Math.round(examplesPerSecond)} examples/s with ${label[info.backend]}`;
  const reason = loser
    ? `No real GPU; calibrated: ${pace(winner)}, ${pace(loser)}.`
    : `No real GPU, and ${label[winner.info.backend]} alone starts here.`;
  return start(winner.info.backend, reason);
}

const label: Readonly<Record<BackendName, string>> = { webgl: 'WebGL', wasm: 'WASM', cpu: 'CPU' };

async function start(name: BackendName, reason: string): Promise<BackendInfo> {
  await activateBackend(name);
  return { backend: name, renderer: await rendererOf(name), reason };
}

/**
 * Makes `name` the active backend.
 * @throws BackendUnavailable when tfjs cannot start it.
 */
export async function activateBackend(name: BackendName): Promise<void> {
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
    throw new BackendUnavailable(`${label[name]} cannot be started in this browser`);
  }
  module.prepare(activeBackend());
}

interface BackendModule {
  register(): void;
  /** Corrections to the running backend. */
  prepare(backend: unknown): void;
}

/** Backends are loaded when they are first asked for: a worker seldom needs more than one. */
async function load(name: BackendName): Promise<BackendModule> {
  const nothing = () => {};
  switch (name) {
    case 'webgl': {
      const { registerWebglBackend, correctFloatPrecision } = await import('./webgl-backend.ts');
      return { register: registerWebglBackend, prepare: correctFloatPrecision };
    }
    case 'wasm': {
      const { registerWasmBackend } = await import('./wasm-backend.ts');
      return { register: registerWasmBackend, prepare: nothing };
    }
    case 'cpu': {
      const { registerCpuBackend } = await import('./cpu-backend.ts');
      return { register: registerCpuBackend, prepare: nothing };
    }
    default:
      throw new Error(`unknown backend ${name satisfies never}`);
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

async function rendererOf(name: BackendName): Promise<string> {
  if (name === 'cpu') return 'JavaScript';
  if (name === 'wasm') return 'WASM SIMD';
  const { webglContextOf } = await import('./webgl-backend.ts');
  return unmaskedRenderer(webglContextOf(activeBackend()));
}

/** The name of the GPU behind WebGL 2, or null where there is none. */
function webglRenderer(): string | null {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return null;
  const renderer = unmaskedRenderer(context);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}

function unmaskedRenderer(context: WebGL2RenderingContext): string {
  const extension = context.getExtension('WEBGL_debug_renderer_info');
  return String(context.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
}
