// After the last round: the test images, once, in slices over the clients that hold the final
// weights. A slice that is lost is given to another client, however long it takes to find one.
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import { evaluationFault } from './applying.ts';
import { markUnresponsive } from './dropouts.ts';
import { missingParts, withJob, withResult } from './spread-evaluation.ts';
import { endRun } from './calling-off.ts';
import { mergeEvaluations } from './metrics.ts';
import {
  change,
  changeMember,
  clearTimer,
  misplaced,
  persist,
  reject,
  roundKey,
  setTimer,
  tell,
  type RunStep,
} from './run-step.ts';
import { isSameNote } from '../../protocol/notes.ts';
import type { TestResult } from '../../protocol/view.ts';
import { readyMembers, type Member, type StageOf } from './run-state.ts';
import { resync, resyncStragglers, seatPresent } from './seating.ts';

type Testing = StageOf<'testing'>;

export function onTested(
  step: RunStep,
  member: Member,
  message: ClientMessageOf<'evaluated'>,
): void {
  const { clientId } = member;
  const stage = step.run.stage as Testing;
  const code = misplaced(step.run, message) ?? evaluationFault(stage.evaluation, clientId, message);
  if (code !== null) return reject(step, clientId, code, message);
  if (message.weightsSha256 !== step.run.committed.weightsSha256) {
    reject(step, clientId, 'diverged', message);
    const jobs = new Map(stage.evaluation.jobs);
    jobs.delete(clientId);
    change(step, { stage: { ...stage, evaluation: { ...stage.evaluation, jobs } } });
    return resync(step, clientId);
  }
  change(step, {
    stage: { ...stage, evaluation: withResult(stage.evaluation, clientId, message) },
  });
  changeMember(step, clientId, { phase: 'waiting', fraction: 0, trouble: null });
}

export function onTestTimer(step: RunStep): void {
  const stage = step.run.stage as Testing;
  for (const clientId of stage.evaluation.jobs.keys()) markUnresponsive(step, clientId);
  resyncStragglers(step);
  const { deadlineMs } = step.run.config;
  const latest = step.run.stage as Testing;
  change(step, { stage: { ...latest, deadlineAtMs: step.atMs + deadlineMs } });
  setTimer(step, 'apply', deadlineMs);
}

export function reviewTesting(step: RunStep): void {
  if (step.run.stage.phase !== 'testing') return;
  seatPresent(step, true);
  const stage = step.run.stage;
  let { evaluation } = stage;
  const idle = readyMembers(step.run).filter(({ clientId }) => !evaluation.jobs.has(clientId));
  for (const part of missingParts(evaluation)) {
    const member = idle.shift();
    if (member === undefined) break;
    evaluation = withJob(evaluation, member.clientId, part);
    const slice = { part, parts: evaluation.results.length };
    tell(step, member.clientId, {
      type: 'evaluate',
      ...roundKey(step.run),
      split: 'test',
      slice,
    });
    changeMember(step, member.clientId, { phase: 'evaluating', fraction: 0 });
  }
  const isStuck = evaluation.jobs.size === 0 && missingParts(evaluation).length > 0;
  const note = isStuck ? ({ code: 'waiting-for-test' } as const) : null;
  if (evaluation !== stage.evaluation || !isSameNote(note, step.run.note)) {
    change(step, { stage: { ...stage, evaluation }, note });
  }
  const results = evaluation.results.flatMap((result) => (result === null ? [] : [result]));
  if (results.length < evaluation.results.length) return;
  clearTimer(step, 'apply');
  concludeRun(step, mergeEvaluations(results));
}

/** Saves the run as finished, with the result on the test images if they were asked for. */
export function concludeRun(step: RunStep, test: TestResult | null): void {
  const ticket = persist(
    step,
    {},
    {
      ...step.run,
      test,
      endedAtMs: step.atMs,
      stage: { phase: 'finished' },
    },
  );
  change(step, { stage: { phase: 'concluding', ticket, test } });
}

export function onConcluded(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase !== 'concluding') return;
  change(step, { test: stage.test });
  endRun(step, 'finished', null);
}
