// An open round: updates come in, each is checked and added, and the round closes when nothing more
// is to come. Only the sum is kept; of an update stays what it reported.
import type { ClientMessageOf, PhaseSegment } from '../../protocol/client-messages.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { CoordinatorEvent } from '../coordinator-types.ts';
import { dropWork, markUnresponsive } from './dropouts.ts';
import { startEvaluation } from './spread-evaluation.ts';
import { abandonRound } from './calling-off.ts';
import { withEntry } from '../persistent-map.ts';
import {
  change,
  changeMember,
  clearTimer,
  misplaced,
  reject,
  roundKey,
  setTimer,
  tell,
  tellAll,
  type RunStep,
} from './run-step.ts';
import {
  numTensors,
  readyMembers,
  type Contribution,
  type Member,
  type OpenRound,
  type RunState,
  type UpdateReport,
} from './run-state.ts';

type EventOf<Type extends CoordinatorEvent['type']> = Extract<CoordinatorEvent, { type: Type }>;

export function onUpdate(step: RunStep, member: Member, message: ClientMessageOf<'update'>): void {
  const { run } = step;
  const { clientId } = member;
  const code = misplaced(run, message) ?? updateFault(run, member, message);
  if (code !== null) {
    reject(step, clientId, code, message);
    if (code === 'bad-update') failContribution(step, clientId, code);
    return;
  }
  const { payload, ...reported } = message;
  const report: UpdateReport = { ...reported, seat: member.seat, arrivedAtMs: step.atMs };
  setContribution(step, clientId, { status: 'adding', report });
  changeMember(step, clientId, {
    phase: 'waiting',
    fraction: 0,
    trouble: null,
    lastUpdateBytes: payload.byteLength,
    totalUpdateBytes: member.shown.totalUpdateBytes + payload.byteLength,
    lastSegments: updateSegments(openRound(run)!, report),
  });
  const { seat } = member;
  step.effects.push({ type: 'add-update', key: roundKey(run), clientId, seat, payload });
}

/** Why an update of the present attempt is not taken, or null. */
function updateFault(
  run: RunState,
  member: Member,
  message: ClientMessageOf<'update'>,
): ErrorCode | null {
  const { stage } = run;
  if (stage.phase === 'gathering' || stage.phase === 'paused') return 'future';
  const open = openRound(run);
  const contribution = open?.contributions.get(member.clientId);
  if (contribution?.status === 'adding' || contribution?.status === 'received') return 'duplicate';
  if (stage.phase !== 'open') return 'late';
  if (contribution === undefined) return 'not-in-cohort';
  if (contribution.status === 'missing') return 'late';
  if (contribution.status === 'failed') return 'unexpected';
  if (message.keyEpoch !== run.keys.epoch) return 'wrong-key-epoch';
  if (message.numExamples !== member.shown.numExamples) return 'wrong-num-examples';
  const fits =
    message.payload.byteLength === run.parameters.updateBytes &&
    message.rangeExponents.length === numTensors(run.config);
  return fits ? null : 'bad-update';
}

function openRound({ stage }: RunState): OpenRound | null {
  if (stage.phase === 'open' || stage.phase === 'summing') return stage.open;
  return stage.phase === 'applying' ? (stage.closed?.open ?? null) : null;
}

/** Segments as the dashboard shows them: ms after the opening, with the time on the way. */
function updateSegments(open: OpenRound, report: UpdateReport): PhaseSegment[] {
  const doneMs = Math.max(0, ...report.segments.map(({ endMs }) => endMs));
  const arrivedMs = Math.max(doneMs, report.arrivedAtMs - open.openedAtMs);
  return [...report.segments, { phase: 'sending', startMs: doneMs, endMs: arrivedMs }];
}

function setContribution(step: RunStep, clientId: string, contribution: Contribution): void {
  const { stage } = step.run;
  if (stage.phase !== 'open') return;
  const contributions = withEntry(stage.open.contributions, clientId, contribution);
  change(step, { stage: { ...stage, open: { ...stage.open, contributions } } });
}

function failContribution(step: RunStep, clientId: string, trouble: string): void {
  setContribution(step, clientId, { status: 'failed' });
  changeMember(step, clientId, { phase: 'waiting', fraction: 0, trouble });
}

