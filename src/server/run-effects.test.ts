// The coordinator as it runs: what its effects do to connections, timers, storage and sums, with fake time.
// What it decides is tested elsewhere; clients and scheme here are real, but tiny.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPlaintextScheme } from '../core/encryption/plaintext-scheme.ts';
import { defaultRunConfig, type RunConfig } from '../core/experiment/run-config.ts';
import type { PersistentChange } from '../core/federation/persistence.ts';
import { storedRecord, storedRun } from '../testing/samples/stored-run.ts';
import { serveTable, type TableOptions } from '../testing/samples/served-table.ts';
import { createMemoryStorage } from './memory-storage.ts';
import type { Storage } from './storage.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DEADLINE_MS = 5000;
const config: RunConfig = {
  ...defaultRunConfig,
  clients: 3,
  minimumClients: 2,
  rounds: 2,
  deadlineMs: DEADLINE_MS,
  encryption: 'plaintext',
};
const startRun = { type: 'start-run', config, withTwin: false } as const;

/** Memory that can be told to fail, or to take its time. */
function createFrailStorage() {
  const memory = createMemoryStorage();
  const frail = {
    memory,
    failsToSave: false,
    failsToRead: false,
    /** Saves wait for it. */
    gate: Promise.resolve(),
    changes: [] as PersistentChange[],
  };
  const storage: Storage = {
    ...memory,
    async apply(change) {
      await frail.gate;
      if (frail.failsToSave) throw new Error('the disk is full');
      frail.changes.push(change);
      await memory.apply(change);
    },
    read: (runId) =>
      frail.failsToRead ? Promise.reject(new Error('unreadable')) : memory.read(runId),
  };
  return Object.assign(frail, { storage });
}

async function setUp(options: Partial<TableOptions> = {}) {
  /** `what connection`, in order. */
  const log: string[] = [];
  const table = await serveTable({
    storage: createMemoryStorage(),
    onDisconnect: (connection) => log.push(`disconnect ${connection}`),
    ...options,
    onSend(connection, message) {
      log.push(`${message.type} ${connection}`);
      options.onSend?.(connection, message);
    },
  });
  return { ...table, log };
}
type Table = Awaited<ReturnType<typeof setUp>>;

