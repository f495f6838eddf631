// Storage in a real browser's IndexedDB, and databases as earlier builds left them.
import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import { createStudy } from '../core/tuning/study.ts';
import { describeStorage } from '../testing/conformance/storage-conformance.ts';
import { storedRecord, storedRun } from '../testing/samples/stored-run.ts';
import { openIndexedDbStorage } from './indexed-db-storage.ts';

describeStorage('storage in IndexedDB', async () => {
  const name = `conformance-${crypto.randomUUID()}`;
  return { open: () => openIndexedDbStorage(name), remove: () => deleteDB(name) };
});

/** As a build without studies saved a run: three fields are missing. */
function oldestRun() {
  const history = [storedRecord(0), storedRecord(1)];
  const { trialOf: _t, skipsTest: _s, isPruned: _p, ...run } = storedRun('old-run', { history });
  return run;
}

describe('a database of an earlier build', () => {
  const name = 'earlier-build';
  afterEach(() => deleteDB(name));

  it('of version 1, without studies, is opened with its run and can be written', async () => {
    const run = oldestRun();
    const old = await openDB(name, 1, {
      upgrade(database) {
        database.createObjectStore('runs', { keyPath: 'runId' });
        database.createObjectStore('sealed');
        database.createObjectStore('counters');
      },
    });
    await old.put('runs', run);
    await old.put('sealed', Uint8Array.of(1, 2), 'weights/old-run');
    await old.put('sealed', Uint8Array.of(3), 'keys/old-run');
    await old.put('counters', 4, 'starts');
    old.close();

    const storage = await openIndexedDbStorage(name);
    const restored = await storage.restore();
    expect(restored).toMatchObject({ restarts: 4, study: null, archive: [], bestRun: null });
    expect(restored.current).toStrictEqual({
      run,
      sealedWeights: Uint8Array.of(1, 2),
      sealedKeys: Uint8Array.of(3),
    });
    await storage.apply({
      type: 'save-study',
      study: study(),
      drops: { weightsOf: [], keysOf: ['old-run'] },
    });
    expect(await storage.restore()).toMatchObject({
      restarts: 5,
      study: study(),
      current: { sealedWeights: Uint8Array.of(1, 2), sealedKeys: null },
    });
    await storage.close();
  });

  it('of version 2 is opened with its run and its study', async () => {
    const run = storedRun('trial-run', { trialOf: { studyId: 'study', number: 0 } });
    const old = await openDB(name, 2, {
      upgrade(database) {
        database.createObjectStore('runs', { keyPath: 'runId' });
        database.createObjectStore('sealed');
        database.createObjectStore('counters');
        database.createObjectStore('studies');
      },
    });
    await old.put('runs', run);
    await old.put('sealed', Uint8Array.of(5), 'weights/trial-run');
    await old.put('studies', study(), 'current');
    await old.put('counters', 1, 'starts');
    old.close();

    const storage = await openIndexedDbStorage(name);
    expect(await storage.restore()).toMatchObject({
      restarts: 1,
      current: { run, sealedWeights: Uint8Array.of(5), sealedKeys: null },
      study: study(),
    });
    expect(await storage.read('trial-run')).toEqual({ run, sealedWeights: Uint8Array.of(5) });
    await storage.close();
  });

  it('of a version to come is refused and stays as it is', async () => {
    const later = await openDB(name, 3, {
      upgrade: (database) => void database.createObjectStore('runs', { keyPath: 'runId' }),
    });
    await later.put('runs', storedRun('run'));
    later.close();
    await expect(openIndexedDbStorage(name)).rejects.toThrow(/version/);
    const again = await openDB(name, 3);
    expect(await again.get('runs', 'run')).toEqual(storedRun('run'));
    again.close();
  });
});

function study() {
  return {
    studyId: 'study',
    base: defaultRunConfig,
    parallelTrials: 1,
    study: createStudy({ name: 's', direction: 'maximize', searchSpace: {}, numTrials: 3 }),
    runIds: [],
    stage: { phase: 'running' },
    test: null,
    note: null,
    startedAtMs: 5,
    endedAtMs: null,
  } as const;
}
