// Storage of a server in Node: one folder, which is made when it is not there. Only Node's own modules are
// used; nothing that a browser loads may reach this folder of the source (rule `browser-has-no-node`).
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { storageOver } from '../records.ts';
import type { Storage } from '../storage.ts';
import { folderAt, syncNames } from './durable-folder.ts';
import { checkFolder, openRecords } from './file-records.ts';
import { lockFolder } from './folder-lock.ts';

/**
 * Throws a StorageError when another server has the folder, when it holds something else, or when a later
 * version wrote it; it is left as it was.
 */
export async function openFileStorage(folder: string): Promise<Storage> {
  const path = resolve(folder);
  const made = await mkdir(path, { recursive: true });
  if (made !== undefined) await syncNames(dirname(path));
  await checkFolder(folderAt(path)); // before even a lock is left in somebody else's folder
  const unlock = await lockFolder(path);
  try {
    const storage = storageOver(await openRecords(folderAt(path)));
    return {
      ...storage,
      async close() {
        await storage.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
