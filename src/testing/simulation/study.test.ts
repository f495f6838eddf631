// Whole studies in simulated federations: clients and the server die in any phase, trials are paused and
// stopped, saves fail. At the end the durable study must be one that the rules of ask and tell allow
// (study-check.ts). Trials run one after the other here; side by side in
// parallel.test.ts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCoordinator, stepCoordinator } from '../../core/federation/coordinator.ts';
import { checkStudy } from './study-check.ts';
import { simulate } from './federation.ts';
import { simulatedStudy } from './study-plan.ts';
import type { Coordinator, Coverage, SimulationPlan } from './world.ts';

const plans: fc.Arbitrary<SimulationPlan> = fc.record({
  seed: fc.nat(1e9),
  numClients: fc.integer({ min: 3, max: 6 }),
  run: fc.record({
    clients: fc.integer({ min: 3, max: 5 }),
    minimumClients: fc.integer({ min: 1, max: 3 }),
    rounds: fc.integer({ min: 2, max: 4 }),
    encryption: fc.constantFrom('ckks', 'plaintext'),
  }),
  withTwin: fc.constant(false),
  study: fc
    .tuple(fc.nat(1000), fc.integer({ min: 3, max: 7 }))
    .map(([seed, numTrials]) => simulatedStudy(seed, numTrials)),
  numFaults: fc.integer({ min: 0, max: 40 }),
  faultRate: fc.constantFrom(0.01, 0.03),
});

/** About a third of what these seeds reach. */
const leastCoverage: Readonly<Record<string, number>> = {
  complete: 200,
  pruned: 60,
  failed: 10,
  'restored in a run': 40,
  'persist failed': 3,
  paused: 8,
  'trial stopped': 3,
  'server died testing': 1,
  'server died committing': 1,
};

describe('a simulated study', () => {
  it('ends with the trials that its runs justify, whatever goes wrong on the way', () => {
    const coverage: Coverage = new Map();
    fc.assert(
      fc.property(plans, (plan) => {
        const end = simulate(plan, coverage);
        checkStudy(plan, end);
        for (const { state } of end.study!.study.trials) {
          coverage.set(state, (coverage.get(state) ?? 0) + 1);
        }
      }),
      { numRuns: 150, seed: 20240608, endOnFailure: true },
    );
    for (const [name, times] of Object.entries(leastCoverage)) {
      expect(coverage.get(name) ?? 0, name).toBeGreaterThanOrEqual(times);
    }
  }, 120000);

  it('finds out a coordinator that forgets to save the study', () => {
    const forgetful: Coordinator = {
      create: createCoordinator,
      step: (config, state, event) => {
        const [next, effects] = stepCoordinator(config, state, event);
        const isLater = effects.some(({ type }) => type === 'persist') && event.atMs > 3000;
        return [
          next,
          effects.filter(
            (effect) =>
              !(isLater && effect.type === 'persist' && effect.change.type === 'save-study'),
          ),
        ];
      },
    };
    const found: string[] = [];
    for (const plan of fc.sample(plans, { numRuns: 10, seed: 7 })) {
      try {
        checkStudy(plan, simulate(plan, new Map(), forgetful));
      } catch (error) {
        found.push((error as Error).message);
      }
    }
    expect(found.length).toBeGreaterThan(0);
  }, 60000);
});
