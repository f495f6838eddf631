// The study's semantics, case by case as Optuna behaves (the tables of its ask-and-tell).
import { describe, expect, it } from 'vitest';
import { categoricalDistribution, floatDistribution, intDistribution } from './distribution.ts';
import {
  addTrial,
  ask,
  beginTrial,
  bestTrial,
  canAsk,
  createStudy,
  enqueueTrial,
  report,
  retryTrial,
  shouldPrune,
  suggest,
  tell,
  type Outcome,
  type Study,
} from './study.ts';
import type { StudyConfigInput } from './study-config.ts';

const units = intDistribution(64, 256);
const rate = floatDistribution(1e-5, 0.1, { log: true });
const optimizer = categoricalDistribution(['sgd', 'adam']);

function start(more: Partial<StudyConfigInput> = {}): Study {
  return createStudy({
    name: 'test',
    direction: 'maximize',
    searchSpace: { units, rate, optimizer },
    ...more,
  });
}

/** A study with one running trial that has reported. */
function running(...reports: readonly (readonly [step: number, value: number])[]): Study {
  const { study } = ask(start(), 1000);
  return reports.reduce((next, [step, value]) => report(next, 0, value, step), study);
}

describe('ask', () => {
  it('starts trials in order, with a value for everything', () => {
    const first = ask(start(), 5);
    const second = ask(first.study, 6);
    expect([first.trial.number, second.trial.number]).toEqual([0, 1]);
    expect(second.trial).toMatchObject({ state: 'running', startedAtMs: 6, value: null });
    expect(Object.keys(second.trial.params)).toEqual(['units', 'rate', 'optimizer']);
  });

  it('takes waiting trials first, in the order they were enqueued', () => {
    let study = enqueueTrial(enqueueTrial(start(), { units: 100 }), { units: 200 });
    for (const expected of [100, 200]) {
      const asked = ask(study, 0);
      expect(asked.trial.params['units']).toBe(expected);
      study = asked.study;
    }
    expect(ask(study, 0).trial.number).toBe(2);
  });

  it('uses enqueued values out of range, and ignores names that are not suggested', () => {
    const { trial } = ask(enqueueTrial(start(), { units: 9999, depth: 3 }), 0);
    expect(trial.params['units']).toBe(9999);
    expect(trial.params).not.toHaveProperty('depth');
  });

  it('never samples what has one value', () => {
    const fixed = { one: intDistribution(3, 3), step: floatDistribution(0, 0.05, { step: 0.1 }) };
    expect(ask(start({ searchSpace: fixed }), 0).trial.params).toEqual({ one: 3, step: 0 });
  });

  it('is possible until the number of trials is reached, and for all that waits', () => {
    let study = start({ numTrials: 2 });
    study = ask(ask(study, 0).study, 0).study;
    expect(canAsk(study)).toBe(false);
    expect(canAsk(enqueueTrial(study, {}))).toBe(true);
  });
});

describe('suggest', () => {
  it('gives the same value again', () => {
    const { study, trial } = ask(start(), 0);
    expect(suggest(study, 0, 'units', units)).toEqual({ study, value: trial.params['units'] });
  });

  it('accepts another range, but not another kind, scale or other choices', () => {
    const { study } = beginTrial(ask(start(), 0).study, 1);
    const next = (name: string, distribution: Parameters<typeof suggest>[3]) => () =>
      suggest(study, 1, name, distribution);
    expect(next('units', intDistribution(1, 8))).not.toThrow();
    expect(next('units', floatDistribution(1, 8))).toThrow(RangeError);
    expect(next('units', intDistribution(1, 8, { log: true }))).toThrow(RangeError);
    expect(next('rate', floatDistribution(1, 2))).toThrow(RangeError);
    expect(next('optimizer', categoricalDistribution(['adam', 'sgd']))).toThrow(RangeError);
  });
});

describe('report', () => {
  it('keeps the first value of a step, and sorts the steps', () => {
    const trial = running([3, 0.3], [1, 0.1], [3, 0.9]).trials[0]!;
    expect(trial.intermediateValues).toEqual([
      { step: 1, value: 0.1 },
      { step: 3, value: 0.3 },
    ]);
  });

  it('refuses steps that are no whole numbers from 0, and trials that do not run', () => {
    expect(() => report(running(), 0, 1, -1)).toThrow(RangeError);
    expect(() => report(running(), 0, 1, 1.5)).toThrow(RangeError);
    expect(() => report(running(), 7, 1, 1)).toThrow(RangeError);
    expect(() => report(tell(running(), 0, { value: 1, atMs: 0 }), 0, 1, 1)).toThrow(RangeError);
  });
});

