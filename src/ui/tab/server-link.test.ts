// The page's link with fake time: a server that dies, refuses, hangs, speaks nonsense.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../core/protocol/connection.ts';
import {
  createSimulatedTransport,
  type SimulatedTransport,
} from '../../testing/simulation/transport.ts';
import { refusalSentence } from '../../words.ts';
import { connectToServer, type ServerLink } from './server-link.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Command {
  readonly type: string;
  readonly requestId: number;
}

/** A server that answers as it is told to. */
function startServer() {
  const transport: SimulatedTransport = createSimulatedTransport({
    now: () => Date.now(),
    later: (delayMs, act) => setTimeout(act, delayMs),
    delayMs: () => 1,
  });
  const server = {
    transport,
    commands: [] as Command[],
    connection: null as Connection | null,
    numGone: 0,
    answers: (command: Command): object | null =>
      command.type === 'watch' ? { ok: true, result: { serverId: 'server' } } : null,
  };
  transport.listener.listen((connection) => {
    server.connection = connection;
    return {
      onMessage(data) {
        const command = data as Command;
        server.commands.push(command);
        const outcome = server.answers(command);
        const { requestId } = command;
        if (outcome !== null) connection.send({ type: 'answer', requestId, outcome });
      },
      onGone: () => server.numGone++,
    };
  });
  return server;
}

function setUp(prepare: (server: ReturnType<typeof startServer>) => void = () => {}) {
  const servers: ReturnType<typeof startServer>[] = [];
  const heard: string[] = [];
  const views: unknown[] = [];
  const link: ServerLink = connectToServer({
    openConnector() {
      const server = startServer();
      if (servers.length === 0) prepare(server);
      servers.push(server);
      return server.transport.openWay().connector;
    },
    viewIntervalMs: () => 250,
    onView: (slices, trials) => views.push([slices, trials]),
    onConnected: () => heard.push('connected'),
    onLost: () => heard.push('lost'),
    onOutdated: () => heard.push('outdated'),
  });
  return { servers, heard, views, link };
}
/** The outcome of a promise, without waiting for it now. */
function outcomeOf(promise: Promise<unknown>): { said: string | null } {
  const outcome: { said: string | null } = { said: null };
  promise.then(
    (result) => (outcome.said = `ok ${JSON.stringify(result)}`),
    (error: Error) => (outcome.said = error.message),
  );
  return outcome;
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the link', () => {
  it('watches first, says how often it wants views, and passes them on', async () => {
    const { servers, heard, views } = setUp();
    await pass(10);
    expect(servers[0]!.commands).toMatchObject([{ type: 'watch', viewIntervalMs: 250 }]);
    expect(heard).toEqual(['connected']);
    servers[0]!.connection!.send({ type: 'view', slices: { a: 1 } });
    servers[0]!.connection!.send({ type: 'view', slices: {}, changedTrials: [7] });
    await pass(10);
    expect(views).toEqual([
      [{ a: 1 }, []],
      [{}, [7]],
    ]);
  });

  it('matches answers with commands, in whatever order they come', async () => {
    const { servers, link } = setUp();
    await pass(10);
    const first = outcomeOf(link.request({ type: 'clear-archive' }));
    const second = outcomeOf(link.request({ type: 'get-history', runId: 'r' }));
    await pass(10);
    const [, clear, history] = servers[0]!.commands;
    const answer = ({ requestId }: Command, outcome: object) =>
      servers[0]!.connection!.send({ type: 'answer', requestId, outcome });
    answer(history!, { ok: true, result: { runId: 'r', history: [] } });
    answer(history!, { ok: true, result: { runId: 'twice', history: [] } });
    answer(clear!, { ok: false, code: 'not-now', reason: { code: 'run-over' } });
    await pass(10);
    expect(first.said).toBe(refusalSentence({ code: 'run-over' }));
    expect(second.said).toBe('ok {"runId":"r","history":[]}');
  });

  it('refuses an answer that is none to its command, and survives other nonsense', async () => {
    const { servers, link, heard, views } = setUp();
    await pass(10);
    const outcome = outcomeOf(link.request({ type: 'get-history', runId: 'r' }));
    await pass(10);
    const { requestId } = servers[0]!.commands[1]!;
    for (const nonsense of [{ type: 'dance' }, { type: 'view' }, {}, []]) {
      servers[0]!.connection!.send(nonsense);
    }
    const result = { runId: 'r', history: [{ round: 'secret' }] };
    servers[0]!.connection!.send({ type: 'answer', requestId, outcome: { ok: true, result } });
    await pass(10);
    expect(outcome.said).toContain('could not be read');
    expect(outcome.said).not.toContain('secret');
    expect([heard, views]).toEqual([['connected'], []]);
  });

  it('goes to the next server once, when this one is gone, and says so', async () => {
    const { servers, link, heard } = setUp();
    await pass(10);
    const outcome = outcomeOf(link.request({ type: 'clear-archive' }));
    await pass(10);
    servers[0]!.transport.listenerDies();
    await pass(10);
    expect(outcome.said).toContain('stopped before it answered');
    expect(servers).toHaveLength(2);
    expect(servers[1]!.commands).toMatchObject([{ type: 'watch' }]);
    expect(heard).toEqual(['connected', 'lost', 'connected']);
    await pass(60_000);
    expect(servers).toHaveLength(2);
  });

  it('goes to the next server once, when this one dies before it answered the first command', async () => {
    const { servers, heard } = setUp((server) => (server.answers = () => null));
    await pass(10);
    servers[0]!.transport.listenerDies();
    await pass(60_000);
    expect(servers).toHaveLength(2);
    expect(heard).toEqual(['lost', 'connected']);
  });

  it('leaves a server that does not answer the first command', async () => {
    const { servers, heard } = setUp((server) => (server.answers = () => null));
    await pass(9000);
    expect(servers).toHaveLength(1);
    await pass(1100);
    expect(servers).toHaveLength(2);
    expect(servers[0]!.numGone).toBe(1);
    expect(heard).toEqual(['lost', 'connected']);
  });

  it('stays with a server that does not answer a later one, and says what to do', async () => {
    const { servers, link, heard } = setUp();
    await pass(10);
    const outcome = outcomeOf(link.request({ type: 'clear-archive' }));
    await pass(10_100);
    expect(outcome.said).toContain('The server did not answer.');
    expect(servers).toHaveLength(1);
    expect(heard).toEqual(['connected']);
  });

  it('says that the page is outdated, and does not try again', async () => {
    const outdated = { ok: false, code: 'wrong-version', reason: { code: 'wrong-version' } };
    const { servers, heard } = setUp((server) => (server.answers = () => outdated));
    await pass(60_000);
    expect(servers).toHaveLength(1);
    expect(heard).toEqual(['outdated']);
  });
});
