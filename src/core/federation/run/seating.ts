// Seats of a run: who gets one, what a new member is sent, and what it takes to be ready. A client
// that comes back gets its own seat; spares take seats that nobody holds.
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import type { ServerMessageOf } from '../../protocol/server-messages.ts';
import {
  addMember,
  change,
  changeMember,
  clearTimer,
  reject,
  removeMember,
  setTimer,
  tell,
  type Presence,
  type RunStep,
} from './run-step.ts';
import { numTensors, weightsRound, type Member } from './run-state.ts';

/**
 * Seats present clients that have none: in their own seat, in one that nobody has had, or, where
 * `mayReplace`, in that of a client that left or failed.
 */
export function seatPresent(step: RunStep, mayReplace: boolean): void {
  for (const presence of step.present) {
    const member = step.run.members.get(presence.clientId);
    const isSeated = member !== undefined && member.shown.standing !== 'left';
    if (isSeated && member.connection === presence.connection) continue;
    if (step.run.barred.has(presence.connection)) continue;
    const seat = seatFor(step, presence.clientId, mayReplace);
    if (seat !== null) takeSeat(step, presence, seat);
  }
}

function seatFor({ run }: RunStep, clientId: string, mayReplace: boolean): number | null {
  const own = run.seats.indexOf(clientId);
  if (own >= 0) return own;
  const free = run.seats.indexOf(null);
  if (free >= 0) return free;
  const empty = run.seats.findIndex((holder) => {
    const standing = run.members.get(holder!)?.shown.standing ?? 'left';
    return standing === 'left' || standing === 'failed';
  });
  return mayReplace && empty >= 0 ? empty : null;
}

function takeSeat(step: RunStep, { clientId, name, connection }: Presence, seat: number): void {
  const holder = step.run.seats[seat]!;
  if (holder !== null && holder !== clientId) {
    tell(step, holder, { type: 'release', runId: step.run.runId });
    const replaced = step.run.members.get(holder);
    removeMember(step, holder);
    if (replaced?.shown.standing === 'failed') {
      change(step, { barred: new Set(step.run.barred).add(replaced.connection) });
    }
  }
  const earlier = step.run.members.get(clientId);
  const known = earlier?.shown;
  const member: Member = {
    clientId,
    name,
    connection,
    seat,
    shown: {
      standing: 'preparing',
      phase: 'preparing',
      fraction: 0,
      backend: known?.backend ?? null,
      numExamples: known?.numExamples ?? 0,
      labelHistogram: known?.labelHistogram ?? [],
      lastSegments: known?.lastSegments ?? [],
      lastUpdateBytes: known?.lastUpdateBytes ?? 0,
      totalUpdateBytes: known?.totalUpdateBytes ?? 0,
      lastAccuracy: known?.lastAccuracy ?? null,
      trouble: null,
      troubleDetail: null,
    },
    holds: -1,
    awaited: null,
    serial: earlier?.serial ?? 0,
    numUnanswered: 0,
    rangeExponents: [],
  };
  change(step, { seats: step.run.seats.with(seat, clientId) });
  addMember(step, member);
  assign(step, clientId);
}

function assign(step: RunStep, clientId: string): void {
  const { seat } = step.run.members.get(clientId)!;
  const { keys, runId, config } = step.run;
  const message: ServerMessageOf<'assign'> = {
    type: 'assign',
    runId,
    config,
    seat,
    keyEpoch: keys.epoch,
    sealedKeys: keys.status === 'present' ? keys.sealed : null,
    weights: committedWeights(step),
  };
  tell(step, clientId, message);
  awaitPrepared(step, clientId);
}

function committedWeights({ run }: RunStep): ServerMessageOf<'assign'>['weights'] {
  const round = weightsRound(run);
  return { round, sealed: round === 0 ? null : run.committed.sealedWeights };
}

function awaitPrepared(step: RunStep, clientId: string): void {
  const member = step.run.members.get(clientId)!;
  const serial = member.serial + 1;
  changeMember(step, clientId, {}, { serial, awaited: { round: weightsRound(step.run) } });
  const key = { runId: step.run.runId, round: weightsRound(step.run), attempt: serial };
  const delayMs = step.config.prepareMs * 2 ** Math.min(member.numUnanswered, 8);
  setTimer(step, 'prepare', delayMs, key, clientId);
}

/** Sends the committed weights to a member that lacks them or was not heard of in time. */
export function resync(step: RunStep, clientId: string): void {
  const { standing } = step.run.members.get(clientId)!.shown;
  changeMember(step, clientId, {
    standing: standing === 'ready' ? 'preparing' : standing,
    phase: 'preparing',
    fraction: 0,
  });
  tell(step, clientId, {
    type: 'resync',
    runId: step.run.runId,
    weights: committedWeights(step),
  });
  awaitPrepared(step, clientId);
}

/** Every connected member that has once been prepared and lacks the committed weights. */
export function resyncStragglers(step: RunStep): void {
  for (const member of step.run.members.values()) {
    const { standing } = member.shown;
    const isHere = standing === 'ready' || standing === 'unresponsive';
    const isBehind = member.holds !== weightsRound(step.run) || standing === 'unresponsive';
    if (isHere && isBehind && member.awaited === null) resync(step, member.clientId);
  }
}

export function onPrepared(
  step: RunStep,
  member: Member,
  message: ClientMessageOf<'prepared'>,
): void {
  const { run } = step;
  if (message.round > weightsRound(run)) return reject(step, member.clientId, 'future', message);
  if (member.awaited === null) {
    const code = member.holds === message.round ? 'duplicate' : 'unexpected';
    return reject(step, member.clientId, code, message);
  }
  if (message.round < member.awaited.round) return reject(step, member.clientId, 'late', message);
  if (
    message.seat !== member.seat ||
    message.rangeExponents.length !== numTensors(run.config) ||
    message.labelHistogram.reduce((sum, count) => sum + count, 0) !== message.numExamples
  ) {
    return reject(step, member.clientId, 'malformed', message);
  }
  clearTimer(step, 'prepare', member.clientId);
  const { round, backend, numExamples, labelHistogram, rangeExponents } = message;
  changeMember(
    step,
    member.clientId,
    {
      standing: 'ready',
      phase: 'waiting',
      fraction: 0,
      backend,
      numExamples,
      labelHistogram,
      trouble: null,
    },
    { awaited: null, numUnanswered: 0, holds: round, rangeExponents },
  );
  if (message.round < weightsRound(run)) resync(step, member.clientId);
}

/** The answer to `assign` or `resync` is overdue: it is not counted on, and asked again. */
export function onPrepareTimer(step: RunStep, clientId: string, serial: number): void {
  const member = step.run.members.get(clientId);
  if (member === undefined || member.awaited === null || member.serial !== serial) return;
  const numUnanswered = member.numUnanswered + 1;
  changeMember(step, clientId, { standing: 'unresponsive', trouble: 'late' }, { numUnanswered });
  if (member.holds < 0) assign(step, clientId);
  else resync(step, clientId);
}
