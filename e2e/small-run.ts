// Runs small enough for two cores, large enough to learn: 60 batches of 16 a client and round.
import type { RunConfig } from '../src/core/experiment/run-config.ts';

export function smallRun(changes: Partial<RunConfig> = {}): Partial<RunConfig> {
  return { clients: 3, rounds: 3, localBatches: 60, backend: 'wasm', ...changes };
}
