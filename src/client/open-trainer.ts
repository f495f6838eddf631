// Opens this client's trainer. `auto` may have to race several engines for about a second; the result
// holds for the machine, so that it is measured by one client at a time and remembered for the others
// (several races at once would measure each other). tfjs is loaded only when it races or runs. A model
// that the SIMD step cannot run, or a browser where it does not, gets the fastest of tfjs.
import { openDB, type IDBPDatabase } from 'idb';
import type { BackendChoice, Trainer } from '../core/training/trainer.ts';
import { shapeKey, type TrainingShape } from '../core/training/training-shape.ts';
import { canRun, measureExamplesPerSecond } from '../simd/calibration.ts';
import { loadModule } from '../simd/load-module.ts';
import { createSimdTrainer, simdInfo } from '../simd/trainer.ts';
import type { TfjsBackendName } from '../tfjs/backend.ts';
import { calibrateAlone } from '../transport/presence.ts';
import type { Calibration } from './choose-engine.ts';

/** A machine that is busy or on battery now may be neither an hour later. */
const REMEMBERED_MS = 3600 * 1000;

export interface OpenedTrainer {
  readonly trainer: Trainer;
  /** How many times as fast as the second the engine was; null where nothing was measured. */
  readonly lead: number | null;
  /** It stands in for the SIMD step, which could not be fetched this time. */
  readonly isStandIn: boolean;
}

interface Remembered extends Calibration {
  readonly atMs: number;
}

/** The compiled SIMD step, or why there is none, in one sentence for the dashboard. */
type Step =
  | { readonly module: WebAssembly.Module }
  | { readonly module: null; readonly why: string; readonly isForNow: boolean };

/** @throws BackendUnavailable when tfjs is asked for by hand, or needed, and does not start. */
export async function openTrainer(
  choice: BackendChoice,
  shape: TrainingShape,
): Promise<OpenedTrainer> {
  if (choice === 'auto') return openFastest(shape, null);
  if (choice !== 'simd') {
    return { trainer: await openTfjs(choice), lead: null, isStandIn: false };
  }
  const step = await loadStep(shape);
  if (step.module === null) return openFastest(shape, step);
  const trainer = await createSimdTrainer({ module: step.module, reason: 'Chosen by hand.' });
  return { trainer, lead: null, isStandIn: false };
}

/** The SIMD step is loaded when it races or runs, unless that was tried already. */
async function openFastest(shape: TrainingShape, tried: Step | null): Promise<OpenedTrainer> {
  const db = await openResults();
  try {
    const known = await recall(db, shape);
    if (known !== null && known.info.backend !== 'simd') return await open(known, tried);
    const step = tried ?? (await loadStep(shape));
    const serves = (found: Calibration | null): found is Calibration =>
      found !== null && (found.info.backend !== 'simd' || step.module !== null);
    if (serves(known)) return await open(known, step);
    const found = await calibrateAlone(async () => {
      const meanwhile = await recall(db, shape); // by another client
      return serves(meanwhile) ? meanwhile : measure(db, shape, step);
    });
    return await open(found, step);
  } finally {
    db.close();
  }
}

/** Races the engines; what was found is remembered for the other clients. */
async function measure(db: IDBPDatabase, shape: TrainingShape, step: Step): Promise<Calibration> {
  const found = withReason(await calibrate(step, shape), step);
  // Without the step that should have been there, the next opening has to try again.
  if (step.module !== null || !step.isForNow) {
    await db.put('results', { ...found, atMs: Date.now() } satisfies Remembered, shapeKey(shape));
  }
  return found;
}

function openResults(): Promise<IDBPDatabase> {
  return openDB('roundtable-calibration', 3, {
    upgrade(database, oldVersion) {
      if (oldVersion > 0) database.deleteObjectStore('results'); // says less than today's
      database.createObjectStore('results');
    },
  });
}

/** What was found in this browser for runs of the same shape, unless it is old. */
async function recall(db: IDBPDatabase, shape: TrainingShape): Promise<Calibration | null> {
  const known = (await db.get('results', shapeKey(shape))) as Remembered | undefined;
  return known !== undefined && Date.now() - known.atMs < REMEMBERED_MS ? known : null;
}

async function calibrate(step: Step, shape: TrainingShape): Promise<Calibration> {
  const { findFastest } = await import('./choose-engine.ts');
  if (step.module === null) return findFastest(shape, null);
  const examplesPerSecond = await measureExamplesPerSecond(step.module, shape);
  return findFastest(shape, { info: simdInfo(''), examplesPerSecond });
}

/** The same, saying also why the SIMD step does not run. */
function withReason(found: Calibration, step: Step | null): Calibration {
  if (step?.module !== null || found.info.reason.startsWith(step.why)) return found;
  return { ...found, info: { ...found.info, reason: `${step.why} ${found.info.reason}` } };
}

async function open(found: Calibration, step: Step | null): Promise<OpenedTrainer> {
  const { backend, reason } = withReason(found, step).info;
  const { lead } = found;
  if (backend !== 'simd') {
    const isStandIn = step?.module === null && step.isForNow;
    return { trainer: await openTfjs(backend, reason), lead, isStandIn };
  }
  if (!step?.module) throw new Error('the SIMD step was chosen and is not there');
  const trainer = await createSimdTrainer({ module: step.module, reason });
  return { trainer, lead, isStandIn: false };
}

async function loadStep({ model }: TrainingShape): Promise<Step> {
  if (!canRun(model)) {
    return { module: null, why: 'The SIMD step cannot run this model.', isForNow: false };
  }
  try {
    return { module: await loadModule() };
  } catch (error) {
    return error instanceof WebAssembly.CompileError
      ? { module: null, why: 'The SIMD step cannot run in this browser.', isForNow: false }
      : { module: null, why: 'The SIMD step could not be fetched.', isForNow: true };
  }
}

async function openTfjs(name: TfjsBackendName, reason?: string): Promise<Trainer> {
  const { createTfjsTrainer } = await import('../tfjs/trainer.ts');
  return createTfjsTrainer(name, reason);
}
