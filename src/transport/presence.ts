// Who is there, told by Web Locks: the browser releases a lock however its holder dies, so waiting for
// one needs no heartbeat. The one place that holds and awaits locks, and that knows their names.
// (The `close` event of a MessagePort would say the same, but not when a process crashes.)

/** One side's own sign of life. */
export interface Presence {
  /** The lock's name, once it is held: whoever is told it before would take this side for gone. */
  readonly held: Promise<string>;
  /** Gone from now on, as when this worker or page dies. */
  release(): void;
}

const STORAGE_LOCK = 'roundtable-storage';
const CALIBRATION_LOCK = 'roundtable-calibration';
const identityLock = (clientId: string) => `roundtable-identity-${clientId}`;

/** Held until `release`, or until the page or worker ends, however it ends. */
export function holdPresence(): Presence {
  const name = `roundtable-presence-${crypto.randomUUID()}`;
  let release = () => {};
  const end = new Promise<void>((resolve) => (release = resolve));
  return { held: hold(name, end).then(() => name), release };
}

/**
 * Calls back once when nobody holds the lock any more, at once when nobody does. The returned function
 * gives up waiting.
 */
export function onAbsence(lockName: string, absent: () => void): () => void {
  const giveUp = new AbortController();
  // Shared: all who wait for one side hear of its end at the same time.
  const options = { mode: 'shared', signal: giveUp.signal } as const;
  navigator.locks
    .request(lockName, options, () => {
      if (!giveUp.signal.aborted) absent();
    })
    .catch(() => undefined); // given up
  return () => giveUp.abort();
}

/** Resolves when this is the one server that may write to storage; it stays so for life. */
export function holdStorage(): Promise<void> {
  return hold(STORAGE_LOCK, new Promise(() => {}));
}

/**
 * Whether this page may be the host of that client: for life, if no other page is (a duplicated tab).
 * `waitMs`: how long the other page, one that is just being reloaded, may take to let go.
 */
export function claimIdentity(clientId: string, waitMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(waitMs);
  return hold(identityLock(clientId), new Promise(() => {}), { signal }).then(
    () => true,
    () => false,
  );
}

/** Does the work when no other client of this browser measures: two at once would slow each other. */
export function calibrateAlone<Result>(work: () => Promise<Result>): Promise<Result> {
  return navigator.locks.request(CALIBRATION_LOCK, work);
}

/** Resolves once the lock is held; it is held until `end`. */
function hold(name: string, end: Promise<void>, options: LockOptions = {}): Promise<void> {
  return new Promise((held, refused) => {
    navigator.locks
      .request(name, options, () => {
        held();
        return end;
      })
      .catch(refused);
  });
}
