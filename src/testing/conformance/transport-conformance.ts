// What every transport owes to those who speak over it (core/protocol/connection.ts). Run over
// MessagePorts with Web Locks in a browser, and over the simulated transport.
import { describe, expect, it } from 'vitest';
import type { Connection, Connector, Listener, Receiver } from '../../core/protocol/connection.ts';

export interface Way {
  readonly connector: Connector;
  /** The page or worker that holds it dies, without a word. */
  die(): void;
}

export interface TransportUnderTest {
  readonly listener: Listener;
  /** Another way to the listener, as another page or worker has it. */
  openWay(): Way;
  /** The server dies, without a word. */
  listenerDies(): void;
  /** Resolves when everything that is on its way has arrived. */
  settle(): Promise<void>;
}

type Heard = readonly ['message', unknown] | readonly ['gone'];

/** Writes down what it hears. */
function recorder(onMessage: (data: unknown) => void = () => {}): Receiver & { heard: Heard[] } {
  const heard: Heard[] = [];
  return {
    heard,
    onMessage(data) {
      heard.push(['message', data]);
      onMessage(data);
    },
    onGone: () => heard.push(['gone']),
  };
}

const messagesOf = (heard: readonly Heard[]) =>
  heard.flatMap((what) => (what[0] === 'message' ? [what[1]] : []));
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ number: from + i }));
const GONE: Heard = ['gone'];

