// Whole studies in simulated federations: clients and the server die in any phase, trials are paused and
// stopped, saves fail. At the end the durable study must be one that the rules of ask and tell allow,
// checked against its durable runs and by rules that share nothing with the study machine.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RestoredRun } from '../core/federation/coordinator-types.ts';
import { intDistribution } from '../core/tuning/distribution.ts';
import { createCoordinator, stepCoordinator } from '../core/federation/coordinator.ts';
import { ask, createStudy, tell } from '../core/tuning/study.ts';
import { examplesPerCorrect } from './simulated-bench.ts';
import { simulate, type SimulatedEnd } from './simulated-federation.ts';
import type { Coordinator, Coverage, SimulationPlan } from './simulated-world.ts';

const studyOf = (seed: number, numTrials: number) =>
  createStudy({
    name: 'simulated',
    direction: 'maximize',
    searchSpace: { units: intDistribution(64, 256) },
    sampler: { type: 'tpe', numStartupTrials: 3 },
    pruner: { type: 'median', numStartupTrials: 2, numWarmupSteps: 2 },
    numTrials,
    seed,
  }).config;

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
    .map(([seed, numTrials]) => studyOf(seed, numTrials)),
  numFaults: fc.integer({ min: 0, max: 40 }),
  faultRate: fc.constantFrom(0.01, 0.03),
});

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`invariant broken: ${otherwise}`);
}

/** Everything that must be true of a finished study and its runs. */
function checkStudy(plan: SimulationPlan, { study: stored, runs }: SimulatedEnd): void {
  const { study, runIds, test } = stored!;
  const { trials, config } = study;
  const rounds = plan.run.rounds!;
  demand(stored!.stage.phase === 'finished', 'the study did not finish');
  demand(trials.length === config.numTrials, 'another number of trials');
  for (const trial of trials) {
    const stored = runs.get(runIds[trial.number]!);
    demand(stored !== undefined, 'a trial without a run');
    const { run } = stored!;
    demand(run.trialOf?.number === trial.number, 'the run of another trial');
    demand(run.config.units === trial.params['units'], 'a run with other parameters');
    const reports = trial.intermediateValues.map(({ step, value }) => `${step}:${value}`);
    const committed = run.history
      .slice(1)
      .map((record) => `${record.round}:${record.validationAccuracy}`);
    demand(reports.join() === committed.join(), 'reports are not the committed rounds');
    const last = run.history.at(-1);
    if (trial.state === 'complete') {
      demand(last!.round === rounds && trial.value === last!.validationAccuracy, 'a wrong value');
      demand(stored!.sealedWeights !== null, 'the weights of a complete trial are gone');
    } else if (trial.state === 'pruned') {
      demand(last!.round < rounds && last!.round >= 2, 'pruned too early or too late');
      demand(isBelowMedian(trials.slice(0, trial.number), trial, last!.round), 'pruned in vain');
    } else {
      demand(trial.state === 'failed', `a trial is ${trial.state}`);
      demand(typeof trial.userAttrs['failReason'] === 'string', 'failed without a reason');
    }
    demand(trial.completedAtMs! >= trial.startedAtMs!, 'a trial ended before it began');
  }
  checkSampling(plan, stored!.study);
  checkTest(trials, runIds, test, runs);
}

type Trials = NonNullable<SimulatedEnd['study']>['study']['trials'];

/** The definition of the median rule over the trials before this one. */
function isBelowMedian(before: Trials, trial: Trials[number], step: number): boolean {
  const others = before
    .filter(({ state }) => state === 'complete')
    .map(({ intermediateValues }) => intermediateValues[step - 1]!.value)
    .sort((a, b) => a - b);
  const middle = (others.length - 1) / 2;
  const median = (others[Math.floor(middle)]! + others[Math.ceil(middle)]!) / 2;
  const best = Math.max(...trial.intermediateValues.map(({ value }) => value));
  return others.length >= 1 && best < median;
}

/** The first trials are drawn at random from seed and number alone, whatever happened in between. */
function checkSampling(
  plan: SimulationPlan,
  { trials }: NonNullable<SimulatedEnd['study']>['study'],
) {
  let study = createStudy(plan.study!);
  for (const trial of trials.slice(0, 3)) {
    const asked = ask(study, 0);
    demand(asked.trial.params['units'] === trial.params['units'], 'a restart changed a draw');
    study = tell(asked.study, trial.number, { atMs: 1, state: 'failed' });
  }
}

function checkTest(
  trials: Trials,
  runIds: readonly (string | null)[],
  test: NonNullable<SimulatedEnd['study']>['test'],
  runs: ReadonlyMap<string, RestoredRun>,
): void {
  const complete = trials.filter(({ state }) => state === 'complete');
  const highest = Math.max(...complete.map(({ value }) => value!));
  const best = complete.find(({ value }) => value === highest);
  demand((test === null) === (best === undefined), 'no test of the best trial, or of nothing');
  if (best === undefined || test === null) return;
  demand(test.number === best.number, 'another trial was tested');
  const tested = [...runs.values()].filter(({ run }) => run.test !== null);
  demand(
    tested.length === 1 && tested[0]!.run.runId === runIds[best.number],
    'test images were used for another trial than the best',
  );
  const numCorrect = Math.ceil(10000 / examplesPerCorrect(tested[0]!.run.config.units));
  demand(Math.abs(test.result.accuracy - numCorrect / 10000) < 1e-12, 'a wrong test accuracy');
}

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
