// That one server at a time writes a folder. Node has no advisory file locks, so the lock is a file that
// says who holds it, `lock-<number>`, and the highest number counts. Files are made by `link`, which
// fails when the name is taken and never shows a half-written one; a lock whose process is gone is not
// removed but outbid by the next number, which only one of several can take. So there is no moment in
// which two believe that they have removed the dead one's and hold their own.
import { link, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { isMissing } from './durable-folder.ts';
import { StorageError } from './storage-error.ts';

const LOCK = /^lock-(\d+)$/;
/** Not yet linked, or left behind before it was. */
const DRAFT = /^lock-draft-\d+-[0-9a-f-]+$/;

const holderSchema = v.strictObject({
  host: v.string(),
  pid: v.number(),
  /** When the process began, in a unit of the machine's; tells processes of one number apart. Null: not known. */
  began: v.nullable(v.string()),
  isReleased: v.boolean(),
});
type Holder = v.InferOutput<typeof holderSchema>;

export function isLockName(name: string): boolean {
  return LOCK.test(name) || DRAFT.test(name);
}

/** Resolves to what releases the lock. Throws StorageError `in-use` while another process, or this one, holds it. */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  const draft = join(path, `lock-draft-${process.pid}-${crypto.randomUUID()}`);
  const self = { host: hostname(), pid: process.pid, began: beganOf(process.pid) };
  await writeFile(draft, JSON.stringify({ ...self, isReleased: false } satisfies Holder));
  try {
    for (;;) {
      const highest = await highestLock(path);
      if (highest > 0) await demandFree(path, highest);
      const own = highest + 1;
      if (!(await linked(draft, lockAt(path, own)))) continue; // another was quicker
      // Numbers below the highest are free again when they were cleared away: one that was slow may get one.
      if ((await highestLock(path)) !== own) {
        await unlink(lockAt(path, own)).catch(() => undefined); // or it was cleared away, too
        continue;
      }
      await clearBelow(path, own);
      return async () => {
        const released = `${draft}-0`;
        await writeFile(released, JSON.stringify({ ...self, isReleased: true } satisfies Holder));
        await rename(released, lockAt(path, own));
      };
    }
  } finally {
    await unlink(draft);
  }
}

async function demandFree(path: string, number: number): Promise<void> {
  const text = await readFile(lockAt(path, number), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null; // outbid meanwhile, or the next try finds it
    throw error;
  });
  if (text === null) return;
  const holder = holderIn(text);
  const hint = `If no server runs there, delete ${lockAt(path, number)}.`;
  if (holder === null) throw new StorageError('in-use', `${path}: its lock is unreadable. ${hint}`);
  if (holder.isReleased || isGone(holder)) return;
  const who = `process ${holder.pid} on ${holder.host}`;
  throw new StorageError('in-use', `${path} is in use by ${who}. ${hint}`);
}

function holderIn(text: string): Holder | null {
  try {
    return v.parse(holderSchema, JSON.parse(text));
  } catch {
    return null;
  }
}

/** Of another machine's process nothing can be known. */
function isGone({ host, pid, began }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0); // asks only
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  const now = beganOf(pid);
  return began !== null && now !== null && began !== now;
}

/** Linux: the boot and field 22 of /proc/<pid>/stat, in clock ticks after it (proc(5)). Elsewhere null. */
function beganOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; the third follows it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
    return ticks === undefined ? null : `${boot} ${ticks}`;
  } catch {
    return null;
  }
}

async function highestLock(path: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(path)));
}

async function lockNumbers(path: string): Promise<number[]> {
  const names = await readdir(path);
  return names.flatMap((name) => LOCK.exec(name)?.[1] ?? []).map(Number);
}

async function clearBelow(path: string, number: number): Promise<void> {
  const lower = (await lockNumbers(path)).filter((other) => other < number);
  await Promise.allSettled(lower.map((other) => unlink(lockAt(path, other))));
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function lockAt(path: string, number: number): string {
  return join(path, `lock-${number}`);
}
