// What every sampler must do, as a vitest suite: values inside their distributions, the same seed the
// same study, resuming from JSON at any point, enqueued trials, failed trials without influence,
// conditional parameters, trials side by side.
import { describe, expect, it } from 'vitest';
import {
  categoricalDistribution,
  contains,
  floatDistribution,
  intDistribution,
  type Distribution,
  type ParamValue,
  type SearchSpace,
} from '../../core/tuning/distribution.ts';
import {
  ask,
  beginTrial,
  canAsk,
  createStudy,
  enqueueTrial,
  report,
  suggest,
  tell,
  type Study,
} from '../../core/tuning/study.ts';
import type { SamplerConfig, StudyConfigInput } from '../../core/tuning/study-config.ts';
import { studyFromJson, studyToJson } from '../../core/tuning/study-json.ts';

/** One parameter of each kind, and two that leave no choice. */
const everyKind: SearchSpace = {
  int: intDistribution(-3, 9),
  intStep: intDistribution(16, 128, { step: 16 }),
  intLog: intDistribution(1, 1000, { log: true }),
  float: floatDistribution(-2.5, 1.5),
  floatLog: floatDistribution(1e-5, 0.1, { log: true }),
  floatStep: floatDistribution(0, 0.9, { step: 0.1 }),
  choice: categoricalDistribution(['sgd', 'adam', null, true]),
  oneNumber: intDistribution(7, 7),
  oneChoice: categoricalDistribution(['only']),
};

interface SamplerTraits {
  /** Every value that the sampler can give has to come out in this many trials. */
  readonly coversGridIn?: number;
  /** Parameters that are not in the declared space can be suggested. */
  readonly conditional: boolean;
}

