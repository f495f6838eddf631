// The bench row `interruption`: how soon a client lets go of its training (interruption.ts), as lines
// of the benchmark's table: one client alone, one on each of two cores, and five on two cores.
import { measureInterruptions } from './interruption.ts';

const TARGET_MS = 50;

/** Lines as scripts/bench/measurement.ts reads them. Takes half a minute. */
export async function bench(turns = 20, clientCounts: readonly number[] = [1, 2, 5]) {
  const lines = [];
  for (const numClients of clientCounts) {
    const measured = await measureInterruptions({
      ...{ dataUrl: new URL('data/', location.href).href, numClients, turns },
      openWorker: () => new Worker(new URL('./client.ts', import.meta.url), { type: 'module' }),
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
        what: `SIMD training lets go at ${what}: the largest of ${sorted.length}, ${numClients} at once, 256 units`,
        measured: `${largestMs.toFixed(0)} ms (median ${medianMs.toFixed(0)} ms)`,
        target: `≤ ${TARGET_MS} ms`,
        met: largestMs <= TARGET_MS,
        values: { largestMs, medianMs },
      });
    }
  }
  return lines;
}
