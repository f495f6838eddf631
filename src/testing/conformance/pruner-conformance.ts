// What every pruner must do, as a vitest suite: keep silent without reports, never prune the best trial
// of a study that only got better, mirror itself when the direction is turned, survive NaN and
// infinities, decide the same after a resume from JSON, and not listen to failed trials.
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/math/random.ts';
import {
  beginTrial,
  createStudy,
  report,
  shouldPrune,
  tell,
  type Study,
} from '../../core/tuning/study.ts';
import { studyFromJson, studyToJson } from '../../core/tuning/study-json.ts';
import type { StudyConfigInput } from '../../core/tuning/study-config.ts';
import type { StudyDirection } from '../../core/tuning/trial.ts';

type PrunerInput = NonNullable<StudyConfigInput['pruner']>;

const NUM_TRIALS = 30;
const NUM_STEPS = 12;

interface PrunerTraits {
  /** Prunes some trials of a study of noisy learning curves. */
  readonly prunesNoise: boolean;
  /** A trial that reports nothing but NaN is pruned once others are complete. */
  readonly prunesNaN: boolean;
  /** Records of failed trials count (a rung once reached is reached). */
  readonly countsFailed?: boolean;
  /** Its bounds are absolute: turning the direction does not mirror it. */
  readonly ignoresDirection?: boolean;
}

export function describePruner(name: string, pruner: PrunerInput, traits: PrunerTraits): void {
  const studyWith = (direction: StudyDirection): Study =>
    createStudy({ name: 'conformance', direction, searchSpace: {}, pruner, numTrials: 100 });

  describe(name, () => {
    it('keeps a trial that has not reported', () => {
      const { study } = sweep(studyWith('maximize'), noisyCurve);
      const begun = beginTrial(study, 0);
      expect(shouldPrune(begun.study, begun.trial.number).prune).toBe(false);
    });

    it('keeps the first trial of a study, which has nobody to be worse than', () => {
      let { study } = beginTrial(studyWith('minimize'), 0);
      for (let step = 1; step <= NUM_STEPS; step++) {
        const decided = shouldPrune(report(study, 0, 0.5 - 0.01 * step, step), 0);
        expect(decided.prune).toBe(false);
        study = decided.study;
      }
    });

    it.each(['minimize', 'maximize'] as const)(
      'keeps what is best at every step (%s)',
      (direction) => {
        const sign = direction === 'maximize' ? 1 : -1;
        const better = (trial: number, step: number): number =>
          sign * (0.3 + 0.015 * trial + 0.001 * step);
        const { decisions } = sweep(studyWith(direction), better);
        if (traits.ignoresDirection !== true) expect(decisions).not.toContain(true);
      },
    );

    it('prunes some of a noisy study, or none, as it should', () => {
      const { decisions } = sweep(studyWith('maximize'), noisyCurve);
      expect(decisions.includes(true)).toBe(traits.prunesNoise);
    });

    it.skipIf(traits.ignoresDirection === true)('mirrors itself when the direction turns', () => {
      const up = sweep(studyWith('maximize'), noisyCurve);
      const down = sweep(studyWith('minimize'), (trial, step) => -noisyCurve(trial, step));
      expect(down.decisions).toEqual(up.decisions);
    });

    it('decides the same when resumed from JSON before every event', () => {
      const through = sweep(studyWith('maximize'), noisyCurve, (study) =>
        studyFromJson(studyToJson(study)),
      );
      const straight = sweep(studyWith('maximize'), noisyCurve);
      expect(through.decisions).toEqual(straight.decisions);
      expect(through.study).toEqual(straight.study);
    });

    it.skipIf(traits.countsFailed === true)('does not listen to failed trials', () => {
      // The first six fail; whether they reported wonders or nothing must not move the rest.
      const failing = [0, 1, 2, 3, 4, 5];
      const restOf = (value: number): readonly boolean[] => {
        const { study, decisions } = sweep(
          studyWith('maximize'),
          (trial, step) => (trial < 6 ? value : noisyCurve(trial, step)),
          undefined,
          failing,
        );
        expect(study.trials.slice(0, 6).map(({ state }) => state)).not.toContain('complete');
        const numFirst = study.trials
          .slice(0, 6)
          .reduce((sum, { intermediateValues }) => sum + intermediateValues.length, 0);
        return decisions.slice(numFirst);
      };
      expect(restOf(0.99)).toEqual(restOf(0.6));
    });

    it('judges a trial of NaN alone', () => {
      const { study } = sweep(studyWith('maximize'), noisyCurve);
      let begun = beginTrial(study, 0);
      let pruned = false;
      for (let step = 1; step <= NUM_STEPS && !pruned; step++) {
        const decided = shouldPrune(
          report(begun.study, begun.trial.number, NaN, step),
          begun.trial.number,
        );
        begun = { ...begun, study: decided.study };
        pruned = decided.prune;
      }
      expect(pruned).toBe(traits.prunesNaN);
    });

    it('survives infinities and steps out of order', () => {
      const { study } = sweep(studyWith('minimize'), (trial, step) =>
        (trial + step) % 5 === 0 ? Infinity : (trial + step) % 7 === 0 ? -Infinity : trial,
      );
      const begun = beginTrial(study, 0);
      let next = begun.study;
      for (const step of [9, 3, 11, 1]) {
        const decided = shouldPrune(report(next, begun.trial.number, 1, step), begun.trial.number);
        expect(typeof decided.prune).toBe('boolean');
        next = decided.study;
      }
    });
  });
}

/** Runs trials two at a time, each stopped when advised to; the decisions in order. */
function sweep(
  start: Study,
  curve: (trial: number, step: number) => number,
  between: (study: Study) => Study = (study) => study,
  failing: readonly number[] = [],
): { readonly study: Study; readonly decisions: readonly boolean[] } {
  let study = start;
  const decisions: boolean[] = [];
  for (let pair = 0; pair < NUM_TRIALS; pair += 2) {
    const open = new Set<number>();
    for (const _ of [0, 1]) {
      const begun = beginTrial(between(study), pair);
      study = begun.study;
      open.add(begun.trial.number);
    }
    for (let step = 1; step <= NUM_STEPS; step++) {
      for (const number of [...open]) {
        const reported = report(between(study), number, curve(number, step), step);
        const decided = shouldPrune(between(reported), number);
        decisions.push(decided.prune);
        study = decided.study;
        if (!decided.prune) continue;
        study = tell(between(study), number, { state: 'pruned', atMs: pair });
        open.delete(number);
      }
    }
    for (const number of open) {
      study = failing.includes(number)
        ? tell(study, number, { state: 'failed', atMs: pair })
        : tell(study, number, { value: curve(number, NUM_STEPS), atMs: pair });
    }
  }
  return { study, decisions };
}

/** A learning curve between 0 and 1 with a height and noise of the trial's own. */
function noisyCurve(trial: number, step: number): number {
  const height = createRandom('height', trial).uniform();
  const noise = createRandom('noise', trial, step).uniform();
  return 0.2 + 0.6 * height * (1 - 0.7 ** step) + 0.1 * noise;
}
