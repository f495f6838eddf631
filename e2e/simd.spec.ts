// Tabs without a GPU: the SIMD step is taken and said to be, lets go of an epoch when it is told to, and
// what it trained is not sent when it is no number.
import type { Page } from '@playwright/test';
import type { ServerView } from '../src/core/protocol/view.ts';
import { createFederation, expect, test, type Federation } from './fixtures.ts';
import { handOverClients, serveRecordedApp } from './recording/recorded-app.ts';
import { recordTraining, type LogEntry } from './recording/training-log.ts';
import { smallRun } from './small-run.ts';

test('auto takes the SIMD step, and the dashboard says which and why', async ({ federation }) => {
  const dashboard = await federation.openDashboard(
    smallRun({ clients: 2, rounds: 1, localBatches: 2, backend: 'auto' }),
  );
  await federation.openClients(dashboard, 2);
  await federation.start(dashboard);
  const { clients } = await federation.waitForEnd(dashboard);
  await dashboard.bringToFront(); // a hidden tab draws no tooltip
  for (const { name } of clients) {
    const row = dashboard.getByRole('row').filter({ hasText: name });
    const why = /No real GPU; calibrated: \d+ examples\/s with SIMD, \d+ examples\/s with WASM\./;
    // Again when the charts, which come last, have moved the row away from the pointer.
    await expect(async () => {
      await dashboard.mouse.move(0, 0);
      await row.getByText('SIMD', { exact: true }).hover();
      await expect(dashboard.getByRole('tooltip')).toHaveText(why, { timeout: 2000 });
    }).toPass({ timeout: 20_000 });
  }
});

test('an update that is no number is told as a failure and not sent', async ({ federation }) => {
  const dashboard = await federation.openDashboard(
    smallRun({
      ...{ clients: 2, rounds: 1, backend: 'simd' },
      ...{ hiddenLayers: 4, units: 256, learningRate: 10 },
    }),
  );
  await federation.openClients(dashboard, 2);
  await federation.start(dashboard);
  const isOver = ({ run }: ServerView) => run?.phase === 'failed' || run?.phase === 'finished';
  const view = await federation.waitFor(dashboard, 'the end of the run', isOver, 60_000);
  expect(view.run!.phase).toBe('failed');
  expect(view.run!.note).toMatchObject({ because: 'non-finite-update' });
  // The first one to tell ends the attempt; the other may have had no time to.
  const troubles = view.clients.map(({ trouble }) => trouble);
  expect(troubles).toContain('non-finite-update');
  expect(troubles.every((code) => code === null || code === 'non-finite-update')).toBe(true);
  expect(view.sees.numUpdates).toBe(0);
  expect(view.history.map(({ round }) => round)).toEqual([0]);
});

test('one seed gives the same bits in every fresh browser, another seed others', async ({
  browser,
  baseURL,
}) => {
  /** Two encrypted rounds of two clients → what the weights were after each, from round 0 on. */
  async function digests(seed: number): Promise<string[]> {
    const context = await browser.newContext(); // storage, server and keys of its own
    try {
      const federation = createFederation(context, baseURL!);
      const dashboard = await federation.openDashboard(
        smallRun({ clients: 2, rounds: 2, localBatches: 8, backend: 'simd', seed }),
      );
      await federation.openClients(dashboard, 2);
      await federation.start(dashboard);
      const { clients, run, history } = await federation.waitForEnd(dashboard);
      expect(clients.map(({ backend }) => backend?.backend)).toEqual(['simd', 'simd']);
      expect(run!.encryption.name).toBe('ckks');
      expect(history.map(({ numClients }) => numClients).slice(1)).toEqual([2, 2]);
      expect(run!.weightsSha256).toBe(history.at(-1)!.weightsSha256);
      return history.map(({ weightsSha256 }) => weightsSha256);
    } finally {
      await context.close();
    }
  }
  const first = await digests(11);
  expect(new Set(first).size).toBe(3); // each round moves the weights
  expect(await digests(11)).toEqual(first);
  const other = await digests(12);
  expect(other.filter((digest) => first.includes(digest))).toEqual([]);
});

/** Minutes of training for two clients, in one round. */
const longEpoch = smallRun({
  ...{ clients: 2, minimumClients: 2, rounds: 1, localEpochs: 100, localBatches: null },
  ...{ units: 1024, backend: 'simd', encryption: 'plaintext' },
});

interface Interruption {
  readonly by: string;
  readonly deadlineMs: number;
  /** Makes it happen and waits until the server has drawn its conclusion. */
  readonly interrupt: (federation: Federation, dashboard: Page) => Promise<unknown>;
}

const interruptions: readonly Interruption[] = [
  {
    by: 'a pause',
    deadlineMs: 120_000,
    interrupt: async (federation, dashboard) => {
      await dashboard.getByRole('button', { name: 'Pause', exact: true }).click();
      await federation.waitFor(dashboard, 'the pause', ({ run }) => run!.phase === 'paused');
    },
  },
  {
    by: 'a stop',
    deadlineMs: 120_000,
    interrupt: async (federation, dashboard) => {
      await dashboard.getByRole('button', { name: 'Stop', exact: true }).click();
      await federation.waitFor(dashboard, 'the stop', ({ run }) => run!.phase === 'stopped');
    },
  },
  {
    by: 'the deadline',
    deadlineMs: 1500,
    interrupt: (federation, dashboard) =>
      federation.waitFor(dashboard, 'the deadline', ({ run }) => run!.abandonedRounds > 0),
  },
];

for (const { by, deadlineMs, interrupt } of interruptions) {
  test(`not a batch is trained after ${by} was heard of`, async ({ context }) => {
    const app = await serveRecordedApp({ client: [recordTraining] });
    try {
      const federation = createFederation(context, app.url);
      const dashboard = await federation.openDashboard({ ...longEpoch, deadlineMs });
      await federation.openClients(dashboard, 2);
      await federation.start(dashboard);
      const areTraining = ({ clients }: ServerView) =>
        clients.every(({ phase, fraction }) => phase === 'training' && fraction > 0);
      await federation.waitFor(dashboard, 'both clients in training', areTraining);
      await interrupt(federation, dashboard);
      await dashboard.waitForTimeout(500); // what is not called off would go on
      for (const log of await handOverClients<LogEntry>(dashboard, 2)) {
        const [trained, afterwards] = aroundAbandon(log);
        expect(numSlices(trained)).toBeGreaterThan(1);
        expect(numSlices(afterwards)).toBe(0);
      }
    } finally {
      await app.close();
    }
  });
}

/** The first attempt up to its end, and from there to the next attempt or the end of the log. */
function aroundAbandon(log: readonly LogEntry[]): [LogEntry[], LogEntry[]] {
  const at = (type: string, attempt: number) =>
    log.findIndex(
      (entry) => entry.what === 'order' && entry.type === type && entry.attempt === attempt,
    );
  const [begun, abandoned, again] = [at('train', 1), at('abandon', 1), at('train', 2)];
  expect(begun).toBeGreaterThanOrEqual(0);
  expect(abandoned).toBeGreaterThan(begun);
  return [log.slice(begun, abandoned), log.slice(abandoned, again < 0 ? undefined : again)];
}

function numSlices(log: readonly LogEntry[]): number {
  return log.filter(({ what }) => what === 'slice').length;
}