export function describeTransport(name: string, create: () => TransportUnderTest): void {
  /** Connections as the server accepted them, in order, with what each has heard. */
  function accepting(listener: Listener) {
    const accepted: { connection: Connection; heard: Heard[] }[] = [];
    listener.listen((connection) => {
      const receiver = recorder();
      accepted.push({ connection, heard: receiver.heard });
      return receiver;
    });
    return accepted;
  }

  /** Two ways: the first carries two connections, the second one; all accepted. */
  async function setUp() {
    const transport = create();
    const accepted = accepting(transport.listener);
    const [shared, single] = [transport.openWay(), transport.openWay()];
    const clients = [];
    for (const { connector } of [shared, shared, single]) {
      const receiver = recorder();
      const connection = connector.connect(receiver);
      connection.send({ hello: clients.length });
      clients.push({ connection, heard: receiver.heard });
    }
    await transport.settle();
    // Which of the ways is heard of first is nobody's promise.
    const servers = [0, 1, 2].map((number) =>
      accepted.find(({ heard }) => (messagesOf(heard)[0] as { hello: number }).hello === number)!,
    );
    for (const { heard } of servers) heard.length = 0;
    return { transport, shared, single, clients, servers, accepted };
  }

  describe(`transport ${name}`, () => {
    it('delivers whole messages in the order sent, both ways', async () => {
      const { transport, clients, servers } = await setUp();
      const sent = numbered(50).map((message) => ({
        ...message,
        nested: { list: [1, null, 'é'] },
      }));
      for (const message of sent) {
        for (const [i] of clients.entries()) {
          clients[i]!.connection.send({ ...message, to: i });
          servers[i]!.connection.send({ ...message, from: i });
        }
      }
      await transport.settle();
      for (const [i] of clients.entries()) {
        expect(messagesOf(servers[i]!.heard)).toEqual(
          sent.map((message) => ({ ...message, to: i })),
        );
        expect(messagesOf(clients[i]!.heard)).toEqual(
          sent.map((message) => ({ ...message, from: i })),
        );
      }
    });

    it('delivers bytes with their content, handed over or not', async () => {
      const { transport, clients, servers } = await setUp();
      const kept = new Uint8Array([1, 2, 3]);
      const given = new Uint8Array([4, 5, 6]);
      clients[0]!.connection.send({ kept, given }, [given.buffer]);
      servers[0]!.connection.send({ kept });
      await transport.settle();
      expect(messagesOf(servers[0]!.heard)).toEqual([
        { kept: new Uint8Array([1, 2, 3]), given: new Uint8Array([4, 5, 6]) },
      ]);
      expect(messagesOf(clients[0]!.heard)).toEqual([{ kept: new Uint8Array([1, 2, 3]) }]);
      expect(kept).toEqual(new Uint8Array([1, 2, 3]));
    });

    it('delivers what was sent, not what became of it', async () => {
      const transport = create();
      const accepted = accepting(transport.listener);
      const connection = transport.openWay().connector.connect(recorder());
      const message = { values: [1] };
      connection.send(message); // perhaps before anything can leave
      message.values.push(2);
      await transport.settle();
      connection.send(message);
      message.values.push(3);
      await transport.settle();
      expect(messagesOf(accepted[0]!.heard)).toEqual([{ values: [1] }, { values: [1, 2] }]);
    });

    it('keeps connections and their messages until somebody listens', async () => {
      const transport = create();
      const clients = [transport.openWay(), transport.openWay()].map(({ connector }) => {
        const receiver = recorder();
        return { connection: connector.connect(receiver), receiver };
      });
      for (const { connection } of clients) for (const sent of numbered(3)) connection.send(sent);
      await transport.settle();
      const accepted = accepting(transport.listener);
      await transport.settle();
      expect(accepted.map(({ heard }) => messagesOf(heard))).toEqual([numbered(3), numbered(3)]);
    });

    it('calls no receiver before connect or accept has returned', async () => {
      const transport = create();
      const order: string[] = [];
      transport.listener.listen((connection) => {
        connection.send({ welcome: true });
        const receiver = recorder(() => order.push('server heard'));
        order.push('accepted');
        return receiver;
      });
      const { connector } = transport.openWay();
      const connect = () => {
        const connection = connector.connect(recorder(() => order.push('client heard')));
        connection.send({ hello: true });
        order.push('connected');
      };
      connect();
      expect(order).toEqual(['connected']);
      await transport.settle();
      expect(order.indexOf('accepted')).toBeLessThan(order.indexOf('server heard'));
      expect(order).toContain('client heard');
    });

    it('tells the other side of a close, once, after what was sent before it', async () => {
      const { transport, clients, servers } = await setUp();
      clients[0]!.connection.send({ last: 1 });
      clients[0]!.connection.close();
      clients[0]!.connection.close();
      clients[0]!.connection.send({ tooLate: 1 });
      servers[2]!.connection.send({ last: 2 });
      servers[2]!.connection.close();
      servers[2]!.connection.send({ tooLate: 2 });
      await transport.settle();
      expect(servers[0]!.heard).toEqual([['message', { last: 1 }], GONE]);
      expect(clients[2]!.heard).toEqual([['message', { last: 2 }], GONE]);
      expect(clients[0]!.heard).toEqual([]);
      expect(servers[2]!.heard).toEqual([]);
    });

    it('drops what comes or is sent after the end, on either side', async () => {
      const { transport, clients, servers } = await setUp();
      servers[0]!.connection.send({ crossing: 1 });
      clients[0]!.connection.close(); // nothing more is received, not even what is on its way
      await transport.settle();
      servers[0]!.connection.send({ number: 1 });
      servers[0]!.connection.close();
      clients[0]!.connection.send({ number: 2 });
      await transport.settle();
      expect(clients[0]!.heard).toEqual([]);
      expect(servers[0]!.heard).toEqual([GONE]);
    });

    it('takes no other connection with the one that is closed', async () => {
      const { transport, clients, servers } = await setUp();
      clients[0]!.connection.close();
      await transport.settle();
      clients[1]!.connection.send({ number: 1 });
      servers[1]!.connection.send({ number: 2 });
      await transport.settle();
      expect(servers[1]!.heard).toEqual([['message', { number: 1 }]]);
      expect(clients[1]!.heard).toEqual([['message', { number: 2 }]]);
      expect(clients[2]!.heard).toEqual([]);
    });

    it('takes new connections on a way that has had others', async () => {
      const { transport, shared, clients, accepted } = await setUp();
      clients[0]!.connection.close();
      const receiver = recorder();
      shared.connector.connect(receiver).send({ again: true });
      await transport.settle();
      const { connection, heard } = accepted[3]!;
      expect(messagesOf(heard)).toEqual([{ again: true }]);
      connection.send({ answer: true });
      await transport.settle();
      expect(messagesOf(receiver.heard)).toEqual([{ answer: true }]);
      expect(clients[0]!.heard).toEqual([]);
    });

    it('tells the server that a page or worker died, for each of its connections once', async () => {
      const { transport, shared, servers } = await setUp();
      shared.die();
      await transport.settle();
      servers[0]!.connection.send({ number: 1 });
      servers[0]!.connection.close();
      await transport.settle();
      expect(servers.map(({ heard }) => heard)).toEqual([[GONE], [GONE], []]);
    });

    it('tells everybody that the server died, for each connection once', async () => {
      const { transport, shared, clients } = await setUp();
      transport.listenerDies();
      await transport.settle();
      for (const { connection } of clients) {
        connection.send({ number: 1 });
        connection.close();
      }
      const receiver = recorder();
      shared.connector.connect(receiver);
      expect(receiver.heard).toEqual([]); // not before `connect` has returned
      await transport.settle();
      expect(clients.map(({ heard }) => heard)).toEqual([[GONE], [GONE], [GONE]]);
      expect(receiver.heard).toEqual([GONE]);
    });

    it('closes all connections of a connector with it, and no others', async () => {
      const { transport, shared, clients, servers } = await setUp();
      clients[1]!.connection.send({ last: 1 });
      shared.connector.close();
      shared.connector.close();
      clients[1]!.connection.send({ tooLate: 1 });
      await transport.settle();
      expect(servers[0]!.heard).toEqual([GONE]);
      expect(servers[1]!.heard).toEqual([['message', { last: 1 }], GONE]);
      expect(servers[2]!.heard).toEqual([]);
      expect(clients.map(({ heard }) => heard)).toEqual([[], [], []]);
    });

    it('closes all connections of a listener with it', async () => {
      const { transport, clients, servers, accepted } = await setUp();
      transport.listener.close();
      transport.openWay().connector.connect(recorder()).send({ number: 1 });
      await transport.settle();
      expect(clients.map(({ heard }) => heard)).toEqual([[GONE], [GONE], [GONE]]);
      expect(servers.map(({ heard }) => heard)).toEqual([[], [], []]);
      expect(accepted).toHaveLength(3);
    });

    it('broadcasts to exactly those named, and hands nothing over', async () => {
      const { transport, clients, servers } = await setUp();
      const sum = new Uint8Array([1, 2, 3]);
      const [first, second, third] = servers.map(({ connection }) => connection);
      transport.listener.broadcast([first!, third!], { sum });
      await transport.settle();
      expect(sum).toEqual(new Uint8Array([1, 2, 3]));
      const expected = [{ sum: new Uint8Array([1, 2, 3]) }];
      expect(clients.map(({ heard }) => messagesOf(heard))).toEqual([expected, [], expected]);
      transport.listener.broadcast([first!, second!], { number: 2 });
      clients[0]!.connection.close();
      await transport.settle();
      transport.listener.broadcast([first!, second!], { number: 3 }); // the first is gone
      transport.listener.broadcast([], { number: 4 });
      await transport.settle();
      expect(messagesOf(clients[0]!.heard)).toEqual(expected);
      expect(messagesOf(clients[1]!.heard)).toEqual([{ number: 2 }, { number: 3 }]);
      expect(messagesOf(clients[2]!.heard)).toEqual(expected);
    });
  });
}
