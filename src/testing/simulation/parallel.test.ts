// Studies whose trials run side by side, in simulated federations with the faults of study.test.ts.
// What is checked there holds here too, and at every step that no client has seats in two runs.
import { writeNote } from '../../core/protocol/notes.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../../core/experiment/run-config.ts';
import { floatDistribution } from '../../core/tuning/distribution.ts';
import { trialRunConfig } from '../../core/experiment/sweep.ts';
import { simulate, type SimulatedEnd } from './federation.ts';
import { checkStudy } from './study-check.ts';
import { simulatedStudy } from './study-plan.ts';
import type { Coverage, SimulationPlan } from './world.ts';

const studyOf = (seed: number, numTrials: number) =>
  simulatedStudy(seed, numTrials, { fraction: floatDistribution(0.4, 1) });

const plans: fc.Arbitrary<SimulationPlan> = fc.record({
  seed: fc.nat(1e9),
  numClients: fc.integer({ min: 4, max: 8 }),
  run: fc.record({
    clients: fc.integer({ min: 2, max: 3 }),
    minimumClients: fc.integer({ min: 1, max: 2 }),
    rounds: fc.integer({ min: 2, max: 4 }),
    encryption: fc.constantFrom('ckks', 'plaintext'),
  }),
  withTwin: fc.constant(false),
  study: fc
    .tuple(fc.nat(1000), fc.integer({ min: 3, max: 8 }))
    .map(([seed, numTrials]) => studyOf(seed, numTrials)),
  parallelTrials: fc.integer({ min: 2, max: 3 }),
  numFaults: fc.integer({ min: 0, max: 40 }),
  faultRate: fc.constantFrom(0.01, 0.03),
});

/** About a third of what these seeds reach. */
const leastCoverage: Readonly<Record<string, number>> = {
  overlapping: 180,
  'committed while another trains': 190,
  complete: 200,
  pruned: 55,
  failed: 9,
  'server died in several runs': 24,
  'restored in several runs': 23,
  paused: 17,
  'trial stopped': 5,
  'persist failed': 5,
  'timer stall': 5,
};

describe('a simulated study with trials side by side', () => {
  it('ends with the trials that its runs justify, each on clients of its own', () => {
    const coverage: Coverage = new Map();
    fc.assert(
      fc.property(plans, (plan) => {
        const happened: Coverage = new Map();
        const end = simulate(plan, happened);
        checkStudy(plan, end);
        const { trials } = end.study!.study;
        const stopped = trials.filter(
          ({ userAttrs }) => userAttrs['failReason'] === writeNote({ code: 'trial-stopped' }),
        );
        expect(stopped.length).toBeLessThanOrEqual(happened.get('trial stopped') ?? 0);
        const add = (name: string, times: number) =>
          coverage.set(name, (coverage.get(name) ?? 0) + times);
        for (const [name, times] of happened) add(name, times);
        for (const { state } of trials) add(state, 1);
        add('overlapping', numOverlaps(end));
      }),
      { numRuns: 150, seed: 20240609, endOnFailure: true },
    );
    for (const [name, times] of Object.entries(leastCoverage)) {
      expect(coverage.get(name) ?? 0, name).toBeGreaterThanOrEqual(times);
    }
  }, 120000);

  it('trains the same models as each trial alone, when all clients stay', () => {
    const base = {
      ...defaultRunConfig,
      clients: 4,
      minimumClients: 1,
      rounds: 3,
      deadlineMs: 2000,
    };
    const plan: SimulationPlan = {
      seed: 4,
      numClients: 8,
      run: base,
      withTwin: false,
      study: { ...studyOf(5, 6), pruner: { type: 'none' } },
      parallelTrials: 2,
      numFaults: 0,
      faultRate: 0,
    };
    const end = simulate(plan, new Map());
    expect(numOverlaps(end)).toBeGreaterThanOrEqual(3);
    const weights = new Set<string>();
    for (const { number, params } of end.study!.study.trials) {
      const run = trialRunConfig(base, params)!;
      const alone = simulate(
        { seed: 100 + number, numClients: 4, run, withTwin: false, numFaults: 0, faultRate: 0 },
        new Map(),
      );
      const own = end.runs.get(end.study!.runIds[number]!)!;
      const [single] = [...alone.runs.values()];
      expect(own.sealedWeights).toEqual(single!.sealedWeights);
      expect(own.run.history.map(({ contributors }) => contributors)).toEqual(
        single!.run.history.map(({ contributors }) => contributors),
      );
      weights.add(String(own.sealedWeights));
    }
    expect(weights.size).toBeGreaterThan(2); // else all trials would be the same
  });
});

/** Pairs of trials that ran at the same time. */
function numOverlaps({ study }: SimulatedEnd): number {
  const { trials } = study!.study;
  return trials.flatMap((a) =>
    trials.filter(
      (b) =>
        b.number > a.number &&
        b.startedAtMs! < a.completedAtMs! &&
        a.startedAtMs! < b.completedAtMs!,
    ),
  ).length;
}
