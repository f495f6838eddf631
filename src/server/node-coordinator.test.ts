// A whole server without a browser: the coordinator, its sums and its storage in a folder, in Node. It is
// stopped in the middle of a round; the next one, which knows only the folder, brings the run to its end.
// What must come out is the weighted mean of each round in closed form.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPlaintextScheme } from '../core/encryption/plaintext-scheme.ts';
import type { SchemeName } from '../core/encryption/scheme.ts';
import { defaultRunConfig } from '../core/experiment/run-config.ts';
import type { RoundRecord } from '../core/protocol/view.ts';
import { createMaskedScheme } from '../testing/samples/masked-scheme.ts';
import { serveTable } from '../testing/samples/served-table.ts';
import {
  examplesOfSeat,
  initialWeights,
  targetOfSeat,
  unpackWeights,
} from '../testing/simulation/workbench.ts';
import { openFileStorage } from './node/file-storage.ts';

const CLIENT_IDS = ['a', 'b', 'c'];
const ROUNDS = 4;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coordinator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function startServer(serverId: string, encryption: SchemeName) {
  const storage = await openFileStorage(folder);
  const schemeOf = encryption === 'plaintext' ? createPlaintextScheme : createMaskedScheme;
  const table = await serveTable({ storage, serverId, schemeOf });
  return {
    ...table,
    async stop() {
      table.stop();
      await storage.close();
    },
  };
}

it.each(['plaintext', 'ckks', 'bgv'] as const)(
  'goes on from the last commit in the folder, to the weighted mean of every round: %s',
  async (encryption) => {
    const first = await startServer('first', encryption);
    const clients = CLIENT_IDS.map((clientId) => first.join(clientId).client);
    clients[2]!.stallIn('encrypt', 3);
    const config = {
      ...defaultRunConfig,
      clients: 3,
      rounds: ROUNDS,
      encryption,
    } as const;
    await first.command({ type: 'start-run', config, withTwin: false });
    // Two of three updates of round 3 are in the sum.
    await first.reached(({ clients }) => {
      return clients.filter(({ phase }) => phase === 'waiting').length === 2;
    });
    await first.reached(({ run, history }) => run?.phase === 'open' && history.length === 3);
    const committed = first.host.view().history;
    await first.stop();

    const second = await startServer('second', encryption);
    expect(second.host.view()).toMatchObject({
      server: { serverId: 'second', restarts: 1 },
      run: { runId: 'run', phase: 'gathering' },
      history: committed,
    });
    for (const clientId of CLIENT_IDS) second.join(clientId);
    await second.reached(({ run }) => run?.phase === 'finished');
    const { history, run } = second.host.view();
    expect(history.slice(0, 3)).toEqual(committed);
    expect(history.map(({ round, attempts }) => [round, attempts])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 1],
    ]);
    expect(run!.test!.numExamples).toBe(10000);
    await second.stop();

    const third = await startServer('third', encryption);
    expect(third.host.view().run).toMatchObject({ phase: 'finished', runId: 'run' });
    const model = await third.command({ type: 'get-model', runId: 'run' });
    expectMeans(model, history);
    await third.stop();
  },
);

/** Every client goes half-way to its target, so the mean goes half-way to the mean target. */
function expectMeans(model: unknown, history: readonly RoundRecord[]): void {
  const { result } = model as { result: { sealedWeights: Uint8Array<ArrayBuffer> } };
  const found = unpackWeights(result.sealedWeights);
  let expected = [...initialWeights];
  let bound = 1e-6; // deltas are float32
  for (const { contributors, quantisationBound, numExamples, round } of history) {
    if (round === 0) continue;
    expect(contributors).toEqual([0, 1, 2]);
    const total = contributors.reduce((sum, seat) => sum + examplesOfSeat(seat), 0);
    expect(numExamples).toBe(total);
    expected = expected.map((weight, dimension) => {
      const meanTarget = contributors.reduce(
        (sum, seat) => sum + (examplesOfSeat(seat) * targetOfSeat(seat, dimension)) / total,
        0,
      );
      return (weight + meanTarget) / 2;
    });
    bound += quantisationBound;
  }
  expect(bound).toBeLessThan(1e-4);
  for (const [dimension, weight] of expected.entries()) {
    expect(Math.abs(found[dimension]! - weight)).toBeLessThan(bound);
  }
}
