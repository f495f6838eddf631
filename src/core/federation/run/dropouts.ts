// What a run forgets when a client leaves, fails or misses a deadline: the work it was asked for.
// An update that is already in the sum stays in it. The stages are reviewed after every event, so
// that a departure makes the machine ask again whether the round can close.
import { withEntry } from '../persistent-map.ts';
import { change, changeMember, clearTimer, noteAbsence, type RunStep } from './run-step.ts';
import { withoutJob } from './spread-evaluation.ts';

export function onLeft(step: RunStep, clientId: string): void {
  if (!step.run.members.has(clientId)) return;
  clearTimer(step, 'prepare', clientId);
  changeMember(
    step,
    clientId,
    { standing: 'left', phase: 'idle', fraction: 0, trouble: null },
    { awaited: null, holds: -1 },
  );
  noteAbsence(step, clientId);
  dropWork(step, clientId, 'missing');
  dropKeyMaker(step, clientId);
}

/** The client cannot take part any more until it is assigned afresh. */
export function setAside(
  step: RunStep,
  clientId: string,
  trouble: string,
  troubleDetail: string,
): void {
  clearTimer(step, 'prepare', clientId);
  changeMember(
    step,
    clientId,
    { standing: 'failed', phase: 'idle', fraction: 0, trouble, troubleDetail },
    { awaited: null, holds: -1 },
  );
  dropWork(step, clientId, 'failed');
  dropKeyMaker(step, clientId);
}

/** Nothing more is expected of this client in this attempt. */
export function dropWork(step: RunStep, clientId: string, status: 'missing' | 'failed'): void {
  const { stage } = step.run;
  if (stage.phase === 'open' || stage.phase === 'summing') {
    if (stage.open.contributions.get(clientId)?.status !== 'asked') return;
    const contributions = withEntry(stage.open.contributions, clientId, { status });
    change(step, { stage: { ...stage, open: { ...stage.open, contributions } } });
  } else if (stage.phase === 'applying') {
    const holders = new Set(stage.holders);
    if (!holders.delete(clientId)) return;
    if (stage.deposit.depositor === clientId) clearTimer(step, 'deposit', clientId);
    const deposit =
      stage.deposit.depositor === clientId
        ? { ...stage.deposit, depositor: null, isTimed: false }
        : stage.deposit;
    const evaluation = withoutJob(stage.evaluation, clientId);
    const numFailed = stage.numFailed + (status === 'failed' ? 1 : 0);
    change(step, { stage: { ...stage, holders, evaluation, deposit, numFailed } });
  } else if (stage.phase === 'testing') {
    change(step, { stage: { ...stage, evaluation: withoutJob(stage.evaluation, clientId) } });
  } else if (stage.phase === 'committing') {
    const holders = new Set(stage.holders);
    if (holders.delete(clientId)) change(step, { stage: { ...stage, holders } });
  }
}

function dropKeyMaker(step: RunStep, clientId: string): void {
  const { keys } = step.run;
  if (keys.status !== 'making' || keys.maker !== clientId) return;
  clearTimer(step, 'keys');
  const tried = [...keys.tried, clientId];
  change(step, { keys: { status: 'needed', epoch: keys.epoch + 1, tried } });
}

/** A deadline passed without this client: it is not counted on until it answers. */
export function markUnresponsive(step: RunStep, clientId: string): void {
  dropWork(step, clientId, 'missing');
  changeMember(step, clientId, { standing: 'unresponsive', phase: 'waiting', trouble: 'late' });
}
