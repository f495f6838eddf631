// Shared keys of a run: one client makes the material, seals it under the federation's secret, and
// the server passes the sealed bytes on. A maker that leaves, fails or is too slow is replaced under
// the next epoch, so that two makers' material can never be taken for each other; nor can that of two
// runs side by side, which take their epochs from one sequence.
import type { SchemeParameters } from '../../encryption/scheme.ts';
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import { change, clearTimer, persist, reject, setTimer, tell, type RunStep } from './run-step.ts';
import type { Member, RunKeys } from './run-state.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Key material that a later run may use again. */
export interface HeldKeys {
  readonly epoch: number;
  readonly parameters: SchemeParameters;
  readonly sealed: Bytes;
}

/**
 * Keys for a new run: those at hand when they fit, otherwise a new epoch. They fit when the scheme,
 * ring, moduli and kind of key are equal; the model's size and the packing do not enter a key.
 */
export function keysFor(
  parameters: SchemeParameters,
  held: HeldKeys | null,
  lastEpoch: number,
): RunKeys {
  if (parameters.keyKind === 'none') return { status: 'none', epoch: lastEpoch, tried: [] };
  if (held !== null && keyFamily(held.parameters) === keyFamily(parameters)) {
    return { status: 'present', epoch: held.epoch, sealed: held.sealed, tried: [] };
  }
  return { status: 'needed', epoch: lastEpoch + 1, tried: [] };
}

/** The last epoch under which a client may have been asked for keys. */
export function usedEpoch({ status, epoch }: RunKeys): number {
  return status === 'needed' ? epoch - 1 : epoch;
}

function keyFamily(parameters: SchemeParameters): string {
  const { name, ringDegree, coeffModulusBits, plainModulusBits, keyKind } = parameters;
  return JSON.stringify([name, ringDegree, coeffModulusBits, plainModulusBits, keyKind]);
}

/** Asks a client for keys when some are needed and a client is there: a prepared one if possible. */
export function reviewKeys(step: RunStep): void {
  const { keys, runId } = step.run;
  if (keys.status !== 'needed') return;
  const isReady = ({ shown }: Member) => shown.standing === 'ready';
  const candidates = [...step.run.members.values()]
    .filter((member) => isReady(member) || member.shown.standing === 'preparing')
    .sort((a, b) => Number(isReady(b)) - Number(isReady(a)) || a.seat - b.seat);
  const maker = candidates.find(({ clientId }) => !keys.tried.includes(clientId)) ?? candidates[0];
  if (maker === undefined) return;
  const epoch = step.lastEpoch + 1;
  change(step, { keys: { status: 'making', epoch, maker: maker.clientId, tried: keys.tried } });
  tell(step, maker.clientId, { type: 'make-keys', runId, keyEpoch: epoch });
  setTimer(step, 'keys', step.config.keysMs, { runId, round: 0, attempt: epoch });
}

export function onKeys(step: RunStep, member: Member, message: ClientMessageOf<'keys'>): void {
  const { keys } = step.run;
  const { clientId } = member;
  if (message.keyEpoch !== keys.epoch) {
    const code = message.keyEpoch < keys.epoch ? 'late' : 'future';
    return reject(step, clientId, code, message);
  }
  if (keys.status !== 'making' || keys.maker !== clientId) {
    const isAgain = keys.status === 'present' || keys.status === 'saving';
    return reject(step, clientId, isAgain ? 'duplicate' : 'unexpected', message);
  }
  clearTimer(step, 'keys');
  const { epoch } = keys;
  const ticket = persist(step, { keys: message.sealed });
  change(step, {
    keys: {
      status: 'saving',
      epoch,
      maker: clientId,
      sealed: message.sealed,
      ticket,
      tried: [],
    },
  });
}

/** The sealed keys are durable: everybody gets them (who made them has them open already). */
export function onKeysPersisted(step: RunStep): void {
  const { keys, runId } = step.run;
  if (keys.status !== 'saving') return;
  const { epoch, sealed } = keys;
  change(step, { keys: { status: 'present', epoch, sealed, tried: [] } });
  for (const { clientId } of step.run.members.values()) {
    tell(step, clientId, { type: 'keys', runId, keyEpoch: epoch, sealedKeys: sealed });
  }
}

export function onKeysTimer(step: RunStep, epoch: number): void {
  const { keys } = step.run;
  if (keys.status !== 'making' || keys.epoch !== epoch) return;
  const tried = [...keys.tried, keys.maker];
  change(step, { keys: { status: 'needed', epoch: epoch + 1, tried } });
}
