// One step of a run's machine while it is being computed: the state so far and the effects so far.
// The functions of the stages edit it; outside of `stepRun` nothing of it is seen.
import type { ClientMessage } from '../../protocol/client-messages.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ServerMessage } from '../../protocol/server-messages.ts';
import type {
  CoordinatorConfig,
  CoordinatorEffect,
  ConnectionId,
  TimerName,
} from '../coordinator-types.ts';
import {
  persistentRun,
  roundNow,
  type Member,
  type MemberFacts,
  type RunState,
} from './run-state.ts';
import type { RoundKey } from '../../protocol/round-key.ts';

/** A connected client that this run may seat. */
export interface Presence {
  readonly clientId: string;
  readonly name: string;
  readonly connection: ConnectionId;
}

/** What a step may know beside its run. */
export interface Surroundings {
  readonly atMs: number;
  /** Connected clients that no other run has seated, in the order in which they joined. */
  readonly present: readonly Presence[];
  /** The last key epoch of any run. */
  readonly lastEpoch: number;
  /** Number of the next save. */
  readonly nextTicket: number;
}

export interface RunStep extends Omit<Surroundings, 'nextTicket'> {
  readonly config: CoordinatorConfig;
  run: RunState;
  /** The run's members, once this step has changed one of them: copied once, not for each of many. */
  ownMembers: Map<string, Member> | null;
  readonly effects: CoordinatorEffect[];
  readonly rejections: ErrorCode[];
  nextTicket: number;
}

export function change(step: RunStep, changes: Partial<RunState>): void {
  step.run = { ...step.run, ...changes };
}

/** `facts`: what is shown of the member; `changes`: what the run keeps of it for itself. */
export function changeMember(
  step: RunStep,
  clientId: string,
  facts: Partial<MemberFacts>,
  changes: Partial<Omit<Member, 'shown'>> = {},
): void {
  const member = step.run.members.get(clientId);
  if (member === undefined) return;
  // A detail belongs to the trouble that it came with.
  const { troubleDetail = facts.trouble === undefined ? member.shown.troubleDetail : null } = facts;
  const shown = { ...member.shown, ...facts, troubleDetail };
  ownMembers(step).set(clientId, { ...member, ...changes, shown });
}

/** To be changed in place: nobody outside of this step has seen the map. */
function ownMembers(step: RunStep): Map<string, Member> {
  if (step.ownMembers === null || step.ownMembers !== step.run.members) {
    step.ownMembers = new Map(step.run.members);
    change(step, { members: step.ownMembers });
  }
  return step.ownMembers;
}

export function addMember(step: RunStep, member: Member): void {
  ownMembers(step).set(member.clientId, member);
  change(step, { here: new Set(step.run.here).add(member.clientId) });
}

/** Another has its seat. */
export function removeMember(step: RunStep, clientId: string): void {
  ownMembers(step).delete(clientId);
  noteAbsence(step, clientId);
}

/** The member is not there any more; it keeps its seat. */
export function noteAbsence(step: RunStep, clientId: string): void {
  const here = new Set(step.run.here);
  if (here.delete(clientId)) change(step, { here });
}

/** Says something to a member, if it is still connected. */
export function tell(step: RunStep, clientId: string, message: ServerMessage): void {
  const member = step.run.members.get(clientId);
  if (member === undefined || member.shown.standing === 'left') return;
  step.effects.push({ type: 'send', connection: member.connection, message });
}

/** Says the same to all of these members that are still connected. */
export function tellAll(step: RunStep, clientIds: readonly string[], message: ServerMessage): void {
  const connections = clientIds.flatMap((clientId) => {
    const member = step.run.members.get(clientId);
    return member === undefined || member.shown.standing === 'left' ? [] : [member.connection];
  });
  if (connections.length > 0) step.effects.push({ type: 'broadcast', connections, message });
}

export function roundKey(run: RunState): RoundKey {
  return { runId: run.runId, round: roundNow(run), attempt: run.attempt };
}

export function setTimer(
  step: RunStep,
  timer: TimerName,
  delayMs: number,
  key: RoundKey = roundKey(step.run),
  clientId?: string,
): void {
  const owner = clientId === undefined ? {} : { clientId };
  step.effects.push({ type: 'set-timer', timer, key, delayMs, ...owner });
}

export function clearTimer(step: RunStep, timer: TimerName, clientId?: string): void {
  const owner = clientId === undefined ? {} : { clientId };
  step.effects.push({ type: 'clear-timer', timer, runId: step.run.runId, ...owner });
}

/** A message was not taken: its sender is told, and it is counted. */
export function reject(
  step: RunStep,
  clientId: string,
  code: ErrorCode,
  message: ClientMessage,
): void {
  step.rejections.push(code);
  tell(step, clientId, rejection(code, message));
}

/** Names the message by type, run and round; its content is never echoed. */
export function rejection(code: ErrorCode, message: ClientMessage): ServerMessage {
  return {
    type: 'rejected',
    code,
    about: message.type,
    runId: 'runId' in message ? message.runId : null,
    round: 'round' in message ? message.round : null,
  };
}

/** Makes the run durable as it stands (or as `saved` says); the ticket names the answer. */
export function persist(
  step: RunStep,
  sealed: {
    readonly weights?: Uint8Array<ArrayBuffer> | null;
    readonly keys?: Uint8Array<ArrayBuffer>;
  } = {},
  saved: RunState = step.run,
): number {
  const ticket = step.nextTicket++;
  step.effects.push({
    type: 'persist',
    ticket,
    change: {
      type: 'save-run',
      run: persistentRun(saved),
      sealedWeights: sealed.weights ?? null,
      sealedKeys: sealed.keys ?? null,
    },
  });
  return ticket;
}

/** Why a message of a round cannot be of the present attempt, or null if it is. */
export function misplaced(
  run: RunState,
  message: { readonly round: number; readonly attempt: number },
): 'late' | 'future' | null {
  const round = roundNow(run);
  if (message.round !== round) return message.round < round ? 'late' : 'future';
  if (message.attempt !== run.attempt) return message.attempt < run.attempt ? 'late' : 'future';
  return null;
}
