// Commit: the round's record and the sealed weights are made durable first; only then is anybody
// told, and only then are the new weights the ones to go on from.
import { quantisationBound } from '../../encryption/quantisation.ts';
import type { RoundRecord } from '../../protocol/view.ts';
import { criticalPath } from './critical-path.ts';
import { callOff, endRun, enterGathering } from './calling-off.ts';
import { largestPhaseMs, mergeEvaluations, mergeTraining } from './metrics.ts';
import { nextRanges } from './update-ranges.ts';
import { change, changeMember, persist, tell, type RunStep } from './run-step.ts';
import {
  roundNow,
  type AfterCommit,
  type Committed,
  type RunState,
  type StageOf,
} from './run-state.ts';

type Applying = StageOf<'applying'>;

/** `hash`: sha256 of the weights on which the clients agree. */
export function beginCommit(step: RunStep, stage: Applying, hash: string): void {
  const { run } = step;
  const record = roundRecord(step, stage, hash);
  const { closed, deposit } = stage;
  const next: Committed = {
    round: record.round,
    sealedWeights: closed === null ? null : deposit.sealed!.bytes,
    weightsSha256: hash,
    rangesLargest: closed?.open.largestNumExamples ?? 0,
    rangeExponents:
      closed === null
        ? []
        : nextRanges(
            closed.open.rangeExponents,
            closed.reports.map(({ rangeExponents }) => rangeExponents),
          ),
  };
  const ticket = persist(step, { weights: next.sealedWeights }, withCommit(run, next, record));
  change(step, {
    stage: {
      phase: 'committing',
      ticket,
      openedAtMs: stage.openedAtMs,
      record,
      next,
      holders: stage.holders,
      then: 'go-on',
    },
  });
}

function withCommit(run: RunState, committed: Committed, record: RoundRecord): RunState {
  return { ...run, committed, history: [...run.history, record], attempt: 1, failureStreak: 0 };
}

/** Durable: announce it, bring those along who lack the weights, and go on. */
export function onCommitPersisted(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase !== 'committing') return;
  const { record, next, holders, then } = stage;
  change(step, withCommit(step.run, next, record));
  for (const clientId of holders) {
    changeMember(step, clientId, {}, { holds: record.round });
    tell(step, clientId, { type: 'commit', runId: step.run.runId, round: record.round });
  }
  settle(step, then);
}

function settle(step: RunStep, then: AfterCommit): void {
  if (then === 'stop' || then === 'prune') {
    change(step, { isPruned: then === 'prune' });
    return endRun(step, 'stopped', null);
  }
  enterGathering(step, null);
  if (then === 'pause') pauseRun(step);
}

/** Everything open is called off; the last commit stands. */
export function pauseRun(step: RunStep): void {
  callOff(step);
  change(step, { stage: { phase: 'paused' }, note: null });
  persist(step);
}

function roundRecord(step: RunStep, stage: Applying, hash: string): RoundRecord {
  const { run } = step;
  const { closed, evaluation } = stage;
  const slices = evaluation.results.flatMap((result) => (result === null ? [] : [result]));
  const merged = mergeEvaluations(slices)!; // at least one slice, none of them empty
  const reports = closed?.reports ?? [];
  const updateTimes = reports.map(({ segments }) => segments);
  const evaluationTimes = slices.map(({ segments }) => segments);
  const uploads = reports.map(({ arrivedAtMs, segments }) => {
    const doneMs = Math.max(0, ...segments.map(({ endMs }) => endMs));
    return arrivedAtMs - stage.openedAtMs - doneMs;
  });
  const differences = slices.flatMap(({ twinDifference }) =>
    twinDifference === null ? [] : [twinDifference],
  );
  return {
    round: roundNow(run),
    validationAccuracy: merged.accuracy,
    validationLoss: merged.loss,
    numValidationExamples: merged.numExamples,
    ...mergeTraining(reports),
    numClients: reports.length,
    numExamples: closed?.totalExamples ?? 0,
    contributors: reports.map(({ seat }) => seat),
    uploadBytesPerClient: closed === null ? 0 : run.parameters.updateBytes,
    bytesPerParameter:
      closed === null ? 0 : run.parameters.updateBytes / run.parameters.numParameters,
    milliseconds: {
      total: step.atMs - stage.openedAtMs,
      train: largestPhaseMs(updateTimes, 'training'),
      encrypt: largestPhaseMs(updateTimes, 'encrypting'),
      upload: Math.max(0, ...uploads),
      sum: closed?.sumMs ?? 0,
      decrypt: largestPhaseMs(evaluationTimes, 'decrypting'),
      evaluate: largestPhaseMs(evaluationTimes, 'evaluating'),
    },
    path: criticalPath({
      openedAtMs: stage.openedAtMs,
      releasedAtMs: stage.releasedAtMs,
      committedAtMs: step.atMs,
      updates: reports,
      sumMs: closed?.sumMs ?? 0,
      evaluations: evaluationTimes,
    }),
    quantisationBound:
      closed === null
        ? 0
        : quantisationBound(
            run.parameters,
            closed.open.rangeExponents,
            reports.length,
            closed.open.largestNumExamples,
            closed.totalExamples,
          ),
    quantisationError: Math.max(0, ...reports.map(({ quantisationError }) => quantisationError)),
    twinDifference: differences.length === 0 ? null : Math.max(...differences),
    weightsSha256: hash,
    attempts: run.attempt,
    committedAtMs: step.atMs,
  };
}
