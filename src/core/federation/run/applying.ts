// The sum is with the clients (in round 0: the initial weights are evaluated). They apply it,
// evaluate a slice each, and one deposits the sealed weights. The round can be committed when
// everybody has answered, the weights agree, and a deposit of just these weights is there.
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { beginCommit } from './committing.ts';
import { markUnresponsive } from './dropouts.ts';
import {
  majorityHash,
  missingParts,
  onlyOf,
  withJob,
  withResult,
  type Evaluation,
} from './spread-evaluation.ts';
import { sliceBounds } from '../evaluation-slices.ts';
import { abandonRound } from './calling-off.ts';
import { isConsistent } from './metrics.ts';
import {
  change,
  changeMember,
  clearTimer,
  misplaced,
  reject,
  roundKey,
  setTimer,
  tell,
  type RunStep,
} from './run-step.ts';
import type { Member, StageOf } from './run-state.ts';

type Applying = StageOf<'applying'>;

export function onEvaluated(
  step: RunStep,
  member: Member,
  message: ClientMessageOf<'evaluated'>,
): void {
  const { stage } = step.run;
  const { clientId } = member;
  const code =
    misplaced(step.run, message) ??
    (stage.phase === 'applying'
      ? evaluationFault(stage.evaluation, clientId, message)
      : stage.phase === 'gathering' || stage.phase === 'paused'
        ? 'future'
        : stage.phase === 'open' || stage.phase === 'summing'
          ? 'unexpected'
          : 'late');
  if (code !== null || stage.phase !== 'applying') {
    return reject(step, clientId, code ?? 'unexpected', message);
  }
  change(step, {
    stage: { ...stage, evaluation: withResult(stage.evaluation, clientId, message) },
  });
  const offsetMs = stage.releasedAtMs - stage.openedAtMs;
  const segments = message.segments.map(({ phase, startMs, endMs }) => ({
    phase,
    startMs: startMs + offsetMs,
    endMs: endMs + offsetMs,
  }));
  const isContributor = stage.closed?.open.contributions.get(clientId)?.status === 'received';
  changeMember(step, clientId, {
    phase: 'waiting',
    fraction: 0,
    trouble: null,
    lastSegments: isContributor ? [...member.shown.lastSegments, ...segments] : segments,
    lastAccuracy: message.numExamples === 0 ? null : message.numCorrect / message.numExamples,
  });
}

/** Why the answer to `apply` or `evaluate` is not taken, or null. */
export function evaluationFault(
  evaluation: Evaluation,
  clientId: string,
  message: ClientMessageOf<'evaluated'>,
): ErrorCode | null {
  if (message.split !== evaluation.split) {
    return message.split === 'test' ? 'future' : 'late';
  }
  const part = evaluation.jobs.get(clientId);
  const parts = evaluation.results.length;
  if (part !== message.slice.part || parts !== message.slice.parts) {
    return evaluation.hashes.has(clientId) ? 'duplicate' : 'unexpected';
  }
  if (!isConsistent(message)) return 'malformed';
  const { from, to } = sliceBounds(message.split, message.slice);
  return message.numExamples === to - from ? null : 'wrong-num-examples';
}

export function onDeposit(
  step: RunStep,
  member: Member,
  message: ClientMessageOf<'deposit'>,
): void {
  const { stage } = step.run;
  const { round } = roundKey(step.run);
  if (message.round !== round || stage.phase !== 'applying') {
    const code = message.round < round ? 'late' : message.round > round ? 'future' : 'unexpected';
    return reject(step, member.clientId, code, message);
  }
  const { deposit } = stage;
  if (deposit.depositor !== member.clientId) {
    const code = deposit.sealed === null ? 'unexpected' : 'duplicate';
    return reject(step, member.clientId, code, message);
  }
  if (deposit.isTimed) clearTimer(step, 'deposit', member.clientId);
  const { weightsSha256, sealedWeights: bytes } = message;
  const tried = [...deposit.tried, member.clientId];
  change(step, {
    stage: {
      ...stage,
      deposit: { depositor: null, isTimed: false, tried, sealed: { weightsSha256, bytes } },
    },
  });
}

export function onApplyTimer(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase !== 'applying') return;
  change(step, { stage: { ...stage, isOverdue: true } });
  for (const clientId of stage.evaluation.jobs.keys()) markUnresponsive(step, clientId);
}

