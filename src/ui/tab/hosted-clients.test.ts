// Clients that a page hosts, with workers, storage and identities played: replaced up to the limit,
// brought back after a reload, given the way to a new server.
import { beforeEach, describe, expect, it } from 'vitest';
import type { HostToClient } from '../../core/protocol/host-messages.ts';
import type { BackendChoice } from '../../core/training/trainer.ts';
import type { HostedClient } from '../dashboard-store.ts';
import { createHostedClients, MAX_RESTARTS, type WorkerHearer } from './hosted-clients.ts';

interface PlayedWorker {
  readonly hearer: WorkerHearer;
  readonly posted: HostToClient<string>[];
  isTerminated: boolean;
}

let stored: string | null;
let taken: Set<string>;
let workers: PlayedWorker[];
let shown: readonly HostedClient[];
let numEndpoints: number;
let nextId: number;

beforeEach(() => {
  stored = null;
  taken = new Set();
  [workers, shown, numEndpoints, nextId] = [[], [], 0, 0];
});

function openPage(defaultBackend: BackendChoice = 'auto', numCores = 100) {
  return createHostedClients<string>({
    openEndpoint: () => `endpoint-${numEndpoints++}`,
    startWorker(hearer) {
      const worker: PlayedWorker = { hearer, posted: [], isTerminated: false };
      workers.push(worker);
      return {
        post: (message) => worker.posted.push(message),
        terminate: () => (worker.isTerminated = true),
      };
    },
    memory: { read: () => stored, write: (text) => (stored = text) },
    claimIdentity: (clientId) => Promise.resolve(!taken.has(clientId)),
    freshClientId: () => `fresh${nextId++}`,
    secret: new Uint8Array(32),
    dataUrl: 'http://data/',
    defaultBackend,
    numCores,
    onChange: (hosted) => (shown = hosted),
  });
}
/** Identities are claimed in a few turns. */
const settled = () => new Promise((resolve) => setTimeout(resolve));
const playedBy = (worker: PlayedWorker | undefined) =>
  worker?.posted.flatMap((message) => (message.type === 'play' ? [message.client] : []));

