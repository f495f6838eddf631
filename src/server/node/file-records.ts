// Records in the files of one folder. Every record is a file of its own, written once under a name that is
// never used for another; `index.json` says which files count, and replacing it by a rename is the moment
// at which a change, however many records it concerns, has happened. So a crash leaves the old index or
// the new one, and files that neither names, which are removed when the folder is opened again.
// The other choice, an append-only log, would have to be compacted: sealed weights are replaced each round.
//
// The order of a change: new files with their contents, their names, the new index beside the old, the
// rename, its name; only then is it durable, and only then do the files that it replaced go.
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { parseJson, stringifyJson } from '../../core/tuning/non-finite-json.ts';
import type { RecordPlace, Records, StoreName, Write } from '../records.ts';
import type { DurableFolder } from './durable-folder.ts';
import { isLockName } from './folder-lock.ts';
import { StorageError } from './storage-error.ts';

const FORMAT = 'roundtable-storage';
/** Raised with every change that an older server could not understand. */
const VERSION = 1;
const INDEX = 'index.json';
const NEW_INDEX = 'index.json.new';
const RECORD_FILE = /^(?:runs|sealed|studies)-(\d+)\.(?:json|bytes)$/;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const entrySchema = v.strictObject({
  store: v.picklist(['runs', 'sealed', 'studies']),
  name: v.string(),
  file: v.pipe(v.string(), v.regex(RECORD_FILE)),
  numBytes: count,
  crc32: count,
});
const indexSchema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  starts: count,
  records: v.array(entrySchema),
});

type Bytes = Uint8Array<ArrayBuffer>;
/** A record's file. */
type Entry = v.InferOutput<typeof entrySchema>;

interface Index {
  readonly starts: number;
  /** By store and name, in the order in which the names were first written. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Throws a StorageError `foreign`, `too-new` or `damaged` when the folder is not one to be written. */
export async function checkFolder(folder: DurableFolder): Promise<void> {
  await readIndex(folder);
}

/** Throws as `checkFolder` does. The caller holds the folder's lock. */
export async function openRecords(folder: DurableFolder): Promise<RecordPlace> {
  let index = await readIndex(folder);
  const names = await folder.names();
  const used = new Set([...index.entries.values()].map(({ file }) => file));
  const unused = names.filter((name) => RECORD_FILE.test(name) && !used.has(name));
  await Promise.all(unused.map((name) => folder.remove(name)));
  let serial = Math.max(0, ...names.map((name) => Number(RECORD_FILE.exec(name)?.[1] ?? 0)));
  let isClosed = false;
  let tail: Promise<unknown> = Promise.resolve();

  /** One after the other: what is read is what was asked to be written before. */
  function inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isClosed) return Promise.reject(new Error('The storage is closed.'));
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  }

  async function commit(contents: readonly Content[], starts: number): Promise<void> {
    const entries = new Map(index.entries);
    const created: { readonly file: string; readonly bytes: Uint8Array }[] = [];
    for (const { store, name, bytes } of contents) {
      if (bytes === null) {
        entries.delete(keyOf(store, name));
        continue;
      }
      const file = `${store}-${++serial}.${store === 'sealed' ? 'bytes' : 'json'}`;
      const sum = { numBytes: bytes.byteLength, crc32: crc32(bytes) };
      entries.set(keyOf(store, name), { store, name, file, ...sum });
      created.push({ file, bytes });
    }
    try {
      await settledAll(created.map(({ file, bytes }) => folder.create(file, bytes)));
      if (created.length > 0) await folder.sync();
      await writeIndex(folder, { starts, entries });
    } catch (error) {
      // The old index counts; what is not removed now is removed when the folder is opened again.
      await Promise.allSettled(created.map(({ file }) => folder.remove(file)));
      throw error;
    }
    const before = index;
    index = { starts, entries };
    await folder.sync();
    const kept = new Set([...entries.values()].map(({ file }) => file));
    const replaced = [...before.entries.values()].filter(({ file }) => !kept.has(file));
    await Promise.allSettled(replaced.map(({ file }) => folder.remove(file)));
  }

  async function get<Store extends StoreName>(store: Store, name: string) {
    const entry = index.entries.get(keyOf(store, name));
    if (entry === undefined) return null;
    return decoded(store, await readRecord(folder, entry));
  }

  if (names.includes(NEW_INDEX)) await folder.remove(NEW_INDEX);
  if (!names.includes(INDEX)) await commit([], 0);
  return {
    get: (store, name) => inOrder(() => get(store, name)),
    all: <Store extends StoreName>(store: Store) =>
      inOrder(async () => {
        const records: Records[Store][] = [];
        for (const entry of index.entries.values()) {
          // One at a time: a process may have a thousand files open, and there may be more runs.
          if (entry.store === store) records.push(decoded(store, await readRecord(folder, entry)));
        }
        return records;
      }),
    async write(writes) {
      const contents = writes.map(contentOf); // before the first await: the caller may change its bytes
      await inOrder(() => commit(contents, index.starts));
    },
    countStart: () =>
      inOrder(async () => {
        const before = index.starts;
        await commit([], before + 1);
        return before;
      }),
    async close() {
      isClosed = true;
      await tail;
    },
  };
}

