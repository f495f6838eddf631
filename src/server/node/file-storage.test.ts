// Storage in real files: the conformance suite, whose folders are not touched, what two servers may not do,
// and a process that is killed while it writes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeStorage } from '../../testing/conformance/storage-conformance.ts';
import { storedRun } from '../../testing/samples/stored-run.ts';
import { openFileStorage } from './file-storage.ts';

const temporaryFolder = () => mkdtemp(join(tmpdir(), 'storage-'));
const remove = (path: string) => rm(path, { recursive: true, force: true });

describeStorage('storage in files', async () => {
  const path = await temporaryFolder();
  return { open: () => openFileStorage(path), remove: () => remove(path) };
});

let path: string;
beforeEach(async () => {
  path = await temporaryFolder();
});
afterEach(() => remove(path));

/** Names and contents of all files. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = names.map((name) => readFile(join(folder, name), 'latin1'));
  return Object.fromEntries((await Promise.all(texts)).map((text, i) => [names[i]!, text]));
}

async function withOneRun(): Promise<void> {
  const storage = await openFileStorage(path);
  const sealedWeights = new TextEncoder().encode('sealed weights');
  const change = { type: 'save-run', run: storedRun('run'), sealedWeights } as const;
  await storage.apply({ ...change, sealedKeys: null });
  await storage.close();
}

describe('a folder', () => {
  it('is made, with those above it', async () => {
    const storage = await openFileStorage(join(path, 'a', 'b'));
    expect((await storage.restore()).restarts).toBe(0);
    await storage.close();
  });

  it('keeps nothing of bytes that were dropped', async () => {
    await withOneRun();
    expect(Object.values(await filesIn(path)).join()).toContain('sealed weights');
    const storage = await openFileStorage(path);
    await storage.apply({ type: 'delete-runs', runIds: ['run'] });
    expect(Object.values(await filesIn(path)).join()).not.toContain('sealed weights');
    await storage.close();
  });

  it('may hold what is not the storage’s, once it is one', async () => {
    await withOneRun();
    await writeFile(join(path, 'README'), 'mine');
    await writeFile(join(path, 'runs-999.json'), 'a crash left it');
    const storage = await openFileStorage(path);
    expect(await storage.read('run')).not.toBeNull();
    await storage.close();
    expect(await filesIn(path)).toMatchObject({ README: 'mine' });
    expect(Object.keys(await filesIn(path))).not.toContain('runs-999.json');
  });

  it.each([
    ['foreign', 'files and no index', 'holiday.jpg', 'a picture'],
    ['foreign', 'record files without their index', 'runs-1.json', '{}'],
    ['foreign', 'another program’s index', 'index.json', '{"name":"a package"}'],
    ['foreign', 'an index that is no JSON', 'index.json', '<html>'],
    ['too-new', 'a later version', 'index.json', '{"format":"roundtable-storage","version":2}'],
    ['damaged', 'half an index', 'index.json', '{"format":"roundtable-storage","version":1}'],
  ])('is refused as %s with %s, and left as it was', async (code, _what, name, text) => {
    await writeFile(join(path, name), text);
    await expect(openFileStorage(path)).rejects.toMatchObject({ name: 'StorageError', code });
    expect(await filesIn(path)).toEqual({ [name]: text });
  });

  it('with a later version’s index keeps everything that lies beside it', async () => {
    await withOneRun();
    const index = await readFile(join(path, 'index.json'), 'utf8');
    const text = index.replace('"version":1', '"version":2').replaceAll('runs', 'rounds');
    expect(text).not.toBe(index);
    await writeFile(join(path, 'index.json'), text);
    const before = await filesIn(path);
    await expect(openFileStorage(path)).rejects.toMatchObject({ code: 'too-new' });
    expect(await filesIn(path)).toEqual(before);
  });

  it.each([
    ['is missing', (file: string) => rm(file)],
    ['is cut off', async (file: string) => writeFile(file, 'sealed')],
    ['was changed', async (file: string) => writeFile(file, 'sealed weightz')],
  ])('in which a file %s says so and gives none of it', async (_what, spoil) => {
    await withOneRun();
    const name = (await readdir(path)).find((name) => name.startsWith('sealed-'))!;
    await spoil(join(path, name));
    const reading = async () => {
      const storage = await openFileStorage(path);
      try {
        await storage.restore();
      } finally {
        await storage.close();
      }
    };
    await expect(reading()).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(name) as string,
    });
  });

  it('is on the disk when a change is promised: each file, and the names after it', async () => {
    const storage = await openFileStorage(path);
    const handle = await open(join(path, 'index.json'));
    const sync = vi.spyOn(Object.getPrototypeOf(handle) as { sync: () => Promise<void> }, 'sync');
    await handle.close();
    const sealed = { sealedWeights: Uint8Array.of(1), sealedKeys: Uint8Array.of(2) };
    await storage.apply({ type: 'save-run', run: storedRun('run'), ...sealed });
    // Three records, their names, the index, its name.
    expect(sync).toHaveBeenCalledTimes(6);
    sync.mockRestore();
    await storage.close();
  });
});

describe('the lock of a folder', () => {
  it('lets one server in at a time', async () => {
    const first = await openFileStorage(path);
    await expect(openFileStorage(path)).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await first.close();
    const second = await openFileStorage(path);
    await expect(first.restore()).rejects.toThrow('closed');
    await second.close();
  });

  it('lets in one of many that come at once', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, () => openFileStorage(path)),
      );
      const storages = tries.flatMap((tried) =>
        tried.status === 'fulfilled' ? [tried.value] : [],
      );
      expect(storages).toHaveLength(1);
      await storages[0]!.close();
    }
    expect((await readdir(path)).filter((name) => name.startsWith('lock'))).toHaveLength(1);
  });

  it('is waited for in vain while it cannot be read or is another machine’s', async () => {
    await withOneRun();
    const other = { host: 'elsewhere', pid: 1, began: null, isReleased: false };
    for (const text of ['', JSON.stringify(other)]) {
      await writeFile(join(path, 'lock-7'), text);
      await expect(openFileStorage(path)).rejects.toMatchObject({
        code: 'in-use',
        message: expect.stringContaining('delete') as string,
      });
    }
    await rm(join(path, 'lock-7'));
    await (await openFileStorage(path)).close();
  });

  it.runIf(process.platform === 'linux')(
    'is not held by an earlier process of the same number',
    async () => {
      const storage = await openFileStorage(path);
      const name = (await readdir(path)).find((name) => name.startsWith('lock-'))!;
      const holder = JSON.parse(await readFile(join(path, name), 'utf8')) as object;
      await writeFile(join(path, name), JSON.stringify({ ...holder, began: 'another-boot 5' }));
      const next = await openFileStorage(path);
      await next.close();
      await storage.close();
    },
  );

  it('ends with its process, and what that had promised is there', async () => {
    const writer = 'src/testing/samples/file-writer.ts';
    let latest = 0;
    for (const lifeMs of [80, 200, 301]) {
      const child = spawn(process.execPath, ['--import', 'tsx', writer, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let promised = '';
      child.stdout.on('data', (data: Buffer) => (promised += data.toString()));
      await once(child.stdout, 'data');
      await expect(openFileStorage(path)).rejects.toMatchObject({ code: 'in-use' });
      await new Promise((resolve) => void setTimeout(resolve, lifeMs));
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      const numPromised = Number(promised.trim().split('\n').at(-1));
      const storage = await openFileStorage(path);
      const { run, sealedWeights } = (await storage.read('run'))!;
      expect([numPromised, numPromised + 1]).toContain(run.attempt);
      expect(sealedWeights).toEqual(new Uint8Array(200_000).fill(run.attempt % 256));
      await storage.close();
      latest = Math.max(latest, numPromised);
    }
    expect(latest).toBeGreaterThan(3);
  }, 60_000);
});
