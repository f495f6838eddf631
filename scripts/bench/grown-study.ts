// An Optuna journal of a study that has grown: finished trials with a report after every round, some
// pruned, some failed. The engine's own ask, report and tell write it; only the learning curves are made up.
import { setupToAttrs } from '../../src/core/federation/study/study-attrs.ts';
import { createRandom, type Random } from '../../src/core/math/random.ts';
import { journalLines } from '../../src/core/tuning/journal-writer.ts';
import { ask, createStudy, report, tell, type Study } from '../../src/core/tuning/study.ts';
import type { StudySetup } from '../../src/core/experiment/study-setup.ts';

const STARTED_AT_MS = Date.UTC(2026, 0, 15, 9, 0, 0);
const ROUND_MS = 900;

/**
 * `numTrials` trials of `rounds` reports; every fifth is pruned after two thirds of them, every fortieth
 * fails after a third. The journal carries `setup`, so that the study can be continued.
 */
export function grownStudyJournal(setup: StudySetup, numTrials: number, rounds: number): string {
  const sampler = { type: 'random' } as const;
  let study = createStudy({ ...setup.study, sampler }, setupToAttrs(setup));
  let atMs = STARTED_AT_MS;
  for (let number = 0; number < numTrials; number++) {
    study = ask(study, atMs).study;
    const { state, share } = fateOf(number);
    const numReports = Math.round(share * rounds);
    const random = createRandom(setup.study.seed, 'grown-study', number);
    for (let round = 1; round <= numReports; round++) {
      study = report(study, number, accuracyAfter(study, number, round, random), round);
    }
    atMs += numReports * ROUND_MS;
    const value = study.trials[number]!.intermediateValues.at(-1)!.value;
    study = tell(study, number, { atMs, state, ...(state === 'complete' ? { value } : {}) });
  }
  return journalLines(null, { ...study, config: setup.study }, style);
}

const style = { workerId: 'bench', utcOffsetMinutes: 0 };

function fateOf(number: number) {
  if (number % 40 === 39) return { state: 'failed', share: 1 / 3 } as const;
  if (number % 5 === 4) return { state: 'pruned', share: 2 / 3 } as const;
  return { state: 'complete', share: 1 } as const;
}

/** A saturating curve, best near a learning rate of 5e-3, with noise. */
function accuracyAfter(study: Study, number: number, round: number, random: Random): number {
  const rate = Number(study.trials[number]!.params['learningRate']);
  const limit = 0.97 - 0.07 * (Math.log10(rate) + 2.3) ** 2;
  return Math.max(0.08, limit) * (1 - 0.6 / (round + 0.5)) + 0.01 * random.uniform();
}