/** The depositor is too slow: another holder is asked. It keeps the weights and its report. */
export function onDepositTimer(step: RunStep, clientId: string): void {
  const { stage } = step.run;
  if (stage.phase !== 'applying' || stage.deposit.depositor !== clientId) return;
  const tried = [...stage.deposit.tried, clientId];
  change(step, {
    stage: { ...stage, deposit: { ...stage.deposit, depositor: null, isTimed: false, tried } },
  });
}

/** Asks again for what was lost, and commits or abandons when nothing more is to come. */
export function reviewApplying(step: RunStep): void {
  let stage = step.run.stage;
  if (stage.phase !== 'applying') return;
  if (!stage.isOverdue) {
    askForLostSlices(step);
    stage = step.run.stage as Applying;
    if (stage.evaluation.jobs.size > 0) return;
  }
  const hash = majorityHash(stage.evaluation);
  if (hash === null) return abandonRound(step, stage.numFailed > 0 ? 'sum-unreadable' : null);
  const diverged = [...stage.evaluation.hashes].filter(([, reported]) => reported !== hash);
  if (diverged.length > 0)
    return dropDiverged(
      step,
      hash,
      diverged.map(([clientId]) => clientId),
    );
  if (stage.evaluation.results.every((result) => result === null)) return abandonRound(step);
  if (stage.closed !== null && stage.deposit.sealed?.weightsSha256 !== hash) {
    return awaitDeposit(step);
  }
  clearTimer(step, 'apply');
  beginCommit(step, stage, hash);
}

/** A lost slice goes to a client that has the weights and has done its own. */
function askForLostSlices(step: RunStep): void {
  const stage = step.run.stage as Applying;
  const isIdle = (clientId: string) =>
    stage.evaluation.hashes.has(clientId) && !stage.evaluation.jobs.has(clientId);
  const idle = [...stage.holders].filter(isIdle);
  let { evaluation } = stage;
  for (const part of missingParts(evaluation)) {
    const clientId = idle.shift();
    if (clientId === undefined) break;
    evaluation = withJob(evaluation, clientId, part);
    const slice = { part, parts: evaluation.results.length };
    const split = evaluation.split;
    tell(step, clientId, { type: 'evaluate', ...roundKey(step.run), split, slice });
    changeMember(step, clientId, { phase: 'evaluating', fraction: 0 });
  }
  if (evaluation !== stage.evaluation) change(step, { stage: { ...stage, evaluation } });
}

/** The majority's weights are the round's; others are told, counted, and given them afterwards. */
function dropDiverged(step: RunStep, hash: string, diverged: readonly string[]): void {
  const stage = step.run.stage as Applying;
  const { runId, round } = roundKey(step.run);
  let { deposit } = stage;
  for (const clientId of diverged) {
    step.rejections.push('diverged');
    tell(step, clientId, { type: 'rejected', code: 'diverged', about: 'evaluated', runId, round });
    changeMember(step, clientId, { trouble: 'diverged' }, { holds: -1 });
    if (deposit.depositor === clientId) {
      if (deposit.isTimed) clearTimer(step, 'deposit', clientId);
      deposit = { ...deposit, depositor: null, isTimed: false };
    }
  }
  const holders = new Set([...stage.holders].filter((clientId) => !diverged.includes(clientId)));
  const evaluation = onlyOf(stage.evaluation, hash);
  change(step, { stage: { ...stage, holders, evaluation, deposit } });
  reviewApplying(step);
}

/** Waits for the depositor for a while, then for another holder; without any the round is lost. */
function awaitDeposit(step: RunStep): void {
  const stage = step.run.stage as Applying;
  const { deposit } = stage;
  const holders = [...stage.holders].filter((clientId) => stage.evaluation.hashes.has(clientId));
  const depositor =
    deposit.depositor ?? holders.find((clientId) => !deposit.tried.includes(clientId));
  if (depositor === undefined) return abandonRound(step);
  if (deposit.depositor === null) {
    const { runId, round } = roundKey(step.run);
    tell(step, depositor, { type: 'deposit', runId, round });
  } else if (deposit.isTimed) return;
  change(step, { stage: { ...stage, deposit: { ...deposit, depositor, isTimed: true } } });
  setTimer(step, 'deposit', step.config.keysMs, roundKey(step.run), depositor);
}
