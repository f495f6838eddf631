// The folder of files when the power goes, before any operation and with any loss that a file system may
// inflict: what was promised is there, what was not is there whole or not at all.
import { describe, expect, it } from 'vitest';
import type { PersistentChange } from '../../core/federation/persistence.ts';
import { createDisk, type SimulatedDisk } from '../../testing/simulation/disk.ts';
import { storedRun } from '../../testing/samples/stored-run.ts';
import { storageOver } from '../records.ts';
import { openRecords } from './file-records.ts';

const RUNS = ['a', 'b', 'c'];

const save = (runId: string, attempt: number, sealed: number | null): PersistentChange => ({
  type: 'save-run',
  run: storedRun(runId, { attempt }),
  sealedWeights: sealed === null ? null : new Uint8Array(50).fill(sealed),
  sealedKeys: sealed === null ? null : new Uint8Array(20).fill(sealed),
});
const changes: readonly PersistentChange[] = [
  save('a', 1, 1),
  save('b', 1, 2),
  save('a', 2, 3),
  save('a', 3, null),
  save('c', 1, 4),
  { type: 'delete-runs', runIds: ['a', 'c'] },
  save('a', 4, 5),
];

/** What can be seen of a disk's storage, as text; opened anew, so that nothing is remembered. */
async function seenOn(disk: SimulatedDisk): Promise<string> {
  const storage = storageOver(await openRecords(disk.folder));
  const runs = await Promise.all(RUNS.map((runId) => storage.read(runId)));
  return JSON.stringify(
    runs.map((stored) => stored && [stored.run.attempt, [...(stored.sealedWeights ?? [])]]),
  );
}

/** What can be seen after each change, the empty storage first, on a disk that never fails. */
async function seenAfterEach(): Promise<string[]> {
  const disk = createDisk();
  const storage = storageOver(await openRecords(disk.folder));
  const seen = [await seenOn(disk)];
  for (const change of changes) {
    await storage.apply(change);
    seen.push(await seenOn(disk));
  }
  return seen;
}

/** Makes the changes until the disk fails. */
async function changeUntilFailure(disk: SimulatedDisk): Promise<{ numPromised: number }> {
  let numPromised = 0;
  try {
    const storage = storageOver(await openRecords(disk.folder));
    for (const change of changes) {
      await storage.apply(change);
      numPromised++;
    }
  } catch {
    // Nothing more was promised.
  }
  return { numPromised };
}

describe('records in files', () => {
  it(
    'are, after a power cut, those of the last change promised or of the one that was going on',
    { timeout: 60_000 },
    async () => {
      const expected = await seenAfterEach();
      expect(new Set(expected).size).toBe(expected.length); // every state can be told from every other
      const whole = createDisk();
      await changeUntilFailure(whole);
      const found = { before: 0, after: 0 };
      for (let failsAt = 0; failsAt <= whole.numOperations; failsAt++) {
        const disk = createDisk(new Map(), failsAt);
        const { numPromised } = await changeUntilFailure(disk);
        for (let seed = 0; seed < 24; seed++) {
          const left = disk.afterPowerCut(seed);
          const seen = await seenOn(left);
          const numFound = expected.indexOf(seen);
          expect([numPromised, numPromised + 1], `at ${failsAt}, seed ${seed}`).toContain(numFound);
          found[numFound === numPromised ? 'before' : 'after']++;
          // And it can be gone on from there.
          const storage = storageOver(await openRecords(left.folder));
          await storage.apply(save('b', 9, 9));
          expect(await storage.read('b')).toMatchObject({ run: { attempt: 9 } });
        }
      }
      // Both ends of a change were met.
      expect(found.before).toBeGreaterThan(100);
      expect(found.after).toBeGreaterThan(100);
    },
  );

  it('take no more room than what they hold, also when a change fails half-way', async () => {
    const disk = createDisk();
    const storage = storageOver(await openRecords(disk.folder));
    for (let attempt = 1; attempt < 30; attempt++) await storage.apply(save('a', attempt, 1));
    // A run, two sealed blobs and the index.
    expect(await disk.folder.names()).toHaveLength(4);
    const full = {
      ...disk.folder,
      create: (name: string, content: Uint8Array) =>
        name.startsWith('sealed-')
          ? Promise.reject(new Error('no space left'))
          : disk.folder.create(name, content),
    };
    const crowded = storageOver(await openRecords(full));
    await expect(crowded.apply(save('b', 1, 1))).rejects.toThrow('no space left');
    expect(await crowded.read('b')).toBeNull();
    expect(await disk.folder.names()).toHaveLength(4);
    await crowded.apply(save('a', 77, null));
    expect(await seenOn(disk)).toContain('77');
  });
});
