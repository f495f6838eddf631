// The main test of the round logic: hundreds of simulated federations with faults in every phase,
// each checked at every commit; the test's own coverage, because faults that never bite prove
// nothing; and coordinators that were broken on purpose, each of which must be found out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCoordinator, stepCoordinator } from '../../core/federation/coordinator.ts';
import type {
  CoordinatorEffect,
  CoordinatorEvent,
} from '../../core/federation/coordinator-types.ts';
import { simulate } from './federation.ts';
import type { Coverage, SimulationPlan } from './world.ts';

const plans: fc.Arbitrary<SimulationPlan> = fc.record({
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
});

/** About a third of what these seeds reach: less means that the faults have stopped biting. */
const leastCoverage: Readonly<Record<string, number>> = {
  aggregated: 1000,
  'partial cohort': 500,
  abandoned: 100,
  'committed after abandonment': 100,
  'run finished': 550,
  'finished with twin': 50,
  'restored in a run': 100,
  'died between durable and announced': 3,
  'persist failed': 5,
  paused: 40,
  reconnected: 150,
  'training failed': 15,
  'client died preparing': 30,
  'client died training': 30,
  'client died encrypting': 7,
  'client died sent': 30,
  'client died applying': 5,
  'client died evaluating': 20,
  'client died idle': 100,
  'server died gathering': 30,
  'server died open': 30,
  'server died applying': 30,
  'server died committing': 3,
  'server died testing': 3,
  'server died paused': 3,
  'repeated message': 1500,
  'forged message': 400,
  'lost update': 3,
  'lost sum': 20,
  'lost apply': 20,
  'doubled sum': 20,
  'doubled apply': 20,
  'sum before apply': 300,
  'apply before sum': 300,
  'forgot sum': 5,
  'forgot apply': 5,
  'lost evaluated': 10,
  'lost prepared': 3,
  'rejected duplicate': 300,
  'rejected late': 500,
  'rejected future': 60,
  'rejected foreign-run': 200,
  'rejected bad-update': 50,
  'rejected diverged': 50,
  'rejected unexpected': 40,
  'rejected out-of-order': 500,
  'rejected malformed': 20,
  'said resync': 150,
  'said deposit': 30,
  'timer round': 30,
  'timer apply': 30,
  'timer deposit': 8,
  'timer keys': 5,
  'timer prepare': 100,
  'timer gather': 250,
};

describe('a simulated federation', () => {
  it('keeps every invariant and ends its run, whatever goes wrong on the way', () => {
    const coverage: Coverage = new Map();
    fc.assert(
      fc.property(plans, (plan) => void simulate(plan, coverage)),
      { numRuns: 600, seed: 20240607, endOnFailure: true },
    );
    for (const [name, times] of Object.entries(leastCoverage)) {
      expect(coverage.get(name) ?? 0, name).toBeGreaterThanOrEqual(times);
    }
  }, 120000);
});

/** A coordinator that is told or asks for something else than the real one. */
function broken(
  ofEvent: (event: CoordinatorEvent) => CoordinatorEvent,
  ofEffect: (effect: CoordinatorEffect) => CoordinatorEffect[],
): Parameters<typeof simulate>[2] {
  return {
    create: createCoordinator,
    step: (config, state, event) => {
      const [next, effects] = stepCoordinator(config, state, ofEvent(event));
      return [next, effects.flatMap(ofEffect)];
    },
  };
}

const asEvent = (event: CoordinatorEvent) => event;
const asEffect = (effect: CoordinatorEffect) => [effect];

describe('a broken coordinator is found out', () => {
  const cases: [string, Parameters<typeof simulate>[2], RegExp][] = [
    [
      'that adds an update twice',
      broken(asEvent, (effect) => (effect.type === 'add-update' ? [effect, effect] : [effect])),
      /added twice/,
    ],
    [
      'that divides by another total',
      broken(asEvent, (effect) =>
        effect.type === 'broadcast' && effect.message.type === 'sum'
          ? [
              {
                ...effect,
                message: { ...effect.message, totalExamples: effect.message.totalExamples + 1 },
              },
            ]
          : [effect],
      ),
      /off the weighted mean/,
    ],
    [
      'that drops an update it counts',
      broken(asEvent, (effect) =>
        effect.type === 'add-update' && effect.clientId === 'client-1'
          ? [{ ...effect, payload: new Uint8Array(new Int32Array([1, -1, 0, 0, 0, 0]).buffer) }]
          : [effect],
      ),
      /other updates/,
    ],
    [
      'that hears of a save before it is durable',
      (() => {
        const eager: Parameters<typeof simulate>[2] = {
          create: createCoordinator,
          step: (config, state, event) => {
            const [next, effects] = stepCoordinator(config, state, event);
            const persist = effects.find(({ type }) => type === 'persist');
            if (persist?.type !== 'persist') return [next, effects];
            const { ticket } = persist;
            const told: CoordinatorEvent = { type: 'persisted', ticket, atMs: event.atMs };
            const [after, more] = stepCoordinator(config, next, told);
            return [after, [...effects, ...more]];
          },
        };
        return eager;
      })(),
      /before it was durable/,
    ],
    [
      'that never sets a deadline',
      broken(asEvent, (effect) =>
        effect.type === 'set-timer' && effect.timer !== 'gather' ? [] : asEffect(effect),
      ),
      /hangs|nothing is left/,
    ],
  ];

  it.each(cases)(
    '%s',
    (_name, coordinator, problem) => {
      const found = new Set<string>();
      for (const plan of fc.sample(plans, { numRuns: 40, seed: 7 })) {
        try {
          simulate(plan, new Map(), coordinator);
        } catch (error) {
          found.add((error as Error).message);
        }
      }
      expect(
        [...found].some((message) => problem.test(message)),
        [...found].join('; '),
      ).toBe(true);
    },
    60000,
  );
});
