// The bench row `interruption`: how soon a client lets go of its training (interruption.ts), as lines
// of the benchmark's table: one client alone, one on each of two cores, and five on two cores; with SGD
// in batches of 16, with Adam, and with a batch as large as the shard.
import { longRuns, measureInterruptions } from './interruption.ts';

const TARGET_MS = 50;

export interface InterruptionCase {
  readonly name: keyof typeof longRuns;
  readonly clientCounts: readonly number[];
  /** How often each way of stopping is measured. */
  readonly turns: number;
}

const allCases: readonly InterruptionCase[] = [
  { name: 'smallBatches', clientCounts: [1, 2, 5], turns: 20 },
  { name: 'adam', clientCounts: [1, 5], turns: 10 },
  { name: 'wholeShard', clientCounts: [1, 5], turns: 5 },
];
const names = {
  smallBatches: 'SGD, batch 16',
  adam: 'Adam, batch 16',
  wholeShard: 'FedSGD, one batch of 11,000',
};

/** Lines as scripts/bench/measurement.ts reads them. Takes about a minute. */
export async function bench(cases = allCases) {
  const lines = [];
  for (const { name, clientCounts, turns } of cases) {
    for (const numClients of clientCounts) {
      const measured = await measureInterruptions({
        ...{ dataUrl: new URL('data/', location.href).href, numClients, turns },
        openWorker: () =>
          new Worker(new URL('../client/client.ts', import.meta.url), { type: 'module' }),
        longRun: longRuns[name],
      });
      for (const [by, what] of [
        ['abandon', 'a pause or a deadline'],
        ['release', 'a stop'],
      ] as const) {
        const times = measured.filter((one) => one.by === by).map(({ ms }) => ms);
        const sorted = times.toSorted((a, b) => a - b);
        const medianMs = sorted[Math.floor(sorted.length / 2)]!;
        const largestMs = sorted.at(-1)!;
        lines.push({
          what: `SIMD training lets go at ${what}: the largest of ${sorted.length}, ${numClients} at once, ${names[name]}, 256 units`,
          measured: `${largestMs.toFixed(0)} ms (median ${medianMs.toFixed(0)} ms)`,
          target: `≤ ${TARGET_MS} ms`,
          met: largestMs <= TARGET_MS,
          values: { largestMs, medianMs },
        });
      }
    }
  }
  return lines;
}
