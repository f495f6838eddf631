// Opens this client's trainer. `auto` may have to race several engines for about a second; the result
// holds for the machine, so that it is measured by one client at a time and remembered for the others
// (several races at once would measure each other). tfjs is loaded only when it races or runs.
import { openDB } from 'idb';
import type { BackendChoice, BackendInfo, Trainer } from '../core/training/trainer.ts';
import { canRun, measureExamplesPerSecond } from '../simd/calibration.ts';
import { loadModule } from '../simd/load-module.ts';
import { createSimdTrainer, simdInfo } from '../simd/trainer.ts';
import type { OpenOptions, TfjsBackendInfo, TfjsBackendName } from '../tfjs/backend.ts';

/** A machine that is busy or on battery now may be neither an hour later. */
const REMEMBERED_MS = 3600 * 1000;

interface Remembered {
  readonly info: BackendInfo;
  readonly atMs: number;
}

/** A model that the SIMD step cannot run, or a browser where it does not, gets tfjs. */
export async function openTrainer(choice: BackendChoice, options: OpenOptions): Promise<Trainer> {
  if (choice === 'auto') return openFastest(options);
  if (choice !== 'simd') return openTfjs(choice, options);
  const module = await simdModule(options);
  return module === null
    ? openTfjs('auto', options)
    : createSimdTrainer({ module, reason: 'Chosen by hand.' });
}

async function openFastest(options: OpenOptions): Promise<Trainer> {
  return navigator.locks.request('roundtable-calibration', async () => {
    const db = await openDB('roundtable-calibration', 2, {
      upgrade(database, oldVersion) {
        if (oldVersion === 1) database.deleteObjectStore('results'); // measured without SIMD
        database.createObjectStore('results');
      },
    });
    try {
      const key = JSON.stringify([options.model.widths, options.batchSize]);
      const known = (await db.get('results', key)) as Remembered | undefined;
      if (known !== undefined && Date.now() - known.atMs < REMEMBERED_MS) {
        return await openAsBefore(known.info, options);
      }
      const info = await findFastest(options);
      await db.put('results', { info, atMs: Date.now() } satisfies Remembered, key);
      return await openAsBefore(info, options);
    } finally {
      db.close();
    }
  });
}

async function findFastest(options: OpenOptions): Promise<BackendInfo> {
  const { openBackend, raceAgainst } = await import('../tfjs/backend.ts');
  const module = await simdModule(options);
  if (module === null) return openBackend('auto', options);
  const { model, batchSize } = options;
  const examplesPerSecond = await measureExamplesPerSecond(module, model, batchSize);
  return raceAgainst({ info: simdInfo(''), examplesPerSecond }, options);
}

async function openAsBefore(info: BackendInfo, options: OpenOptions): Promise<Trainer> {
  if (info.backend !== 'simd') {
    return openTfjs('auto', { ...options, earlier: info as TfjsBackendInfo });
  }
  const module = await simdModule(options);
  return module === null
    ? openTfjs('auto', options)
    : createSimdTrainer({ module, reason: info.reason });
}

/** The SIMD step, or null where it cannot run the model. */
async function simdModule({ model }: OpenOptions): Promise<WebAssembly.Module | null> {
  if (!canRun(model)) return null;
  return loadModule().catch(() => null);
}

async function openTfjs(choice: TfjsBackendName | 'auto', options: OpenOptions): Promise<Trainer> {
  const { createTfjsTrainer } = await import('../tfjs/trainer.ts');
  return createTfjsTrainer(choice, options);
}
