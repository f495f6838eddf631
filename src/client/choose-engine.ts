// Which engine is the fastest here: a race with the run's own model, batch size and optimizer of WebGL on
// a real GPU, tfjs' WASM, and an engine outside tfjs that was measured already. A software renderer (all
// that headless browsers and virtual machines have) runs on the same processor and takes half a second
// to compile its shaders, so it is in the race only where there is no such engine. Loads tfjs.
import { backendLabel, type BackendInfo } from '../core/training/trainer.ts';
import { shapeInWords, type TrainingShape } from '../core/training/training-shape.ts';
import {
  closeBackend,
  openBackend,
  type TfjsBackendInfo,
  type TfjsBackendName,
} from '../tfjs/backend.ts';
import { measureExamplesPerSecond } from '../tfjs/calibration.ts';
import { isSoftwareRenderer, webglRenderer } from '../tfjs/renderer.ts';

/** One that runs in a race; `info.reason` is written when the race is over. */
interface Contestant {
  readonly info: BackendInfo;
  readonly examplesPerSecond: number;
}

/** What a race found. */
export interface Calibration {
  readonly info: BackendInfo;
  /** The winner's speed over the second's; Infinity where nothing else ran. */
  readonly lead: number;
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
    if (contestant !== winner) closeBackend(contestant.info.backend);
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
    return `${circumstance}; ${backendLabel[contestants[0]!.info.backend]} alone starts here.`;
  }
  const paces = contestants.map(
    ({ info, examplesPerSecond }) =>
      `${Math.round(examplesPerSecond)} examples/s with ${backendLabel[info.backend]}`,
  );
  return `${circumstance}; calibrated: ${paces.join(', ')}. Measured on ${shapeInWords(shape)}.`;
}
