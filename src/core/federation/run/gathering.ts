// Opening a round: when keys and enough clients are there, the cohort is drawn and asked. Round 0
// evaluates the initial weights instead, and after the last round the test images are evaluated.
import { cohortSize, sampleCohort } from './cohort.ts';
import { startEvaluation } from './spread-evaluation.ts';
import { clearRoundTimers } from './calling-off.ts';
import { rescaleRanges, widestRanges } from './update-ranges.ts';
import { change, changeMember, roundKey, setTimer, tell, type RunStep } from './run-step.ts';
import { readyMembers, roundNow, type Contribution, type Member } from './run-state.ts';
import { seatPresent } from './seating.ts';
import { concludeRun } from './final-test.ts';
import { isSameNote, type Note } from '../../protocol/notes.ts';
import type { EvaluationSplit } from '../../training/trainer.ts';

/** Seats who is there, and opens the next round if nothing is left to wait for. */
export function reviewGathering(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase !== 'gathering') return;
  seatPresent(step, !stage.areSeatsReserved);
  const { run } = step;
  const isTest = run.committed.round >= run.config.rounds;
  if (isTest && run.skipsTest) {
    clearRoundTimers(step);
    change(step, { note: null });
    return concludeRun(step, null);
  }
  const ready = readyMembers(run).filter(({ shown }) => isTest || shown.numExamples > 0);
  const required = isTest ? 1 : run.config.minimumClients;
  const lacksKeys = run.keys.status !== 'none' && run.keys.status !== 'present';
  const isAllowed = ready.length >= required && !lacksKeys && stage.ticket === null;
  const members = [...run.members.values()];
  const isAnyPreparing = members.some(({ shown }) => shown.standing === 'preparing');
  const isWorthWaiting =
    stage.isBackingOff ||
    isAnyPreparing ||
    (stage.waitsForSeats && run.here.size < run.config.clients);
  // A run begins with everybody who is seated, however slow the machine (their own timers bound it):
  // who takes part in round 1 must not depend on the machine's load. Later rounds wait less.
  const mustWait = stage.waitsForSeats && isAnyPreparing;
  if (isAllowed && !mustWait && (stage.isPatienceOver || !isWorthWaiting)) {
    clearRoundTimers(step);
    change(step, { note: null });
    if (isTest) openTest(step, ready);
    else if (run.committed.round < 0) openFirstEvaluation(step, ready);
    else openTraining(step, ready);
    return;
  }
  // While seats are reserved the timer runs whoever is there: it is what gives them up.
  if (!stage.isTimed && (isAllowed || stage.areSeatsReserved)) {
    change(step, { stage: { ...stage, isTimed: true } });
    setTimer(step, 'gather', step.config.gatherMs);
  }
  const note = waitingNote(ready.length, required, lacksKeys);
  if (!isSameNote(note, step.run.note)) change(step, { note });
}

export function onGatherTimer(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase !== 'gathering' || !stage.isTimed) return;
  const isTest = step.run.committed.round >= step.run.config.rounds;
  const required = isTest ? 1 : step.run.config.minimumClients;
  change(step, {
    stage: {
      ...stage,
      areSeatsReserved: false,
      isBackingOff: false,
      isTimed: false,
      isPatienceOver: readyMembers(step.run).length >= required,
    },
  });
}

function waitingNote(numReady: number, numRequired: number, lacksKeys: boolean): Note {
  if (numReady < numRequired) return { code: 'waiting-for-clients', numReady, numRequired };
  return { code: lacksKeys ? 'waiting-for-keys' : 'waiting-for-more-clients' };
}

function openTraining(step: RunStep, ready: readonly Member[]): void {
  const { run } = step;
  const { seed, fraction, minimumClients, clients, deadlineMs } = run.config;
  const size = cohortSize(fraction, ready.length, minimumClients);
  const seats = ready.map(({ seat }) => seat);
  const chosen = new Set(sampleCohort(seed, roundNow(run), clients, seats, size));
  const cohort = ready.filter(({ seat }) => chosen.has(seat));
  const largestNumExamples = Math.max(...cohort.map(({ shown }) => shown.numExamples));
  const rangeExponents =
    run.committed.rangeExponents.length > 0
      ? rescaleRanges(run.committed.rangeExponents, run.committed.rangesLargest, largestNumExamples)
      : widestRanges(cohort.map((member) => member.rangeExponents));
  const asked = cohort.map(({ clientId }): [string, Contribution] => [
    clientId,
    { status: 'asked' },
  ]);
  const open = {
    openedAtMs: step.atMs,
    largestNumExamples,
    rangeExponents,
    contributions: new Map(asked),
  };
  change(step, { stage: { phase: 'open', open, deadlineAtMs: step.atMs + deadlineMs } });
  step.effects.push({ type: 'open-sum', key: roundKey(run), parameters: run.parameters });
  for (const { clientId } of cohort) {
    tell(step, clientId, {
      type: 'train',
      ...roundKey(run),
      keyEpoch: run.keys.epoch,
      largestNumExamples,
      rangeExponents: [...rangeExponents],
      deadlineMs,
    });
    changeMember(step, clientId, { phase: 'training', fraction: 0 });
  }
  setTimer(step, 'round', deadlineMs);
}

function openFirstEvaluation(step: RunStep, ready: readonly Member[]): void {
  const clientIds = ready.map(({ clientId }) => clientId);
  askAll(step, clientIds, 'validation');
  const deadlineAtMs = step.atMs + step.run.config.deadlineMs;
  change(step, {
    stage: {
      phase: 'applying',
      openedAtMs: step.atMs,
      releasedAtMs: step.atMs,
      deadlineAtMs,
      isOverdue: false,
      closed: null,
      evaluation: startEvaluation('validation', clientIds),
      holders: new Set(clientIds),
      numFailed: 0,
      deposit: { depositor: null, isTimed: false, tried: [], sealed: null },
    },
  });
}

function openTest(step: RunStep, ready: readonly Member[]): void {
  const clientIds = ready.map(({ clientId }) => clientId);
  askAll(step, clientIds, 'test');
  change(step, {
    stage: {
      phase: 'testing',
      startedAtMs: step.atMs,
      deadlineAtMs: step.atMs + step.run.config.deadlineMs,
      evaluation: startEvaluation('test', clientIds),
    },
  });
}

function askAll(step: RunStep, clientIds: readonly string[], split: EvaluationSplit): void {
  const parts = clientIds.length;
  for (const [part, clientId] of clientIds.entries()) {
    const slice = { part, parts };
    tell(step, clientId, { type: 'evaluate', ...roundKey(step.run), split, slice });
    changeMember(step, clientId, { phase: 'evaluating', fraction: 0 });
  }
  setTimer(step, 'apply', step.run.config.deadlineMs);
}