/** Lets everything happen that waits for no timer. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const runIn = ({ host }: Table) => host.view().run!;
const sent = ({ log }: Table, what: string) => log.filter((entry) => entry.startsWith(what)).length;

async function started(table: Table) {
  const clients = ['a', 'b', 'c'].map((clientId) => table.join(clientId).client);
  expect(await table.command(startRun)).toEqual({ ok: true, result: { runId: 'run' } });
  return clients;
}

describe('events', () => {
  it('are stepped one after the other: what one causes waits for the last effect of the one before', async () => {
    const table: Table = await setUp({
      onSend(connection, message) {
        if (connection !== 'connection-1' || message.type !== 'welcome') return;
        void table.command({ type: 'set-view-interval', viewIntervalMs: 100 }); // at once
      },
    });
    table.join('a');
    await settle();
    table.join('a'); // on a second connection, in place of the first
    await settle();
    expect(table.log).toEqual([
      'welcome connection-0',
      'welcome connection-1',
      'disconnect connection-0',
      'answer page',
    ]);
  });

  it('carry the time at which they happened', async () => {
    vi.setSystemTime(5_000_000);
    const table = await setUp();
    await pass(250);
    await started(table);
    await settle();
    expect(runIn(table)).toMatchObject({ phase: 'finished', startedAtMs: 5_000_250 });
  });
});

describe('what is sent', () => {
  it('is a copy: the weights that one client was handed are there for the next', async () => {
    const storage = createMemoryStorage();
    const first = await setUp({ storage });
    const [, , last] = await started(first);
    last!.stallIn('encrypt', 2);
    await settle();
    first.stop();
    const weights: (number | undefined)[] = [];
    const next = await setUp({
      storage,
      onSend: (_connection, message) => {
        if (message.type === 'assign') weights.push(message.weights.sealed?.byteLength);
      },
    });
    for (const clientId of ['a', 'b', 'c']) next.join(clientId);
    await settle();
    expect(weights).toEqual([32, 32, 32]);
    expect(runIn(next).phase).toBe('finished');
  });
});

describe('timers', () => {
  it('fire when their time has come, once', async () => {
    const table = await setUp();
    const [, , last] = await started(table);
    last!.stallIn('encrypt', 1);
    await settle();
    await pass(DEADLINE_MS - 1);
    expect(runIn(table)).toMatchObject({ phase: 'open', round: 1, attempt: 1 });
    await pass(1);
    expect(table.host.view().history.map(({ numClients }) => numClients)).toEqual([0, 2, 2]);
  });

  it('are cleared when what they wait for has happened', async () => {
    const table = await setUp();
    await started(table);
    await settle();
    expect(runIn(table).phase).toBe('finished');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are one for each client that is waited for', async () => {
    const table = await setUp();
    const first = table.join('a').client;
    first.stallIn('prepare', 0);
    await table.command(startRun);
    await pass(600);
    table.join('b').client.stallIn('prepare', 0);
    await pass(399);
    const standings = () => table.host.view().clients.map(({ standing }) => standing);
    expect(standings()).toEqual(['preparing', 'preparing']);
    await pass(1);
    expect(standings()).toEqual(['unresponsive', 'preparing']);
    await pass(600);
    expect(standings()).toEqual(['unresponsive', 'unresponsive']);
  });

  it('and everything else end with the server', async () => {
    const frail = createFrailStorage();
    const table = await setUp({ storage: frail.storage });
    const [, , last] = await started(table);
    last!.stallIn('encrypt', 1);
    await settle();
    expect(vi.getTimerCount()).toBe(1);
    const before = [table.host.view(), frail.changes.length, table.log.length];
    table.stop();
    expect(vi.getTimerCount()).toBe(0);
    table.join('d');
    await pass(10 * DEADLINE_MS);
    expect([table.host.view(), frail.changes.length, table.log.length]).toEqual(before);
  });
});

describe('saves', () => {
  it('are durable before anybody is told of a round', async () => {
    const frail = createFrailStorage();
    const table = await setUp({ storage: frail.storage });
    let open = () => {};
    await started(table);
    frail.gate = new Promise((resolve) => (open = resolve));
    await pass(DEADLINE_MS / 2);
    expect(runIn(table).phase).toBe('committing');
    expect(table.host.view().history).toEqual([]);
    expect(sent(table, 'commit')).toBe(0);
    open();
    await settle();
    expect(runIn(table).phase).toBe('finished');
    expect(sent(table, 'commit')).toBe(9); // three rounds, three clients
    expect(frail.memory.runNow('run')!.run).toMatchObject({ committedRound: 2 });
  });

  it('that fail pause the run at its last commit, and say so; it goes on when told to', async () => {
    const frail = createFrailStorage();
    let hasFailed = false;
    const table = await setUp({
      storage: frail.storage,
      onSend: (_connection, { type }) => {
        if (type === 'train' && !hasFailed) frail.failsToSave = hasFailed = true;
      },
    });
    await started(table);
    await settle();
    expect(runIn(table)).toMatchObject({ phase: 'paused' });
    expect(runIn(table).note).not.toBeNull();
    expect(table.host.view().history.map(({ round }) => round)).toEqual([0]);
    expect(sent(table, 'commit')).toBe(3);
    expect(frail.memory.runNow('run')!.run.committedRound).toBe(0);
    frail.failsToSave = false;
    expect(await table.command({ type: 'continue-run', runId: 'run' })).toMatchObject({ ok: true });
    await settle();
    expect(runIn(table).phase).toBe('finished');
    expect(frail.memory.runNow('run')!.run.committedRound).toBe(2);
  });
});

describe('sums', () => {
  it('are opened, filled and released for each attempt, and told', async () => {
    const table = await setUp();
    await started(table);
    await settle();
    expect(table.host.view().history.map(({ contributors }) => contributors)).toEqual([
      [],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(sent(table, 'sum')).toBe(6); // two rounds for three clients
  });

  it('take no update that is none: its client is told, and the round goes on without it', async () => {
    let numSchemes = 0;
    const table = await setUp({
      schemeOf: (parameters) => {
        const scheme = createPlaintextScheme(parameters);
        const isFirst = numSchemes++ === 0;
        const tooLarge = () => new Uint8Array(parameters.updateBytes).fill(255);
        return {
          ...scheme,
          open: (keys) => {
            const opened = scheme.open(keys);
            const encrypt = isFirst ? tooLarge : opened.encryptor.encrypt;
            return { ...opened, encryptor: { ...opened.encryptor, encrypt } };
          },
        };
      },
    });
    await started(table);
    await settle();
    const history = table.host.view().history.slice(1);
    expect(history.map(({ contributors }) => contributors.length)).toEqual([2, 2]);
    expect(table.host.view().server.rejections).toMatchObject({ 'bad-update': 2 });
    expect(sent(table, 'rejected')).toBe(2);
  });
});

describe('answers from storage', () => {
  const history = [storedRecord(0), storedRecord(1)];
  /** Two runs that are over: `old` is in the archive. */
  async function withArchive() {
    const frail = createFrailStorage();
    const over = { status: 'finished', endedAtMs: 9, history } as const;
    const save = (
      runId: string,
      startedAtMs: number,
      sealedWeights: Uint8Array<ArrayBuffer> | null,
    ) =>
      frail.storage.apply({
        type: 'save-run',
        run: storedRun(runId, { ...over, startedAtMs }),
        sealedWeights,
        sealedKeys: null,
      });
    await save('pruned', 1, null);
    await save('old', 2, Uint8Array.of(1, 2));
    await save('new', 3, null);
    return { frail, table: await setUp({ storage: frail.storage }) };
  }

  it('have the history and the model of an archived run', async () => {
    const { table } = await withArchive();
    expect(table.host.view().archive.map(({ runId }) => runId)).toEqual(['old', 'pruned']);
    expect(await table.command({ type: 'get-history', runId: 'old' })).toEqual({
      ok: true,
      result: { runId: 'old', history },
    });
    expect(await table.command({ type: 'get-model', runId: 'old' })).toEqual({
      ok: true,
      result: { runId: 'old', round: 1, sealedWeights: Uint8Array.of(1, 2) },
    });
  });

  it('refuse a model that was not kept, a run that is not there, and what cannot be read', async () => {
    const { frail, table } = await withArchive();
    const refused = async (type: 'get-history' | 'get-model', runId: string) => {
      const outcome = await table.command({ type, runId });
      return outcome.ok ? null : outcome.code;
    };
    expect(await refused('get-model', 'pruned')).toBe('not-now');
    expect(await refused('get-history', 'pruned')).toBeNull();
    expect(await refused('get-history', 'unknown')).toBe('not-now');
    frail.failsToRead = true;
    expect(await refused('get-history', 'old')).toBe('not-now');
  });

  it('begin with what was restored: a deleted archive stays deleted', async () => {
    const { frail, table } = await withArchive();
    await table.command({ type: 'clear-archive' });
    await settle();
    expect(frail.memory.runsNow().map(({ run }) => run.runId)).toEqual(['new']);
    table.stop();
    const next = await setUp({ storage: frail.storage });
    expect(next.host.view()).toMatchObject({ archive: [], server: { restarts: 1 } });
  });
});
