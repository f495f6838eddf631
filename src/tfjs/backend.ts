// Opens a TensorFlow.js backend. `auto` takes WebGL when the GPU is real; a software renderer (all
// that headless browsers and virtual machines have) is raced against WASM with the run's own model
// and batch size. An engine outside tfjs may be in the race, against a real GPU too. setBackend reports failure only by returning false and may leave another backend
// in charge, so both are checked.
import {
  backend as activeBackend,
  getBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import type { ModelSpec } from '../core/model/model-spec.ts';
import type { BackendInfo, BackendName } from '../core/training/trainer.ts';
import { measureStepsPerSecond } from './calibration.ts';

export type TfjsBackendName = Exclude<BackendName, 'simd'>;

export interface TfjsBackendInfo extends BackendInfo {
  readonly backend: TfjsBackendName;
}

export interface OpenOptions {
  /** What will be trained: `auto` decides by it. */
  readonly model: ModelSpec;
  readonly batchSize: number;
  /** What `auto` found earlier in this browser for the same model and batch size: no new race. */
  readonly earlier?: TfjsBackendInfo | null;
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

/**
 * Makes a backend the active one of this worker or page. A race takes about a second, most of it
 * for compiling shaders; the loser is given back.
 * @throws BackendUnavailable when the forced backend, or with `auto` every backend, fails to start.
 */
export async function openBackend(
  choice: TfjsBackendName | 'auto',
  options: OpenOptions,
): Promise<TfjsBackendInfo> {
  if (choice !== 'auto') return start(choice, 'Chosen by hand.');
  if (options.earlier) return start(options.earlier.backend, options.earlier.reason);
  if (hasRealGpu()) {
    try {
      return await start('webgl', 'The GPU is real, so WebGL it is.');
    } catch {
      // A GPU that cannot run the backend after all: the race below decides.
    }
  }
  const contestants = await race(['wasm', 'webgl'], options);
  const [winner] = contestants;
  if (!winner) return start('cpu', 'Neither WebGL nor WASM starts here.');
  removeAllBut(winner, contestants);
  return start(winner.info.backend, reasonOf(contestants, 'No real GPU'));
}

/**
 * The race of `auto` with an engine outside tfjs that was measured already: against WebGL where the
 * GPU is real (which wins when it is not slower), else against WASM (a software renderer would take a
 * second to compile its shaders, to run on the same processor). The winner's info; when it is one of
 * tfjs, it is the active backend, and otherwise all of tfjs is given back.
 */
export async function raceAgainst(rival: Contestant, options: OpenOptions): Promise<BackendInfo> {
  const onGpu = hasRealGpu() ? await race(['webgl'], options) : [];
  const own = onGpu.length > 0 ? onGpu : await race(['wasm'], options);
  const contestants = sorted<Contestant>([...own, rival]);
  const winner = contestants[0]!;
  removeAllBut(winner, own);
  const reason = reasonOf(contestants, onGpu.length > 0 ? 'The GPU is real' : 'No real GPU');
  return winner === rival
    ? { ...rival.info, reason }
    : start((winner as TfjsContestant).info.backend, reason);
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

/** Those of `names` that start here, the fastest first. */
async function race(
  names: readonly TfjsBackendName[],
  { model, batchSize }: OpenOptions,
): Promise<TfjsContestant[]> {
  const contestants: TfjsContestant[] = [];
  for (const name of names) {
    try {
      const info = await start(name, '');
      const examplesPerSecond = batchSize * (await measureStepsPerSecond(name, model, batchSize));
      contestants.push({ info, examplesPerSecond });
    } catch {
      // Not to be had here: it does not run in the race.
    }
  }
  return sorted(contestants);
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

function reasonOf(contestants: readonly Contestant[], circumstance: string): string {
  if (contestants.length === 1) {
    return `${circumstance}, and ${label[contestants[0]!.info.backend]} alone starts here.`;
  }
  const paces = contestants.map(
    ({ info, examplesPerSecond }) =>
      `${Math.round(examplesPerSecond)} examples/s with ${label[info.backend]}`,
  );
  return `${circumstance}; calibrated: ${paces.join(', ')}.`;
}

const label: Readonly<Record<BackendName, string>> = {
  webgl: 'WebGL',
  simd: 'SIMD',
  wasm: 'WASM',
  cpu: 'CPU',
};

async function start(name: TfjsBackendName, reason: string): Promise<TfjsBackendInfo> {
  await activateBackend(name);
  return { backend: name, renderer: await rendererOf(name), reason };
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