describe('tell', () => {
  const told = (study: Study, outcome: Omit<Outcome, 'atMs'>) =>
    tell(study, 0, { ...outcome, atMs: 2000 }).trials[0]!;

  it.each([
    ['a value', { value: 0.5 }, 'complete', 0.5],
    ['an infinite value', { value: -Infinity }, 'complete', -Infinity],
    ['NaN', { value: NaN }, 'failed', null],
    ['nothing', {}, 'failed', null],
    ['null', { value: null }, 'failed', null],
    ['a failure', { state: 'failed' }, 'failed', null],
    ['a pruning without reports', { state: 'pruned' }, 'pruned', null],
  ] as const)('%s', (_, outcome, state, value) => {
    expect(told(running(), outcome)).toMatchObject({ state, value, completedAtMs: 2000 });
  });

  it('gives a pruned trial the value at its last step, unless that is NaN', () => {
    expect(told(running([2, 0.7], [1, 0.9]), { state: 'pruned' }).value).toBe(0.7);
    expect(told(running([1, 0.9], [2, NaN]), { state: 'pruned' }).value).toBeNull();
  });

  it.each([
    ['complete without a value', { state: 'complete' }],
    ['complete with NaN', { state: 'complete', value: NaN }],
    ['pruned with a value', { state: 'pruned', value: 1 }],
    ['failed with a value', { state: 'failed', value: 1 }],
  ] as const)('refuses %s', (_, outcome) => {
    expect(() => told(running(), outcome)).toThrow(RangeError);
  });

  it('refuses a trial that is over, or returns the study as it is', () => {
    const over = tell(running(), 0, { value: 1, atMs: 1 });
    expect(() => tell(over, 0, { value: 2, atMs: 2 })).toThrow(RangeError);
    expect(tell(over, 0, { value: 2, atMs: 2 }, { skipIfFinished: true })).toBe(over);
    expect(() => tell(enqueueTrial(start(), {}), 0, { value: 1, atMs: 1 })).toThrow(RangeError);
  });

  it('remembers why a trial failed', () => {
    expect(told(running(), { state: 'failed', reason: 'all clients left' }).userAttrs).toEqual({
      failReason: 'all clients left',
    });
    expect(told(running(), {}).userAttrs).toEqual({ failReason: 'no usable value' });
  });
});

describe('the best trial', () => {
  const ended = (direction: 'minimize' | 'maximize', outcomes: readonly (number | 'pruned')[]) =>
    outcomes.reduce((study: Study, outcome, i) => {
      const asked = report(ask(study, 0).study, i, 99, 1);
      return tell(
        asked,
        i,
        outcome === 'pruned' ? { state: 'pruned', atMs: 1 } : { value: outcome, atMs: 1 },
      );
    }, start({ direction }));

  it('is complete, never pruned, and the earliest of equals', () => {
    expect(bestTrial(ended('maximize', [0.5, 'pruned', 0.7, 0.7, NaN]))!.number).toBe(2);
    expect(bestTrial(ended('minimize', [0.5, 'pruned', 0.7, 0.5]))!.number).toBe(0);
    expect(bestTrial(ended('minimize', [NaN, 'pruned']))).toBeNull();
    expect(bestTrial(ended('maximize', [-Infinity, 'pruned']))!.number).toBe(0);
  });
});

describe('enqueue', () => {
  it('can skip what is there already, enqueued or sampled', () => {
    const once = enqueueTrial(start(), { units: 128, rate: 0.001 });
    const again = (params: Parameters<typeof enqueueTrial>[1]) =>
      enqueueTrial(once, params, { skipIfExists: true }).trials.length;
    expect(again({ units: 128, rate: 0.001 })).toBe(1);
    expect(again({ rate: 0.001000005, units: 128 })).toBe(1); // relative 5e-6
    expect(again({ units: 128, rate: 0.00100002 })).toBe(2); // relative 2e-5
    expect(again({ units: 128 })).toBe(2);
    const sampled = ask(start(), 0);
    const copied = enqueueTrial(sampled.study, sampled.trial.params, { skipIfExists: true });
    expect(copied).toBe(sampled.study);
  });

  it('refuses a choice that there is not', () => {
    expect(() => enqueueTrial(start(), { optimizer: 'rmsprop' })).toThrow(RangeError);
  });
});

