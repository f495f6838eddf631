// Locks as the browser keeps them: of a worker that is killed, of somebody who gives up waiting.
import { expect, test } from 'vitest';
import { claimIdentity, holdPresence, holdStorage, onAbsence } from './presence.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A worker that holds the lock for life. */
async function workerHolding(lock: string): Promise<Worker> {
  const code = `navigator.locks.request(${JSON.stringify(lock)}, () => {
    postMessage('held');
    return new Promise(() => {});
  });`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  await new Promise((held) => (worker.onmessage = held));
  return worker;
}

test('the death of a worker is noticed by all who wait for it', async () => {
  const lock = `test-${crypto.randomUUID()}`;
  const worker = await workerHolding(lock);
  const noticed: number[] = [];
  for (const i of [1, 2, 3]) onAbsence(lock, () => noticed.push(i));
  await pause(100);
  expect(noticed).toEqual([]);
  worker.terminate();
  await expect.poll(() => new Set(noticed)).toEqual(new Set([1, 2, 3]));
});

test('presence is there when it is named, and over when released', async () => {
  const presence = holdPresence();
  const lock = await presence.held;
  let isAbsent = false;
  onAbsence(lock, () => (isAbsent = true));
  await pause(100);
  expect(isAbsent).toBe(false);
  presence.release();
  await expect.poll(() => isAbsent).toBe(true);
});

test('who gives up waiting is not called', async () => {
  const presence = holdPresence();
  let isAbsent = false;
  const giveUp = onAbsence(await presence.held, () => (isAbsent = true));
  giveUp();
  presence.release();
  await pause(100);
  expect(isAbsent).toBe(false);
});

test('an identity has one host at a time, and the next when that one is gone', async () => {
  const clientId = crypto.randomUUID();
  const worker = await workerHolding(`roundtable-identity-${clientId}`);
  expect(await claimIdentity(clientId, 50)).toBe(false);
  const claimed = claimIdentity(clientId, 5000);
  worker.terminate();
  expect(await claimed).toBe(true);
  expect(await claimIdentity(clientId, 50)).toBe(false);
  expect(await claimIdentity(crypto.randomUUID(), 50)).toBe(true);
});

test('storage waits for the server before', async () => {
  const worker = await workerHolding('roundtable-storage');
  let isHeld = false;
  const holding = holdStorage().then(() => (isHeld = true));
  await pause(100);
  expect(isHeld).toBe(false);
  worker.terminate();
  await holding;
});
