// The rows that need the times of a run's rounds: the defaults in real tabs of a fresh browser, from
// Start to the test accuracy, with where the time went (shares.ts); and what a whole round costs beyond
// its training.
import { defaultRunConfig, type RunConfig } from '../../src/core/experiment/run-config.ts';
import type { DrivenRun } from '../../headless/drive.ts';
import { median, type Measurement } from './measurement.ts';
import { openedAtMs, partsOfRun, shareLines } from './shares.ts';

/** Drives one run; the same configuration is driven once unless `again` differs. */
export type DriveRun = (
  config: RunConfig,
  again?: number,
) => Promise<Pick<DrivenRun, 'result' | 'view'>>;

export type TimedRunRow = (drive: DriveRun) => Promise<Measurement[]>;

const WALL_TARGET_MS = 15_000;
const NUM_RUNS = 3;

/** The shares are those of the run whose time is the middle one. */
const defaultRun: TimedRunRow = async (drive) => {
  const driven = [];
  for (let again = 0; again < NUM_RUNS; again++) driven.push(await drive(defaultRunConfig, again));
  const wallMs = median(driven.map(({ result }) => result.wallMilliseconds));
  const { result, view } = driven.find(({ result }) => result.wallMilliseconds === wallMs)!;
  const { startedAtMs, endedAtMs } = view.run!;
  const parts = partsOfRun({ startedAtMs, endedAtMs: endedAtMs!, history: view.history });
  return [
    {
      what: `the default run, from Start to test accuracy: 5 tabs, 10 rounds over 55,000 examples, CKKS, ${result.backend} (median of ${NUM_RUNS})`,
      measured: `${(wallMs / 1000).toFixed(1)} s`,
      target: `≤ ${WALL_TARGET_MS / 1000} s`,
      met: wallMs <= WALL_TARGET_MS,
      values: { wallMilliseconds: wallMs, testAccuracy: result.testAccuracy },
    },
    ...shareLines('that run', parts),
  ];
};

const BEYOND_TARGET_MS = 150;

/**
 * The notebook's fifty batches a client: a few milliseconds of training where a step is fast. A round
 * lasts until the next one opens, so its save and the news of its commit count; the last round, after
 * which none opens, does not.
 */
const smallRounds: TimedRunRow = async (drive) => {
  const config: RunConfig = { ...defaultRunConfig, localBatches: 50 };
  const trainingMs: number[] = [];
  const beyondMs: number[] = [];
  const firstMs: number[] = [];
  for (let again = 0; again < NUM_RUNS; again++) {
    const { view } = await drive(config, again);
    const rounds = view.history.filter(({ round }) => round > 0);
    const beyond = rounds
      .slice(0, -1)
      .map((round, index) => openedAtMs(rounds[index + 1]!) - openedAtMs(round) - round.path.train);
    trainingMs.push(...rounds.map(({ path }) => path.train));
    beyondMs.push(...beyond);
    firstMs.push(beyond[0]!);
  }
  return [
    atMostBeyond(
      `a round beyond its training (${median(trainingMs).toFixed(0)} ms, 50 batches), from its opening to the next one's, 5 tabs, median of ${beyondMs.length}`,
      beyondMs,
    ),
    atMostBeyond(`the same, round 1 of a fresh browser, median of ${NUM_RUNS}`, firstMs),
  ];
};

function atMostBeyond(what: string, times: readonly number[]): Measurement {
  const medianMs = median(times);
  const largestMs = Math.max(...times);
  return {
    what,
    measured: `${medianMs.toFixed(0)} ms (largest ${largestMs.toFixed(0)})`,
    target: `≤ ${BEYOND_TARGET_MS} ms`,
    met: medianMs <= BEYOND_TARGET_MS,
    values: { medianMs, largestMs },
  };
}

/** By name. */
export const timedRunRows: ReadonlyMap<string, TimedRunRow> = new Map([
  ['default-run', defaultRun],
  ['small-rounds', smallRounds],
]);