describe('retry', () => {
  it('copies the parameters, and remembers its ancestors', () => {
    let study = tell(running([1, 0.4]), 0, { state: 'failed', reason: 'gone', atMs: 5 });
    const { params } = study.trials[0]!;
    study = ask(retryTrial(study, 0, 2), 6).study;
    expect(study.trials[1]).toMatchObject({ params, intermediateValues: [], userAttrs: {} });
    study = tell(study, 1, { state: 'failed', atMs: 7 });
    study = ask(retryTrial(study, 1, 2), 8).study;
    expect(study.trials[2]!.params).toEqual(params);
    expect(study.trials[2]!.systemAttrs).toMatchObject({ failed_trial: 0, retry_history: [0, 1] });
    study = tell(study, 2, { state: 'failed', atMs: 9 });
    expect(retryTrial(study, 2, 2)).toBe(study);
  });

  it('is for failed trials', () => {
    expect(() => retryTrial(running(), 0, 1)).toThrow(RangeError);
  });
});

describe('importing trials', () => {
  const complete = tell(running(), 0, { value: 0.5, atMs: 2000 }).trials[0]!;

  it('gives them the next number', () => {
    expect(addTrial(running(), complete).trials[1]).toEqual({ ...complete, number: 1 });
  });

  it.each([
    ['over but without an end', { completedAtMs: null }],
    ['complete without a value', { value: null }],
    ['complete with NaN', { value: NaN }],
    ['a value out of range', { params: { ...complete.params, units: 1000 } }],
    ['a value without a distribution', { params: { ...complete.params, more: 1 } }],
  ])('refuses %s', (_, wrong) => {
    expect(() => addTrial(start(), { ...complete, ...wrong })).toThrow(RangeError);
  });
});

describe('failed trials', () => {
  it('do not exist for the sampler', () => {
    const ends = (failedValue: number) => {
      let study = start({ numTrials: 100, sampler: { type: 'tpe', numStartupTrials: 3 } });
      for (let i = 0; i < 20; i++) {
        const asked = ask(study, i);
        study = asked.study;
        if (i % 2 === 1) {
          study = report(study, i, failedValue, 1);
          study = tell(study, i, { state: 'failed', atMs: i });
        } else study = tell(study, i, { value: Math.sin(i), atMs: i });
      }
      return ask(study, 20).trial.params;
    };
    expect(ends(1000)).toEqual(ends(-1000));
  });
});

describe('the constant liar', () => {
  it('spreads trials that run side by side', () => {
    // Twelve trials agree that 0.7 is best; four more are asked before any is told.
    const spread = (constantLiar: boolean): number => {
      let sum = 0;
      for (let seed = 0; seed < 20; seed++) {
        let study = createStudy({
          name: 'liar',
          direction: 'minimize',
          searchSpace: { x: floatDistribution(0, 1) },
          sampler: { type: 'tpe', constantLiar },
          numTrials: 100,
          seed,
        });
        for (let i = 0; i < 30; i++) {
          const asked = ask(study, i);
          const x = asked.trial.params['x'] as number;
          study = tell(asked.study, i, { value: (x - 0.7) ** 2, atMs: i });
        }
        const xs: number[] = [];
        for (let i = 0; i < 6; i++) {
          const asked = ask(study, i);
          study = asked.study;
          xs.push(asked.trial.params['x'] as number);
        }
        const mean = xs.reduce((total, x) => total + x, 0) / xs.length;
        sum += Math.sqrt(xs.reduce((total, x) => total + (x - mean) ** 2, 0) / (xs.length - 1));
      }
      return sum / 20;
    };
    expect(spread(true)).toBeGreaterThan(1.5 * spread(false));
  });
});

describe('should prune', () => {
  it('keeps what the pruner must remember in the study', () => {
    let study = start({ pruner: { type: 'halving' }, numTrials: 10 });
    for (const [number, last] of [
      [0, 400],
      [1, 900],
    ] as const) {
      study = report(ask(study, 0).study, number, 0.5, last);
      if (number === 0) study = tell(study, 0, { value: 0.5, atMs: 1 });
    }
    const decided = shouldPrune(study, 1);
    expect(decided.study.prunerMemory).toEqual({ minResource: 4 });
    // A longer trial does not move it.
    const later = ask(tell(decided.study, 1, { value: 0.6, atMs: 2 }), 3).study;
    expect(shouldPrune(report(later, 2, 0.7, 5), 2).study.prunerMemory).toEqual({ minResource: 4 });
  });
});
