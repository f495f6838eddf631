// A folder on a disk that loses whatever it may when the power goes: of the names that were not made
// durable any may be there or not, whatever their order, and a file that was being written holds a part of
// its content. The machine goes down before the operation that it is told to.
import { createRandom } from '../../core/math/random.ts';
import type { DurableFolder } from '../../server/node/durable-folder.ts';

type Bytes = Uint8Array<ArrayBuffer>;
/** Null: no file of this name. */
type NameChange = { readonly name: string; readonly content: Bytes | null };

export interface SimulatedDisk {
  readonly folder: DurableFolder;
  readonly numOperations: number;
  /** The power is back: what is left, on a disk that does not fail. `seed` draws what is lost. */
  afterPowerCut(seed: number): SimulatedDisk;
}

/** `failsAt`: the operation, counted from 0, that is not done any more, nor any after it. */
export function createDisk(
  files: ReadonlyMap<string, Bytes> = new Map(),
  failsAt = Infinity,
): SimulatedDisk {
  const durable = new Map(files);
  const names = new Map(files);
  /** Since the last `sync`. */
  let changes: NameChange[] = [];
  let torn: NameChange | null = null;
  let numOperations = 0;

  function operate(): void {
    if (numOperations >= failsAt) throw new Error('the power is gone');
    numOperations++;
  }

  function put(name: string, content: Bytes | null): void {
    if (content === null) names.delete(name);
    else names.set(name, content);
    changes.push({ name, content });
  }

  const folder: DurableFolder = {
    path: 'disk',
    names: async () => [...names.keys()],
    read: async (name) => names.get(name)?.slice() ?? null,
    async create(name, content) {
      if (names.has(name)) throw new Error(`${name} is there already`);
      if (numOperations === failsAt) torn ??= { name, content: Uint8Array.from(content) };
      operate();
      put(name, Uint8Array.from(content));
    },
    async rename(from, to) {
      operate();
      const content = names.get(from);
      if (content === undefined) throw new Error(`${from} is not there`);
      put(to, content);
      put(from, null);
    },
    async remove(name) {
      if (!names.has(name)) throw new Error(`${name} is not there`);
      operate();
      put(name, null);
    },
    async sync() {
      operate();
      for (const { name, content } of changes) {
        if (content === null) durable.delete(name);
        else durable.set(name, content);
      }
      changes = [];
    },
  };

  return {
    folder,
    get numOperations() {
      return numOperations;
    },
    afterPowerCut(seed) {
      const random = createRandom(seed, 'power-cut');
      const left = new Map(durable);
      const part = (bytes: Bytes) => bytes.slice(0, random.below(bytes.length + 1));
      const last = torn === null ? [] : [{ name: torn.name, content: part(torn.content!) }];
      for (const { name, content } of [...changes, ...last]) {
        if (random.uniform() < 0.5) continue;
        if (content === null) left.delete(name);
        else left.set(name, content);
      }
      return createDisk(left);
    },
  };
}
