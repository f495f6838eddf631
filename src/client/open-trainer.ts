// Opens this client's trainer. `auto` may have to race two backends for about a second; the result
// holds for the machine, so that it is measured by one client at a time and remembered for the others
// (several races at once would measure each other).
import { openDB } from 'idb';
import type { BackendChoice, BackendInfo, Trainer } from '../core/training/trainer.ts';
import type { OpenOptions } from '../tfjs/backend.ts';
import { createTfjsTrainer } from '../tfjs/trainer.ts';

/** A machine on battery today may be on mains tomorrow. */
const REMEMBERED_MS = 24 * 3600 * 1000;

interface Remembered {
  readonly info: BackendInfo;
  readonly atMs: number;
}

export async function openTrainer(choice: BackendChoice, options: OpenOptions): Promise<Trainer> {
  if (choice !== 'auto') return createTfjsTrainer(choice, options);
  return navigator.locks.request('roundtable-calibration', async () => {
    const db = await openDB('roundtable-calibration', 1, {
      upgrade: (database) => void database.createObjectStore('results'),
    });
    const key = JSON.stringify([options.model.widths, options.batchSize]);
    const known = (await db.get('results', key)) as Remembered | undefined;
    const isFresh = known !== undefined && Date.now() - known.atMs < REMEMBERED_MS;
    const trainer = await createTfjsTrainer('auto', {
      ...options,
      earlier: isFresh ? known.info : null,
    });
    if (!isFresh) {
      await db.put('results', { info: trainer.info, atMs: Date.now() } satisfies Remembered, key);
    }
    db.close();
    return trainer;
  });
}
