// The server's conversations with the real coordinator left out: who is heard, what is said to whom, when
// views go, and what nonsense does. Fake time.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../core/protocol/connection.ts';
import { PROTOCOL_VERSION } from '../core/protocol/schema.ts';
import type { ServerView } from '../core/protocol/view.ts';
import { sampleView } from '../testing/samples/sample-view.ts';
import { createSimulatedTransport } from '../testing/simulation/transport.ts';
import type { Outlets, UntimedEvent } from './run-effects.ts';
import { openSessions } from './sessions.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function setUp() {
  const transport = createSimulatedTransport({
    now: () => Date.now(),
    later: (delayMs, act) => setTimeout(act, delayMs),
    delayMs: () => 1,
  });
  const events: UntimedEvent[] = [];
  const state = { view: sampleView(), outlets: null as Outlets | null };
  let serial = 0;
  let start = () => {};
  const started = new Promise<void>((resolve) => (start = resolve));
  const opening = openSessions({
    listener: transport.listener,
    async startCoordinator(outlets) {
      state.outlets = outlets;
      outlets.onChange(); // as at the end of its own start
      await started;
      return { dispatch: (event) => events.push(event), view: () => state.view, stop: () => {} };
    },
    freshId: () => `id-${serial++}`,
  });
  const connect = () => {
    const way = transport.openWay();
    const heard: { type?: string }[] = [];
    const end = { isGone: false };
    const connection: Connection = way.connector.connect({
      onMessage: (data) => heard.push(data as { type?: string }),
      onGone: () => (end.isGone = true),
    });
    return { way, heard, end, send: (message: object) => connection.send(message) };
  };
  return { transport, events, state, connect, start, opening };
}

async function started() {
  const sessions = await setUp();
  sessions.start();
  await sessions.opening;
  const change = (changes: Partial<ServerView>) => {
    sessions.state.view = { ...sessions.state.view, ...changes };
    sessions.state.outlets!.onChange();
  };
  return { ...sessions, change, outlets: sessions.state.outlets! };
}
const watch = (viewIntervalMs: number, protocolVersion = PROTOCOL_VERSION) => ({
  type: 'watch',
  requestId: 1,
  protocolVersion,
  viewIntervalMs,
});
const join = {
  type: 'join',
  protocolVersion: PROTOCOL_VERSION,
  clientId: 'client',
  name: 'Client',
};

describe('messages', () => {
  it('wait until the coordinator has started', async () => {
    const { connect, events, start, opening } = await setUp();
    connect().send(join);
    await pass(100);
    expect(events).toEqual([]);
    start();
    await opening;
    await pass(10);
    expect(events).toEqual([{ type: 'client-said', connection: 'id-0', message: join }]);
  });

  it('of clients and dashboards are told apart, each with its connection', async () => {
    const { connect, events } = await started();
    const [client, dashboard] = [connect(), connect()];
    client.send(join);
    dashboard.send({ type: 'clear-archive', requestId: 5 });
    await pass(10);
    expect(events).toEqual([
      { type: 'client-said', connection: 'id-0', message: join },
      {
        type: 'dashboard-said',
        connection: 'id-1',
        message: { type: 'clear-archive', requestId: 5 },
        freshRunId: 'id-2',
      },
    ]);
  });

  it.each([
    [{}, null],
    [[], null],
    [{ type: 'dance', secret: 'abc' }, 'dance'],
    [{ type: 'SELECT secret' }, null],
    [{ type: 'x'.repeat(33) }, null],
    [{ type: 7 }, null],
    [{ ...join, clientId: '../..' }, 'join'],
    [{ ...join, secret: 'abc' }, 'join'],
    [{ type: 'update', payload: 'secret' }, 'update'],
  ])('that cannot be read are told by their name alone: %j', async (message, about) => {
    const { connect, events } = await started();
    const client = connect();
    client.send(message);
    client.send(join);
    await pass(10);
    expect(events).toEqual([
      { type: 'client-spoke-nonsense', connection: 'id-0', about },
      { type: 'client-said', connection: 'id-0', message: join },
    ]);
    expect(client.end.isGone).toBe(false);
  });

  it('go to the connection they are for; to one that is gone they go nowhere', async () => {
    const { connect, outlets } = await started();
    const [a, b, c] = [connect(), connect(), connect()];
    for (const { send } of [a, b, c]) send(join);
    await pass(10);
    const payload = new Uint8Array(4);
    outlets.send('id-0', { type: 'welcome', payload }, [payload.buffer]);
    expect(payload.byteLength).toBe(0);
    a.way.die();
    outlets.broadcast(['id-0', 'id-2', 'unknown'], { type: 'sum' });
    outlets.send('unknown', { type: 'welcome' });
    await pass(10);
    expect([a, b, c].map(({ heard }) => heard.map(({ type }) => type))).toEqual([[], [], ['sum']]);
    outlets.send('id-1', { type: 'welcome' });
    await pass(10);
    expect(b.heard).toEqual([{ type: 'welcome' }]);
  });
});

describe('an end', () => {
  it('of a client or dashboard is told once; its views stop', async () => {
    const { connect, events, change } = await started();
    const dashboard = connect();
    dashboard.send(watch(100));
    await pass(10);
    dashboard.way.die();
    await pass(10);
    expect(events.at(-1)).toEqual({ type: 'client-gone', connection: 'id-0' });
    const numHeard = dashboard.heard.length;
    change({ clients: [] });
    expect(vi.getTimerCount()).toBe(0); // no view is prepared for it
    await pass(1000);
    expect(dashboard.heard).toHaveLength(numHeard);
    expect(events.filter(({ type }) => type === 'client-gone')).toHaveLength(1);
  });

  it('that the coordinator wants is told to the other side, and not back to it', async () => {
    const { connect, events, outlets } = await started();
    const client = connect();
    client.send(join);
    await pass(10);
    outlets.send('id-0', { type: 'rejected' });
    outlets.disconnect('id-0');
    outlets.disconnect('id-0');
    await pass(10);
    expect(client.heard).toEqual([{ type: 'rejected' }]);
    expect(client.end.isGone).toBe(true);
    expect(events.map(({ type }) => type)).toEqual(['client-said']);
  });
});

describe('views', () => {
  const viewsOf = (heard: readonly { type?: string }[]) =>
    heard.filter(({ type }) => type === 'view');

  it('come whole at first, then at the pace of each watcher', async () => {
    const { connect, change } = await started();
    const [fast, slow] = [connect(), connect()];
    fast.send(watch(100));
    slow.send(watch(1000));
    await pass(10);
    expect(fast.heard).toMatchObject([{ type: 'view', slices: sampleView() }]);
    for (let i = 0; i < 20; i++) {
      change({ clients: [] });
      await pass(100);
    }
    expect(viewsOf(fast.heard).length).toBeGreaterThan(15);
    expect(viewsOf(slow.heard).length).toBeLessThanOrEqual(3);
    slow.send({ type: 'set-view-interval', requestId: 2, viewIntervalMs: 0 });
    await pass(10);
    change({ clients: [] });
    await pass(10);
    expect(viewsOf(slow.heard).length).toBe(4);
  });

  it('are not shown to a page of another version', async () => {
    const { connect, events, change } = await started();
    const page = connect();
    page.send(watch(0, PROTOCOL_VERSION + 1));
    await pass(10);
    change({ clients: [] });
    await pass(1000);
    expect(events.map(({ type }) => type)).toEqual(['dashboard-said']);
    expect(page.heard).toEqual([]);
  });
});