interface Content {
  readonly store: StoreName;
  readonly name: string;
  readonly bytes: Uint8Array | null;
}

function contentOf({ store, name, value }: Write): Content {
  if (value === null) return { store, name, bytes: null };
  const bytes = store === 'sealed' ? value.slice() : new TextEncoder().encode(stringifyJson(value));
  return { store, name, bytes };
}

function decoded<Store extends StoreName>(store: Store, bytes: Bytes): Records[Store] {
  const record: unknown = store === 'sealed' ? bytes : parseJson(new TextDecoder().decode(bytes));
  return record as Records[Store];
}

async function readRecord(folder: DurableFolder, entry: Entry): Promise<Bytes> {
  const bytes = await folder.read(entry.file);
  if (bytes === null) throw damaged(folder, `${entry.file} is missing`);
  if (bytes.byteLength !== entry.numBytes || crc32(bytes) !== entry.crc32) {
    throw damaged(folder, `${entry.file} is not what was written`);
  }
  return bytes;
}

async function readIndex(folder: DurableFolder): Promise<Index> {
  const names = await folder.names();
  const bytes = await folder.read(INDEX);
  if (bytes === null) {
    const strangers = names.filter((name) => name !== NEW_INDEX && !isLockName(name));
    if (strangers.length === 0) return { starts: 0, entries: new Map() };
    throw new StorageError('foreign', `${folder.path} has no ${INDEX} and is not empty.`);
  }
  const index = parsedIndex(folder, bytes);
  const missing = index.records.find(({ file }) => !names.includes(file));
  if (missing !== undefined) throw damaged(folder, `${missing.file} is missing`);
  const entries = new Map(index.records.map((entry) => [keyOf(entry.store, entry.name), entry]));
  return { starts: index.starts, entries };
}

function parsedIndex(folder: DurableFolder, bytes: Bytes): v.InferOutput<typeof indexSchema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    json = null;
  }
  const head = v.safeParse(v.object({ format: v.literal(FORMAT), version: count }), json);
  if (!head.success) {
    throw new StorageError('foreign', `${folder.path}/${INDEX} belongs to something else.`);
  }
  const { version } = head.output;
  if (version > VERSION) {
    const text = `${folder.path} was written in version ${version}; this build reads ${VERSION}.`;
    throw new StorageError('too-new', text);
  }
  const index = v.safeParse(indexSchema, json);
  if (!index.success) throw damaged(folder, `${INDEX} is not what was written`);
  return index.output;
}

async function writeIndex(folder: DurableFolder, { starts, entries }: Index): Promise<void> {
  const index = { format: FORMAT, version: VERSION, starts, records: [...entries.values()] };
  // Left behind by a change that failed in between.
  await folder.remove(NEW_INDEX).catch(() => undefined);
  await folder.create(NEW_INDEX, new TextEncoder().encode(`${JSON.stringify(index)}\n`));
  await folder.rename(NEW_INDEX, INDEX);
}

/** Waits for all of them, also when one fails: none goes on behind the caller's back. */
async function settledAll(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason as Error;
}

function keyOf(store: StoreName, name: string): string {
  return `${store}/${name}`;
}

function damaged(folder: DurableFolder, what: string): StorageError {
  return new StorageError('damaged', `${folder.path}: ${what}.`);
}
