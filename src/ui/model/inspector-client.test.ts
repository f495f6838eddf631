import { describe, expect, it } from 'vitest';
import { createInspectorClient, type WorkerLike } from './inspector-client.ts';

/** A worker whose answers the test gives. */
function fakeWorkers() {
  const workers: (WorkerLike & { posted: Record<string, unknown>[]; terminated: boolean })[] = [];
  const start = () => {
    const worker = {
      posted: [] as Record<string, unknown>[],
      terminated: false,
      onmessage: null as WorkerLike['onmessage'],
      onerror: null as WorkerLike['onerror'],
      onmessageerror: null as WorkerLike['onmessageerror'],
      postMessage: (message: unknown) => worker.posted.push(message as Record<string, unknown>),
      terminate: () => (worker.terminated = true),
    };
    workers.push(worker);
    return worker;
  };
  const say = (data: unknown, at = 0) => workers[at]!.onmessage!({ data } as MessageEvent);
  return { start, workers, say };
}

const dataUrl = 'http://localhost/data/';
const ok = (requestId: number, result: unknown) => ({
  type: 'answer',
  requestId,
  outcome: { ok: true, result },
});

describe('the inspector’s client', () => {
  it('starts no worker before the first request', () => {
    const { start, workers } = fakeWorkers();
    createInspectorClient(start, dataUrl);
    expect(workers).toHaveLength(0);
  });

  it('gives each request its own answer, in whatever order they come', async () => {
    const { start, workers, say } = fakeWorkers();
    const client = createInspectorClient(start, dataUrl);
    const first = client.predict(new Uint8Array(784));
    const second = client.predict(new Uint8Array(784).fill(1));
    const [a, b] = workers[0]!.posted.map(({ requestId }) => requestId as number);
    say(ok(b!, { probabilities: [2] }));
    say(ok(a!, { probabilities: [1] }));
    expect([await first, await second]).toEqual([[1], [2]]);
    expect(workers).toHaveLength(1);
  });

  it('passes refusals on as sentences with their code', async () => {
    const { start, say } = fakeWorkers();
    const exported = createInspectorClient(start, dataUrl).exportModel();
    const outcome = { ok: false, code: 'no-model', text: 'No model is loaded yet.' };
    say({ type: 'answer', requestId: 0, outcome });
    await expect(exported).rejects.toMatchObject({
      code: 'no-model',
      message: 'No model is loaded yet.',
    });
  });

  it('reports progress before the answer', async () => {
    const { start, say } = fakeWorkers();
    const seen: number[] = [];
    const found = createInspectorClient(start, dataUrl).findMistakes(5, (fraction) =>
      seen.push(fraction),
    );
    say({ type: 'progress', requestId: 0, fraction: 0.5 });
    say({ type: 'progress', requestId: 0, fraction: 1 });
    say(ok(0, { numCorrect: 3 }));
    expect(await found).toEqual({ numCorrect: 3 });
    say({ type: 'progress', requestId: 0, fraction: 1 }); // too late
    expect(seen).toEqual([0.5, 1]);
  });

  it.each(['onerror', 'nonsense'] as const)(
    'fails what waits and starts another worker after %s',
    async (how) => {
      const { start, workers, say } = fakeWorkers();
      const client = createInspectorClient(start, dataUrl);
      const lost = client.exportModel();
      if (how === 'onerror') {
        workers[0]!.onerror!({ preventDefault() {} } as ErrorEvent);
      } else {
        say({ type: 'answer', requestId: 0, outcome: 'yes' });
      }
      await expect(lost).rejects.toMatchObject({ code: 'failed' });
      expect(workers[0]!.terminated).toBe(true);
      const next = client.exportModel();
      say(ok(1, 'files'), 1);
      expect(await next).toBe('files');
    },
  );
});
