// The conformance suite over MessagePorts with real Web Locks; a MessageChannel stands for a port of the
// SharedWorker. A side dies when its lock is released, which is all that the other hears of a death.
// What ports alone can show: one copy a way, buffers really handed over, nonsense survived.
import { expect, test } from 'vitest';
import {
  describeTransport,
  type TransportUnderTest,
} from '../testing/conformance/transport-conformance.ts';
import { createConnector, createEndpointListener } from './message-port.ts';
import { holdPresence } from './presence.ts';

/** Locks are another process' business: long enough for a few turns of it. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 150));

function createTransport(): TransportUnderTest & { ports: MessagePort[] } {
  const presence = holdPresence();
  const listener = createEndpointListener(presence);
  const ports: MessagePort[] = [];
  return {
    listener,
    ports,
    openWay() {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1);
      listener.take(port2);
      const own = holdPresence();
      return { connector: createConnector(port1, own), die: own.release };
    },
    listenerDies: presence.release,
    settle,
  };
}

describeTransport('over MessagePorts', createTransport);

test('a broadcast goes once over a way that several connections share', async () => {
  const { listener, openWay, ports } = createTransport();
  const accepted: Parameters<Parameters<typeof listener.listen>[0]>[0][] = [];
  listener.listen((connection) => {
    accepted.push(connection);
    return { onMessage: () => {}, onGone: () => {} };
  });
  const way = openWay();
  const heard: unknown[] = [];
  const receiver = { onMessage: (data: unknown) => heard.push(data), onGone: () => {} };
  for (let i = 0; i < 3; i++) way.connector.connect(receiver);
  await settle();
  let numFrames = 0;
  ports[0]!.addEventListener('message', () => numFrames++);
  listener.broadcast(accepted, { sum: new Uint8Array(3) });
  await settle();
  expect(heard).toHaveLength(3);
  expect(numFrames).toBe(1);
});

test('a buffer that is handed over is empty afterwards, unless nobody is there to have it', async () => {
  const { listener, openWay } = createTransport();
  listener.listen(() => ({ onMessage: () => {}, onGone: () => {} }));
  const { connector } = openWay();
  const connection = connector.connect({ onMessage: () => {}, onGone: () => {} });
  const early = new Uint8Array(4);
  connection.send({ early }, [early.buffer]);
  await settle();
  const late = new Uint8Array(4);
  connection.send({ late }, [late.buffer]);
  expect([early.byteLength, late.byteLength]).toEqual([0, 0]);
  connection.close();
  const kept = new Uint8Array(4);
  connection.send({ kept }, [kept.buffer]);
  expect(kept.byteLength).toBe(4);
});

test('frames that are none, or come before hello, are passed over', async () => {
  const { port1, port2 } = new MessageChannel();
  const listener = createEndpointListener();
  const heard: unknown[] = [];
  listener.listen(() => ({
    onMessage: (data) => heard.push(data),
    onGone: () => heard.push('gone'),
  }));
  listener.take(port2);
  port1.postMessage({ frame: 'open', channel: 0 });
  port1.postMessage({ frame: 'to', channels: [0], message: 'early' });
  const presence = holdPresence();
  port1.postMessage({ frame: 'hello', lock: await presence.held });
  port1.postMessage({ frame: 'to', channels: [0], message: 'unopened' });
  const nonsense = [null, 'open', { frame: 'dance' }, { frame: 'open', channel: -1 }, []];
  for (const frame of nonsense) port1.postMessage(frame);
  port1.postMessage({ frame: 'open', channel: 7 });
  port1.postMessage({ frame: 'open', channel: 7 });
  port1.postMessage({ frame: 'to', channels: [7, 8], message: 'good' });
  await settle();
  expect(heard).toEqual(['good']);
  presence.release();
  await settle();
  expect(heard).toEqual(['good', 'gone']);
});

test('a side that names a lock which nobody holds is gone', async () => {
  const { port1, port2 } = new MessageChannel();
  const connector = createConnector(port1);
  const heard: string[] = [];
  connector.connect({ onMessage: () => heard.push('message'), onGone: () => heard.push('gone') });
  port2.postMessage({ frame: 'hello', lock: `nobody-${crypto.randomUUID()}` });
  await settle();
  expect(heard).toEqual(['gone']);
});
