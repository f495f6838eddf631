// Back to the last commit: how an attempt is called off and how the run waits for the next one.
import {
  change,
  changeMember,
  clearTimer,
  persist,
  setTimer,
  tell,
  type RunStep,
} from './run-step.ts';
import type { StoredNote } from '../../protocol/notes.ts';
import { roundNow, type RunState } from './run-state.ts';
import { resyncStragglers } from './seating.ts';

const FIRST_BACK_OFF_MS = 250;
/** Attempts in a row that clients' failures may cost before the run is given up. */
const MOST_FAILURES = 3;

/**
 * Waits for keys and clients, and for the save of `ticket`; a stage of its own even when the next
 * round can open at once.
 */
export function enterGathering(step: RunStep, ticket: number | null, isBackingOff = false): void {
  change(step, {
    stage: {
      phase: 'gathering',
      areSeatsReserved: false,
      waitsForSeats: false,
      isBackingOff,
      isTimed: isBackingOff,
      isPatienceOver: false,
      ticket,
    },
  });
  if (isBackingOff) {
    const delayMs = FIRST_BACK_OFF_MS * 2 ** Math.min(step.run.attempt, 12);
    setTimer(step, 'gather', Math.min(step.config.gatherMs, delayMs));
  }
  resyncStragglers(step);
}

/** Calls the attempt off: asked clients forget it, the sum is dropped, later messages of it are late. */
export function callOff(step: RunStep): void {
  const { run } = step;
  const abandon = {
    type: 'abandon',
    runId: run.runId,
    round: roundNow(run),
    attempt: run.attempt,
  } as const;
  for (const clientId of askedClients(run)) {
    tell(step, clientId, abandon);
    changeMember(step, clientId, { phase: 'waiting', fraction: 0 });
  }
  if (run.stage.phase === 'open' || run.stage.phase === 'summing') {
    step.effects.push({ type: 'drop-sum', runId: run.runId });
  }
  clearRoundTimers(step);
  const isBegun = run.stage.phase !== 'gathering' && run.stage.phase !== 'paused';
  if (isBegun) change(step, { attempt: run.attempt + 1 });
}

export function clearRoundTimers(step: RunStep): void {
  const { stage } = step.run;
  if (stage.phase === 'gathering' && stage.isTimed) clearTimer(step, 'gather');
  if (stage.phase === 'open') clearTimer(step, 'round');
  if (stage.phase === 'applying' || stage.phase === 'testing') clearTimer(step, 'apply');
  if (stage.phase === 'applying' && stage.deposit.depositor !== null && stage.deposit.isTimed) {
    clearTimer(step, 'deposit', stage.deposit.depositor);
  }
}

function askedClients({ stage }: RunState): string[] {
  if (stage.phase === 'open' || stage.phase === 'summing') {
    return [...stage.open.contributions.keys()];
  }
  if (stage.phase === 'applying' || stage.phase === 'committing') return [...stage.holders];
  return stage.phase === 'testing' ? [...stage.evaluation.jobs.keys()] : [];
}

/**
 * The round is abandoned and will be opened again from the last commit. `failureCode`: every client
 * that is missing reported this failure; the third time in a row ends the run, because it would fail for
 * ever: training is deterministic.
 */
export function abandonRound(step: RunStep, failureCode: string | null = null): void {
  callOff(step);
  const failureStreak = failureCode === null ? 0 : step.run.failureStreak + 1;
  change(step, { abandonedRounds: step.run.abandonedRounds + 1, failureStreak });
  if (failureStreak >= MOST_FAILURES) return failRun(step, failureCode!);
  enterGathering(step, persist(step), step.run.attempt > 2);
}

function failRun(step: RunStep, because: string): void {
  const round = roundNow(step.run);
  endRun(step, 'failed', { code: 'round-failed', round, numTimes: MOST_FAILURES, because });
}

/** The run is over: it is saved as such and its clients are released. */
export function endRun(
  step: RunStep,
  phase: 'finished' | 'stopped' | 'failed',
  note: StoredNote | null,
): void {
  clearRoundTimers(step);
  if (step.run.keys.status === 'making') clearTimer(step, 'keys');
  change(step, { stage: { phase }, endedAtMs: step.atMs, note });
  if (phase !== 'finished') persist(step);
  for (const { clientId, awaited } of step.run.members.values()) {
    if (awaited !== null) clearTimer(step, 'prepare', clientId);
    changeMember(step, clientId, { phase: 'idle', fraction: 0 }, { awaited: null });
    tell(step, clientId, { type: 'release', runId: step.run.runId });
  }
}
