// What must hold whenever a round is committed, computed from the targets and sizes of the seats
// and the sealed weights before and after, not from anything that the coordinator summed.
import { unfinishedRuns } from '../../core/federation/runs.ts';
import {
  examplesOfSeat,
  examplesPerCorrect,
  hashOf,
  initialWeights,
  targetOfSeat,
  unpackWeights,
} from './workbench.ts';
import type { SentUpdate } from './world.ts';
import type { RestoredRun } from '../../core/federation/persistence.ts';
import type { CoordinatorState } from '../../core/federation/coordinator-state.ts';

export interface CommitFacts {
  /** The run as it was durable before this commit. */
  readonly earlier: RestoredRun | null;
  readonly next: RestoredRun;
  /** Valid updates that clients have ever made, with their serial numbers. */
  readonly sentUpdates: readonly SentUpdate[];
  /** Serial numbers of the updates that went into the released sum. */
  readonly serials: readonly number[];
  /** Those of all commits so far; the commit's are added. */
  readonly usedSerials: Set<number>;
}

/**
 * Throws when a client has a seat in two unfinished runs, when a run is wrong about who is there, or when two
 * runs make keys under one epoch.
 */
export function checkSeats(state: CoordinatorState): void {
  const unfinished = unfinishedRuns(state);
  const seated = unfinished.flatMap(({ members, here }) => {
    const notLeft = [...members.values()].filter(({ shown }) => shown.standing !== 'left');
    const areHere = notLeft.every(({ clientId }) => here.has(clientId));
    demand(areHere && notLeft.length === here.size, 'a run is wrong about who is there');
    return notLeft;
  });
  const clientIds = seated.map(({ clientId }) => clientId);
  demand(new Set(clientIds).size === clientIds.length, 'a client has seats in two runs');
  const epochs = unfinished.flatMap(({ keys }) =>
    keys.status === 'making' || keys.status === 'saving' ? [keys.epoch] : [],
  );
  demand(new Set(epochs).size === epochs.length, 'two makers share an epoch');
}

/** Throws when a commit breaks an invariant. */
export function checkCommit({
  earlier,
  next,
  sentUpdates,
  serials,
  usedSerials,
}: CommitFacts): void {
  const { run } = next;
  const record = run.history.at(-1)!;
  const committedBefore = earlier?.run.committedRound ?? -1;
  demand(run.committedRound === committedBefore + 1, 'a round was skipped or repeated');
  demand(
    run.history.every(({ round }, index) => round === index),
    'the history has gaps',
  );
  demand(record.round === run.committedRound, 'the last record is not the committed round');
  demand(record.numValidationExamples <= 5000, 'an example was evaluated twice');
  if (record.numValidationExamples === 5000) {
    const numCorrect = Math.ceil(5000 / examplesPerCorrect(run.config.units));
    demand(Math.abs(record.validationAccuracy - numCorrect / 5000) < 1e-12, 'slices do not tile');
  }
  const pathMs = Object.values(record.path).reduce((sum, ms) => sum + ms, 0);
  demand(
    Math.abs(pathMs - record.milliseconds.total) < 1e-6,
    'the critical path does not add up to the round',
  );
  const contributors = [...record.contributors];
  demand(new Set(contributors).size === contributors.length, 'a seat contributed twice');
  if (record.round === 0) {
    demand(record.weightsSha256 === hashOf(initialWeights), 'round 0 has other weights');
    return;
  }
  demand(contributors.length >= run.config.minimumClients, 'fewer than the minimum');
  checkSerials(run.runId, record, sentUpdates, serials, usedSerials);

  const before =
    committedBefore === 0 ? [...initialWeights] : unpackWeights(earlier!.sealedWeights!);
  const after = unpackWeights(next.sealedWeights!);
  demand(hashOf(after) === record.weightsSha256, 'the deposit holds other weights');
  const total = contributors.reduce((sum, seat) => sum + examplesOfSeat(seat), 0);
  demand(total === record.numExamples, 'numbers of examples do not add up');
  for (const [dimension, weight] of before.entries()) {
    // Every client goes half-way to its target, so the mean goes half-way to the mean target.
    const meanTarget =
      contributors.reduce(
        (sum, seat) => sum + examplesOfSeat(seat) * targetOfSeat(seat, dimension),
        0,
      ) / total;
    const expected = weight + (meanTarget - weight) / 2;
    const error = Math.abs(after[dimension]! - expected);
    demand(
      error <= record.quantisationBound + 1e-12,
      `weight ${dimension} is ${error} off the weighted mean of seats ${contributors.join(', ')}`,
    );
  }
  demand(record.quantisationBound < 1e-4, 'the bound is too loose to tell clients apart');
}

/** Exactly the contributors' updates of this very attempt are in the sum, and none was used before. */
function checkSerials(
  runId: string,
  record: RestoredRun['run']['history'][number],
  sentUpdates: readonly SentUpdate[],
  serials: readonly number[],
  usedSerials: Set<number>,
): void {
  const updates = serials.map((serial) => sentUpdates.find((sent) => sent.serial === serial));
  const seats = updates.map((update) => update?.seat ?? -1).sort((a, b) => a - b);
  demand(seats.join() === [...record.contributors].join(), 'the sum holds other updates');
  for (const update of updates) {
    const { key, serial } = update!;
    demand(!usedSerials.has(serial), 'an update was used twice');
    usedSerials.add(serial);
    const isOfAttempt =
      key.runId === runId && key.round === record.round && key.attempt === record.attempts;
    demand(isOfAttempt, 'an update of another attempt is in the sum');
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`invariant broken: ${otherwise}`);
}
