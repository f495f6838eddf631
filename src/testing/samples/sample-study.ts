// A plausible sweep for tests and screenshots of the page: trials in every state, with gaps where a
// real study has them. Deterministic; no number here is a result.
import { createRandom } from '../../core/math/random.ts';
import type { ParamValue } from '../../core/tuning/distribution.ts';
import {
  categoricalDistribution,
  floatDistribution,
  intDistribution,
  type SearchSpace,
} from '../../core/tuning/distribution.ts';
import type { IntermediateValue, Trial, TrialState } from '../../core/tuning/trial.ts';

export const sampleSpace: SearchSpace = {
  units: intDistribution(64, 256),
  learningRate: floatDistribution(1e-5, 1e-1, { log: true }),
  optimizer: categoricalDistribution(['sgd', 'momentum', 'adam']),
  momentum: floatDistribution(0, 0.9, { step: 0.1 }),
};

const STARTED_AT_MS = Date.UTC(2026, 0, 15, 9, 0, 0);
const ROUND_MS = 400;

/**
 * `numTrials` trials of at most `rounds` reports: about a third pruned, one in nineteen failed, the last
 * one running with `runningRounds` reports (null: over). `momentum` is missing where it is not used.
 */
export function sampleTrials(
  numTrials: number,
  rounds: number,
  runningRounds: number | null = null,
): Trial[] {
  let startedAtMs = STARTED_AT_MS;
  return Array.from({ length: numTrials }, (_, number) => {
    const random = createRandom(1, 'sample-study', number);
    const isLast = number === numTrials - 1;
    const state: TrialState =
      isLast && runningRounds !== null
        ? 'running'
        : number % 19 === 7
          ? 'failed'
          : number > 4 && number % 3 === 1
            ? 'pruned'
            : 'complete';
    const optimizer = ['sgd', 'momentum', 'adam'][random.below(3)]!;
    const logRate = -5 + 4 * random.uniform();
    const params: Record<string, ParamValue> = {
      units: 64 + random.below(193),
      learningRate: 10 ** logRate,
      optimizer,
      ...(optimizer === 'momentum' && { momentum: random.below(10) / 10 }),
    };
    const best = 0.97 - 0.05 * (logRate + 2.3) ** 2 - 0.02 * random.uniform();
    const numReports =
      state === 'running'
        ? runningRounds!
        : state === 'pruned'
          ? Math.max(1, Math.round(rounds * 0.4))
          : state === 'failed'
            ? Math.round(rounds * 0.3)
            : rounds;
    const intermediateValues = Array.from(
      { length: numReports },
      (_unused, index): IntermediateValue => {
        const accuracy = Math.max(0.08, best) * (1 - 0.6 / (index + 1.4)) + 0.01 * random.uniform();
        // One report of the failed ones is not a number.
        return {
          step: index + 1,
          value: state === 'failed' && index === 1 ? NaN : Math.max(0.09, accuracy),
        };
      },
    );
    const trial: Trial = {
      number,
      state,
      value: state === 'complete' || state === 'pruned' ? intermediateValues.at(-1)!.value : null,
      params,
      distributions: Object.fromEntries(
        Object.keys(params).map((name) => [name, sampleSpace[name]!]),
      ),
      intermediateValues,
      userAttrs:
        state === 'failed'
          ? { runId: `run-${number}`, failReason: 'Fewer than two clients were left.' }
          : { runId: `run-${number}` },
      systemAttrs: {},
      startedAtMs,
      completedAtMs: state === 'running' ? null : startedAtMs + numReports * ROUND_MS,
      relativeParams: null,
    };
    startedAtMs += numReports * ROUND_MS + 50;
    return trial;
  });
}