export function describeSampler(
  name: string,
  configFor: (space: SearchSpace) => SamplerConfig,
  traits: SamplerTraits,
): void {
  const studyOver = (space: SearchSpace, more: Partial<StudyConfigInput> = {}): Study =>
    createStudy({
      name: 'conformance',
      direction: 'minimize',
      searchSpace: space,
      sampler: configFor(space),
      pruner: { type: 'none' },
      numTrials: 1000,
      seed: 5,
      ...more,
    });

  describe(name, () => {
    describe.each(Object.entries(everyKind))('over %s alone', (param, distribution) => {
      it('stays inside, in every way a trial can end', () => {
        const study = runTrials(studyOver({ [param]: distribution }), 40);
        expect(study.trials.length).toBeGreaterThan(0);
        for (const trial of study.trials) expectInside({ [param]: distribution }, trial.params);
      });
    });

    it('gives every parameter of a space of all kinds', () => {
      const study = runTrials(studyOver(everyKind), 40);
      for (const trial of study.trials) {
        expect(Object.keys(trial.params).sort()).toEqual(Object.keys(everyKind).sort());
        expectInside(everyKind, trial.params);
      }
    });

    it('repeats itself with the same seed, and not with another', () => {
      const paramsWith = (seed: number) =>
        runTrials(studyOver(everyKind, { seed }), 25).trials.map(({ params }) => params);
      expect(paramsWith(5)).toEqual(paramsWith(5));
      expect(paramsWith(6)).not.toEqual(paramsWith(5));
    });

    it('goes on from JSON as if nothing had been', () => {
      const whole = runTrials(studyOver(everyKind), 30);
      let resumed = studyOver(everyKind);
      for (let i = 0; i < 30; i++) resumed = runTrials(studyFromJson(studyToJson(resumed)), 1);
      expect(resumed).toEqual(whole);
    });

    it('does not change the study that it is given', () => {
      const study = runTrials(studyOver(everyKind), 15);
      const before = studyToJson(study);
      ask(study, 0);
      expect(studyToJson(study)).toBe(before);
    });

    it('gives an enqueued trial its values, and its own for the rest', () => {
      for (const numBefore of [0, 15]) {
        const study = enqueueTrial(runTrials(studyOver(everyKind), numBefore), {
          int: 3,
          choice: 'adam',
        });
        const { trial } = ask(study, 0);
        expect(trial.params).toMatchObject({ int: 3, choice: 'adam' });
        expectInside(everyKind, trial.params);
        expect(Object.keys(trial.params).length).toBe(Object.keys(everyKind).length);
      }
    });

    it('keeps trials side by side apart', () => {
      let study = runTrials(studyOver(everyKind), 12);
      const inFlight: string[] = [];
      for (let i = 0; i < 5; i++) {
        const asked = ask(study, i);
        study = asked.study;
        inFlight.push(JSON.stringify(asked.trial.params));
        expectInside(everyKind, asked.trial.params);
      }
      expect(new Set(inFlight).size).toBe(5);
    });

    it('survives trials that all fail, all tie, or are infinite', () => {
      for (const value of [NaN, 1, Infinity, -Infinity]) {
        let study = studyOver(everyKind);
        for (let i = 0; i < 20; i++) {
          const asked = ask(study, i);
          study = tell(asked.study, asked.trial.number, { value, atMs: i });
          expectInside(everyKind, asked.trial.params);
        }
      }
    });

    it.runIf(traits.conditional)('gives parameters that only some trials have', () => {
      let study = studyOver({});
      for (let i = 0; i < 40; i++) {
        const begun = beginTrial(study, i);
        study = begun.study;
        const take = (param: string, distribution: Distribution): ParamValue => {
          const suggested = suggest(study, begun.trial.number, param, distribution);
          study = suggested.study;
          expect(contains(distribution, suggested.value)).toBe(true);
          return suggested.value;
        };
        const momentum = take('optimizer', categoricalDistribution(['sgd', 'adam'])) === 'sgd';
        // A range may change from trial to trial.
        const rate = take('rate', floatDistribution(1e-4, i < 20 ? 0.1 : 0.01, { log: true }));
        const extra = momentum ? take('momentum', floatDistribution(0, 0.9, { step: 0.1 })) : 0.5;
        const value = Math.log10(rate as number) ** 2 + (extra as number);
        study = tell(study, begun.trial.number, { value, atMs: i });
      }
      const withMomentum = study.trials.filter(({ params }) => 'momentum' in params);
      expect(withMomentum.length).toBeGreaterThan(0);
      expect(withMomentum.length).toBeLessThan(40);
    });

    const { coversGridIn } = traits;
    it.runIf(coversGridIn !== undefined)('comes to every point of a small space', () => {
      const space = { a: intDistribution(1, 4), b: categoricalDistribution(['x', 'y', 'z']) };
      const study = runTrials(studyOver(space), coversGridIn!);
      const points = new Set(study.trials.map(({ params }) => `${params['a']}${params['b']}`));
      expect(points.size).toBe(12);
    });
  });
}

/** Up to `numTrials` more trials that end in all ways; the value depends on the parameters. */
function runTrials(study: Study, numTrials: number): Study {
  let next = study;
  for (let i = 0; i < numTrials && canAsk(next); i++) {
    const atMs = next.trials.length;
    const asked = ask(next, atMs);
    const { number, params } = asked.trial;
    next = asked.study;
    const numbers = Object.values(params).map((value) => (typeof value === 'number' ? value : 1));
    const value = numbers.reduce((sum, each) => sum + each ** 2, 0);
    if (number % 7 === 3) {
      next = tell(report(next, number, value, number % 5), number, { state: 'pruned', atMs });
    } else if (number % 11 === 5) {
      next = tell(next, number, { state: 'failed', reason: 'test', atMs });
    } else {
      next = tell(next, number, { value, atMs });
    }
  }
  return next;
}

function expectInside(space: SearchSpace, params: Readonly<Record<string, ParamValue>>): void {
  for (const [name, value] of Object.entries(params)) {
    expect({ name, value, inside: contains(space[name]!, value) }).toMatchObject({ inside: true });
  }
}