export function onUpdateAdded(step: RunStep, event: EventOf<'update-added'>): void {
  const { stage } = step.run;
  if (stage.phase !== 'open' || misplaced(step.run, event.key) !== null) return;
  const contribution = stage.open.contributions.get(event.clientId);
  if (contribution?.status !== 'adding') return;
  const { clientId } = event;
  if (event.accepted) {
    const { report } = contribution;
    return setContribution(step, clientId, { status: 'received', report, addMs: event.addMs });
  }
  const { runId, round } = event.key;
  step.rejections.push('bad-update');
  tell(step, clientId, { type: 'rejected', code: 'bad-update', about: 'update', runId, round });
  failContribution(step, clientId, 'bad-update');
}

export function onRoundTimer(step: RunStep): void {
  const { stage, runId } = step.run;
  if (stage.phase !== 'open') return;
  const { round, attempt } = roundKey(step.run);
  for (const [clientId, { status }] of stage.open.contributions) {
    if (status !== 'asked') continue;
    tell(step, clientId, { type: 'abandon', runId, round, attempt });
    markUnresponsive(step, clientId);
  }
}

/** Closes the round when every asked client has reported, failed, left or missed the deadline. */
export function reviewOpen(step: RunStep): void {
  const { run } = step;
  const { stage } = run;
  if (stage.phase !== 'open') return;
  const numOf = { asked: 0, adding: 0, received: 0, failed: 0, missing: 0 };
  for (const { status } of stage.open.contributions.values()) numOf[status]++;
  const numPending = numOf.asked + numOf.adding;
  if (numOf.received + numPending < run.config.minimumClients) {
    // Who failed says why; where somebody merely left or was late, trying again may help.
    const contributions = [...stage.open.contributions];
    const failed = contributions.find(([, { status }]) => status === 'failed');
    const trouble = failed === undefined ? null : run.members.get(failed[0])?.shown.trouble;
    return abandonRound(step, numOf.missing > 0 ? null : (trouble ?? null));
  }
  if (numPending > 0) return;
  clearTimer(step, 'round');
  change(step, { stage: { phase: 'summing', open: stage.open } });
  step.effects.push({ type: 'release-sum', key: roundKey(run) });
}

/** The sum goes to every client that holds the weights it is to be added to. */
export function onSumReleased(step: RunStep, event: EventOf<'sum-released'>): void {
  const { run } = step;
  if (run.stage.phase !== 'summing' || misplaced(run, event.key) !== null) return;
  const { open } = run.stage;
  const { sum } = event;
  // By ascending seat, as the cohort is and as seeds stand in the sum (encryption/wire-layout.ts).
  const received = [...open.contributions.values()].flatMap((contribution) =>
    contribution.status === 'received' ? [contribution] : [],
  );
  const reports = received.map(({ report }) => report);
  const totalExamples = reports.reduce((sum, { numExamples }) => sum + numExamples, 0);
  const sumMs = received.reduce((sum, { addMs }) => sum + addMs, event.sumMs);
  const appliers = readyMembers(run).map(({ clientId }) => clientId);
  if (appliers.length === 0) return abandonRound(step);
  const { round } = roundKey(run);
  const depositor = appliers[round % appliers.length]!;
  const { deadlineMs } = run.config;
  tellAll(step, appliers, {
    type: 'sum',
    ...roundKey(run),
    sum,
    contributors: reports.map(({ seat }) => seat),
    totalExamples,
    largestNumExamples: open.largestNumExamples,
    rangeExponents: [...open.rangeExponents],
  });
  for (const [part, clientId] of appliers.entries()) {
    const slice = { part, parts: appliers.length };
    const deposit = clientId === depositor;
    tell(step, clientId, { type: 'apply', ...roundKey(run), slice, deposit });
    changeMember(step, clientId, { phase: 'decrypting', fraction: 0 });
  }
  change(step, {
    stage: {
      phase: 'applying',
      openedAtMs: open.openedAtMs,
      releasedAtMs: step.atMs,
      deadlineAtMs: step.atMs + deadlineMs,
      isOverdue: false,
      closed: { open, reports, totalExamples, sumMs },
      evaluation: startEvaluation('validation', appliers),
      holders: new Set(appliers),
      numFailed: 0,
      deposit: { depositor, isTimed: false, tried: [], sealed: null },
    },
  });
  setTimer(step, 'apply', deadlineMs);
}

/** The client said that it cannot contribute to the attempt. */
export function failAttempt(
  step: RunStep,
  clientId: string,
  trouble: string,
  troubleDetail: string,
): void {
  dropWork(step, clientId, 'failed');
  changeMember(step, clientId, { phase: 'waiting', fraction: 0, trouble, troubleDetail });
}
