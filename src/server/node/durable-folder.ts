// A folder of files with what is needed to survive a power cut, and no more: contents and names are made
// durable by separate calls, because a file system promises nothing about their order. testing/simulation/
// disk.ts is a twin that loses whatever it may.
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

type Bytes = Uint8Array<ArrayBuffer>;

export interface DurableFolder {
  readonly path: string;
  names(): Promise<string[]>;
  /** Null when there is no such file. */
  read(name: string): Promise<Bytes | null>;
  /** A new file whose content is durable when it resolves; its name is after `sync`. Rejects when the name is taken. */
  create(name: string, content: Uint8Array): Promise<void>;
  /** Replaces `to`: whoever reads it finds the one file or the other, whole. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes all names durable, as they are now. */
  sync(): Promise<void>;
}

export function folderAt(path: string): DurableFolder {
  return {
    path,
    names: () => readdir(path),
    async read(name) {
      try {
        return new Uint8Array(await readFile(join(path, name)));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async create(name, content) {
      const file = await open(join(path, name), 'wx');
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    rename: (from, to) => rename(join(path, from), join(path, to)),
    remove: (name) => unlink(join(path, name)),
    sync: () => syncNames(path),
  };
}

/** Makes the names in a folder durable. Windows cannot, and journals them itself. */
export async function syncNames(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
