// The main test of the round logic: hundreds of simulated federations with faults in every phase,
// each checked at every commit; and the test's own coverage, because faults that never bite prove
// nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate, type Coverage } from './simulated-federation.ts';

const plans = fc.record({
  seed: fc.nat(1e9),
  numClients: fc.integer({ min: 3, max: 7 }),
  run: fc.record({
    seed: fc.nat(1000),
    clients: fc.integer({ min: 3, max: 6 }),
    minimumClients: fc.integer({ min: 1, max: 3 }),
    fraction: fc.constantFrom(1, 1, 0.6, 0),
    rounds: fc.integer({ min: 1, max: 5 }),
    encryption: fc.constantFrom('ckks', 'plaintext'),
  }),
  withTwin: fc.boolean(),
  numFaults: fc.integer({ min: 0, max: 40 }),
  faultRate: fc.constantFrom(0.01, 0.03, 0.08),
}) as fc.Arbitrary<Parameters<typeof simulate>[0]>;

describe('a simulated federation', () => {
  it('keeps every invariant and ends its run, whatever goes wrong on the way', () => {
    const coverage: Coverage = new Map();
    fc.assert(
      fc.property(plans, (plan) => simulate(plan, coverage)),
      { numRuns: 600, seed: 20240607, endOnFailure: true },
    );
    const least: Record<string, number> = {};
    console.log(Object.fromEntries([...coverage].sort()));
    for (const [name, times] of Object.entries(least)) {
      expect(coverage.get(name) ?? 0, name).toBeGreaterThanOrEqual(times);
    }
  }, 60000);
});