describe('hosted clients', () => {
  it('start in workers of their own while there are cores, each with its way to the server', async () => {
    openPage('wasm').add(2);
    expect(shown.map(({ state }) => state)).toEqual(['starting', 'starting']);
    await settled();
    expect(workers.map(({ posted }) => posted)).toMatchObject([
      [
        { type: 'start', endpoint: 'endpoint-0' },
        { type: 'play', client: { clientId: 'fresh0', backend: 'wasm' } },
      ],
      [
        { type: 'start', endpoint: 'endpoint-1' },
        { type: 'play', client: { clientId: 'fresh1', backend: 'wasm' } },
      ],
    ]);
    workers[0]!.hearer.onMessage({ type: 'joined', clientId: 'fresh0' });
    expect(shown.map(({ state }) => state)).toEqual(['running', 'starting']);
    expect(shown[0]!.name).toBe('Client FRES');
  });

  it('are replaced when they ask or fail, up to the limit, with the same identity', async () => {
    openPage().add(1);
    await settled();
    for (let failures = 1; failures <= MAX_RESTARTS + 1; failures++) {
      const worker = workers.at(-1)!;
      if (failures % 2 === 0) worker.hearer.onError('no script');
      else worker.hearer.onMessage({ type: 'replace-me', reason: 'device lost' });
      expect(worker.isTerminated).toBe(true);
      expect(shown[0]!.restarts).toBe(failures);
      expect(shown[0]!.detail).toBe(failures % 2 === 0 ? 'no script' : 'device lost');
      worker.hearer.onMessage({ type: 'joined', clientId: 'fresh0' }); // said before it died
      expect(shown[0]!.state).toBe(failures > MAX_RESTARTS ? 'stopped' : 'restarting');
    }
    expect(workers).toHaveLength(1 + MAX_RESTARTS);
    expect(workers.map((worker) => playedBy(worker)![0]!.clientId)).toEqual(
      Array(1 + MAX_RESTARTS).fill('fresh0'),
    );
  });

  it('come back after a reload with identity and backend, and are remembered no longer when removed', async () => {
    const page = openPage();
    page.add(3);
    await settled();
    page.setBackend('fresh1', 'cpu');
    page.remove('fresh0');
    expect(workers[0]!.isTerminated).toBe(true);
    workers = [];
    expect(openPage().restore()).toBe(2);
    await settled();
    expect(workers.flatMap((worker) => playedBy(worker)!)).toMatchObject([
      { clientId: 'fresh1', backend: 'cpu' },
      { clientId: 'fresh2', backend: 'auto' },
    ]);
  });

  it('of a duplicated tab take identities of their own', async () => {
    openPage().add(1);
    await settled();
    taken.add('fresh0').add('fresh1');
    workers = [];
    openPage().restore();
    await settled();
    expect(playedBy(workers[0])).toMatchObject([{ clientId: 'fresh2' }]);
    expect(stored).toContain('fresh2');
    expect(stored).not.toContain('fresh0');
  });

  it.each([null, '', 'no JSON'])('are none where storage holds %j', (text) => {
    stored = text;
    expect(openPage().restore()).toBe(0);
  });

  it('are all given a way of their own to a new server, those without a worker apart', async () => {
    const page = openPage();
    page.add(2);
    await settled();
    page.add(1); // has no identity yet
    page.reconnectAll();
    const last = workers.map(({ posted }) => posted.at(-1));
    expect(last).toEqual([
      { type: 'reconnect', endpoint: 'endpoint-2' },
      { type: 'reconnect', endpoint: 'endpoint-3' },
    ]);
    await settled();
    expect(workers[2]!.posted[0]).toMatchObject({ type: 'start', endpoint: 'endpoint-4' });
  });

  it('that are removed before they have an identity never start', async () => {
    const page = openPage();
    page.add(1);
    page.remove('fresh0');
    await settled();
    expect(workers).toEqual([]);
    expect(shown).toEqual([]);
  });

  it('take another backend with a new worker, and the old one is heard no more', async () => {
    const page = openPage();
    page.add(1);
    await settled();
    workers[0]!.hearer.onMessage({ type: 'replace-me', reason: 'x' });
    page.setBackend('fresh0', 'cpu');
    page.setBackend('fresh0', 'cpu');
    expect(workers).toHaveLength(3);
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true, false]);
    expect(shown[0]).toMatchObject({ state: 'restarting', restarts: 0, backend: 'cpu' });
    workers[1]!.hearer.onError('late');
    expect(workers).toHaveLength(3);
  });

  describe('that are more than the cores', () => {
    const ids = (worker: PlayedWorker | undefined) => playedBy(worker)!.map((c) => c.clientId);

    it('are spread evenly over one worker a core', async () => {
      openPage('auto', 2).add(5);
      await settled();
      expect(workers.map(ids)).toEqual([
        ['fresh0', 'fresh2', 'fresh4'],
        ['fresh1', 'fresh3'],
      ]);
      expect(numEndpoints).toBe(2);
      workers[0]!.hearer.onMessage({ type: 'joined', clientId: 'fresh2' });
      expect(shown.map(({ state }) => state)).toEqual([
        ...['starting', 'starting', 'running', 'starting', 'starting'],
      ]);
    });

    it('leave without taking others with them; the last one takes the worker', async () => {
      const page = openPage('auto', 1);
      page.add(2);
      await settled();
      page.remove('fresh0');
      expect(workers[0]!.posted.at(-1)).toEqual({ type: 'leave', clientId: 'fresh0' });
      expect(workers[0]!.isTerminated).toBe(false);
      page.remove('fresh1');
      expect(workers[0]!.isTerminated).toBe(true);
      page.add(1);
      await settled();
      expect(ids(workers[1])).toEqual(['fresh2']);
    });

    it('are all lost with their worker, and all played by the next one', async () => {
      openPage('auto', 1).add(3);
      await settled();
      workers[0]!.hearer.onMessage({ type: 'replace-me', reason: 'device lost' });
      expect(workers[0]!.isTerminated).toBe(true);
      expect(ids(workers[1])).toEqual(['fresh0', 'fresh1', 'fresh2']);
      expect(shown.map(({ state, restarts }) => `${state} ${restarts}`)).toEqual(
        Array(3).fill('restarting 1'),
      );
    });

    it('that joined later are not given up with those that have failed too often', async () => {
      const page = openPage('auto', 1);
      page.add(1);
      await settled();
      const fail = () => workers.at(-1)!.hearer.onError('no script');
      for (let failures = 0; failures < MAX_RESTARTS; failures++) fail();
      page.add(1);
      await settled();
      fail();
      expect(shown.map(({ state }) => state)).toEqual(['stopped', 'restarting']);
      expect(ids(workers.at(-1))).toEqual(['fresh1']);
    });

    it('have workers of their own for another backend', async () => {
      const page = openPage('auto', 1);
      page.add(2);
      await settled();
      page.setBackend('fresh1', 'cpu');
      expect(workers.map(ids)).toEqual([['fresh0', 'fresh1'], ['fresh1']]);
      expect(workers[0]!.posted.at(-1)).toEqual({ type: 'leave', clientId: 'fresh1' });
      page.setBackend('fresh1', 'auto');
      expect(workers[1]!.isTerminated).toBe(true);
      expect(workers[0]!.posted.at(-1)).toMatchObject({
        type: 'play',
        client: { clientId: 'fresh1' },
      });
      expect(workers).toHaveLength(2);
    });
  });
});
