// The row `default-run`: the defaults in real tabs of a fresh browser, from Start to the test accuracy,
// and where the time went (shares.ts).
import { defaultRunConfig, type RunConfig } from '../../src/core/federation/run-config.ts';
import type { DrivenRun } from '../headless/drive.ts';
import { median, type Measurement } from './measurement.ts';
import { partsOfRun, shareLines } from './shares.ts';

/** Drives one run; the same configuration is driven once unless `again` differs. */
export type DriveRun = (
  config: RunConfig,
  again?: number,
) => Promise<Pick<DrivenRun, 'result' | 'view'>>;

const WALL_TARGET_MS = 15_000;
const NUM_RUNS = 3;

/** The shares are those of the run whose time is the middle one. */
export async function defaultRunRow(drive: DriveRun): Promise<Measurement[]> {
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
}
