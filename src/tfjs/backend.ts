// Opens a TensorFlow.js backend, or finds the fastest engine by a race with the run's own model, batch
// size and optimizer: WebGL on a real GPU, WASM, and an engine outside tfjs that was measured already.
// A software renderer (all that headless browsers and virtual machines have) runs on the same processor
// and takes half a second to compile its shaders, so it is in the race only where there is no such
// engine. setBackend reports failure only by returning false and may leave another backend in charge,
// so both are checked.
import {
  backend as activeBackend,
  getBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import type { BackendInfo, BackendName } from '../core/training/trainer.ts';
import { shapeInWords, type TrainingShape } from '../core/training/training-shape.ts';
import { measureExamplesPerSecond } from './calibration.ts';

export type TfjsBackendName = Exclude<BackendName, 'simd'>;

export interface TfjsBackendInfo extends BackendInfo {
  readonly backend: TfjsBackendName;
}

/** One that runs in a race; `info.reason` is written when the race is over. */
export interface Contestant {
  readonly info: BackendInfo;
  readonly examplesPerSecond: number;
}

/** The chosen backend cannot run here. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
}

/** What a race found. */
export interface Calibration {
  readonly info: BackendInfo;
  /** The winner's speed over the second's; Infinity where nothing else ran. */
  readonly lead: number;
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

/**
 * Races the backends that make sense here, and `rival`, if there is one. Of equals, WebGL wins. When
 * the winner is one of tfjs, it is the active backend, and otherwise all of tfjs is given back.
 * @throws BackendUnavailable when there is no rival and not even the CPU backend starts.
 */
export async function findFastest(
  shape: TrainingShape,
  rival: Contestant | null,
): Promise<Calibration> {
  const isRealGpu = hasRealGpu();
  const own = await race(namesFor(isRealGpu, rival !== null), shape);
  const contestants = sorted<Contestant>(rival === null ? own : [...own, rival]);
  const [winner, second] = contestants;
  if (!winner) {
    const info = await openBackend('cpu', 'Neither WebGL nor WASM starts here.');
    return { info, lead: Infinity };
  }
  removeAllBut(winner, own);
  const reason = reasonOf(contestants, isRealGpu, shape);
  const tfjsWinner = own.find((contestant) => contestant === winner);
  const info = tfjsWinner
    ? await openBackend(tfjsWinner.info.backend, reason)
    : { ...winner.info, reason };
  const lead = second ? winner.examplesPerSecond / second.examplesPerSecond : Infinity;
  return { info, lead };
}

/** The first wins a tie. */
function namesFor(isRealGpu: boolean, hasRival: boolean): readonly TfjsBackendName[] {
  if (isRealGpu) return ['webgl', 'wasm'];
  return hasRival ? ['wasm'] : ['wasm', 'webgl'];
}

function hasRealGpu(): boolean {
  const renderer = webglRenderer();
  return renderer !== null && !isSoftwareRenderer(renderer);
}

/** Is this UNMASKED_RENDERER_WEBGL a renderer that runs on the CPU? */
export function isSoftwareRenderer(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

interface TfjsContestant extends Contestant {
  readonly info: TfjsBackendInfo;
}

/** Those of `names` that start here. */
async function race(
  names: readonly TfjsBackendName[],
  shape: TrainingShape,
): Promise<TfjsContestant[]> {
  const contestants: TfjsContestant[] = [];
  for (const name of names) {
    try {
      const info = await openBackend(name, '');
      const examplesPerSecond = await measureExamplesPerSecond(name, shape);
      contestants.push({ info, examplesPerSecond });
    } catch {
      // Not to be had here: it does not run in the race.
    }
  }
  return contestants;
}

/** The fastest first; of equals, the one that came first. */
function sorted<Kind extends Contestant>(contestants: readonly Kind[]): Kind[] {
  return contestants.toSorted((a, b) => b.examplesPerSecond - a.examplesPerSecond);
}

function removeAllBut(winner: Contestant, contestants: readonly TfjsContestant[]): void {
  for (const contestant of contestants) {
    if (contestant !== winner) removeBackend(contestant.info.backend);
  }
}

/** At most 200 characters with what a client may put in front (core/protocol/schema.ts). */
function reasonOf(
  contestants: readonly Contestant[],
  isRealGpu: boolean,
  shape: TrainingShape,
): string {
  const runsOnGpu = contestants.some(({ info }) => info.backend === 'webgl');
  const gpu = runsOnGpu ? 'The GPU is real' : 'The GPU is real, but WebGL does not start';
  const circumstance = isRealGpu ? gpu : 'No real GPU';
  if (contestants.length === 1) {
    return `${circumstance}; ${label[contestants[0]!.info.backend]} alone starts here.`;
  }
  const paces = contestants.map(
    ({ info, examplesPerSecond }) =>
      `${Math.round(examplesPerSecond)} examples/s with ${label[info.backend]}`,
  );
  return `${circumstance}; calibrated: ${paces.join(', ')}. Measured on ${shapeInWords(shape)}.`;
}

const label: Readonly<Record<BackendName, string>> = {
  webgl: 'WebGL',
  simd: 'SIMD',
  wasm: 'WASM',
  cpu: 'CPU',
};

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
    throw new BackendUnavailable(`${label[name]} cannot be started in this browser`);
  }
  if (!module.isExact()) {
    removeBackend(name);
    throw new BackendUnavailable(`${label[name]} computes with 16-bit floats only on this device`);
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
