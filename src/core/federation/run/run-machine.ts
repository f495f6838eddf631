// The machine of one run, pure: `stepRun(run, event) → run, effects`. It knows its own clients only
// and nothing of other runs, so that two runs can live side by side on disjoint clients. Handlers
// record what happened; afterwards the stage is reviewed until nothing more follows from it.
import type { ClientMessage, ClientMessageOf } from '../../protocol/client-messages.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type {
  ConnectionId,
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from '../coordinator-types.ts';
import {
  onApplyTimer,
  onDeposit,
  onDepositTimer,
  onEvaluated,
  reviewApplying,
} from './applying.ts';
import { onCommitPersisted } from './committing.ts';
import { onLeft, setAside } from './dropouts.ts';
import { callOff, endRun } from './calling-off.ts';
import { onKeys, onKeysPersisted, onKeysTimer, reviewKeys } from './key-making.ts';
import { onGatherTimer, reviewGathering } from './gathering.ts';
import {
  change,
  changeMember,
  misplaced,
  persist,
  reject,
  type RunStep,
  type Surroundings,
} from './run-step.ts';
import { isOver, readyMembers, type Member, type RunState } from './run-state.ts';
import { onPrepared, onPrepareTimer, seatPresent } from './seating.ts';
import { onContinueAsked, onPauseAsked, onStopAsked, pauseAfterCommit } from './pausing.ts';
import { onConcluded, onTestTimer, onTested, reviewTesting } from './final-test.ts';
import {
  failAttempt,
  onRoundTimer,
  onSumReleased,
  onUpdate,
  onUpdateAdded,
  reviewOpen,
} from './open-round.ts';

type ShellEvent = Extract<
  CoordinatorEvent,
  { type: 'update-added' | 'sum-released' | 'persisted' | 'persist-failed' | 'timer-fired' }
>;

export type RunEvent =
  | ShellEvent
  /** Started for the first time or by a server that was restored. */
  | { readonly type: 'started' }
  | { readonly type: 'client-joined' }
  | { readonly type: 'client-left'; readonly clientId: string }
  | { readonly type: 'member-said'; readonly clientId: string; readonly message: RunMessage }
  | { readonly type: 'pause-asked' }
  | { readonly type: 'continue-asked' }
  | { readonly type: 'stop-asked' }
  /** Stopped by the study's pruner. */
  | { readonly type: 'prune-asked' };

/** Messages that belong to a run. */
export type RunMessage = Exclude<ClientMessage, { type: 'join' | 'leave' }>;

export interface RunOutcome {
  readonly run: RunState;
  readonly effects: readonly CoordinatorEffect[];
  /** Messages not taken, to be counted. */
  readonly rejections: readonly ErrorCode[];
  readonly nextTicket: number;
}

export function stepRun(
  config: CoordinatorConfig,
  run: RunState,
  event: RunEvent,
  surroundings: Surroundings,
): RunOutcome {
  const step: RunStep = {
    ...surroundings,
    config,
    run,
    ownMembers: null,
    effects: [],
    rejections: [],
  };
  if (!isOver(run) || event.type === 'client-left') {
    handle(step, event);
    if (!isProgress(event)) review(step);
  }
  return step;
}

/** Nothing follows from it: it is there to be shown. Of all messages it is the most frequent one. */
function isProgress(event: RunEvent): boolean {
  return event.type === 'member-said' && event.message.type === 'progress';
}

/** Whether a client is a member on this very connection. */
export function isMember(run: RunState, clientId: string, connection: ConnectionId): boolean {
  const member = run.members.get(clientId);
  return member?.connection === connection && member.shown.standing !== 'left';
}

/** Whether the run goes on only when this save is durable. */
export function awaitsSave({ keys, stage }: RunState, ticket: number): boolean {
  const isOfKeys = keys.status === 'saving' && keys.ticket === ticket;
  return isOfKeys || ('ticket' in stage && stage.ticket === ticket);
}

function handle(step: RunStep, event: RunEvent): void {
  switch (event.type) {
    case 'started':
      return onStarted(step);
    case 'client-joined':
      return;
    case 'client-left':
      return onLeft(step, event.clientId);
    case 'member-said':
      return onMemberSaid(step, event.clientId, event.message);
    case 'update-added':
      return onUpdateAdded(step, event);
    case 'sum-released':
      return onSumReleased(step, event);
    case 'persisted':
      return onPersisted(step, event.ticket);
    case 'persist-failed':
      return onPersistFailed(step, event.ticket);
    case 'timer-fired':
      return onTimer(step, event);
    case 'pause-asked':
      return onPauseAsked(step);
    case 'continue-asked':
      return onContinueAsked(step);
    case 'stop-asked':
      return onStopAsked(step, 'stop');
    case 'prune-asked':
      return onStopAsked(step, 'prune');
    default:
      event satisfies never;
  }
}

function onStarted(step: RunStep): void {
  const { keys, stage } = step.run;
  // Keys of an earlier run are saved with this one, too: it may have to go on without that one.
  const ticket = persist(step, keys.status === 'present' ? { keys: keys.sealed } : {});
  if (stage.phase === 'gathering') change(step, { stage: { ...stage, ticket } });
}

/** Draws the conclusions; a stage that ends is followed by a review of the next one. */
function review(step: RunStep): void {
  let before: RunState['stage'] | null = null;
  while (!isOver(step.run) && before !== step.run.stage) {
    before = step.run.stage;
    seatPresent(step, false);
    reviewKeys(step);
    reviewGathering(step);
    reviewOpen(step);
    reviewApplying(step);
    reviewTesting(step);
  }
}

function onMemberSaid(step: RunStep, clientId: string, message: RunMessage): void {
  const member = step.run.members.get(clientId)!;
  switch (message.type) {
    case 'prepared':
      return onPrepared(step, member, message);
    case 'keys':
      return onKeys(step, member, message);
    case 'progress':
      return onProgress(step, member, message);
    case 'update':
      return onUpdate(step, member, message);
    case 'evaluated':
      return step.run.stage.phase === 'testing'
        ? onTested(step, member, message)
        : onEvaluated(step, member, message);
    case 'deposit':
      return onDeposit(step, member, message);
    case 'failed':
      return onFailed(step, member, message);
    default:
      message satisfies never;
  }
}

/** Attempt 0 is the preparation; a client that is not awaited has nothing to report of it. */
function onProgress(step: RunStep, member: Member, message: ClientMessageOf<'progress'>): void {
  const code =
    message.attempt === 0
      ? member.awaited === null
        ? 'late'
        : null
      : misplaced(step.run, message);
  if (code !== null) return reject(step, member.clientId, code, message);
  const { phase, fraction } = message;
  changeMember(step, member.clientId, { phase, fraction });
}

/** After these the client can do nothing more for the run until it is assigned afresh. */
const DISABLING: readonly string[] = [
  'data-unavailable',
  'backend-unavailable',
  'keys-unavailable',
  'weights-unavailable',
  'device-lost',
];

function onFailed(step: RunStep, member: Member, message: ClientMessageOf<'failed'>): void {
  const { clientId } = member;
  const isDisabling = DISABLING.includes(message.code);
  if (message.attempt === 0) {
    const isKnown = member.shown.standing === 'failed';
    if (!isDisabling || isKnown) return reject(step, clientId, 'unexpected', message);
    return setAside(step, clientId, message.code, message.detail);
  }
  const code =
    misplaced(step.run, message) ?? (isWorking(step.run, clientId) ? null : 'unexpected');
  if (code !== null) return reject(step, clientId, code, message);
  const isTesting = step.run.stage.phase === 'testing';
  if (isDisabling || isTesting) setAside(step, clientId, message.code, message.detail);
  else failAttempt(step, clientId, message.code, message.detail);
}

function isWorking({ stage }: RunState, clientId: string): boolean {
  if (stage.phase === 'open') return stage.open.contributions.get(clientId)?.status === 'asked';
  if (stage.phase === 'applying') return stage.holders.has(clientId);
  return stage.phase === 'testing' && stage.evaluation.jobs.has(clientId);
}

function onPersisted(step: RunStep, ticket: number): void {
  const { stage, keys } = step.run;
  if (keys.status === 'saving' && keys.ticket === ticket) onKeysPersisted(step);
  if (stage.phase === 'gathering' && stage.ticket === ticket) {
    change(step, { stage: { ...stage, ticket: null } });
  }
  if (stage.phase === 'committing' && stage.ticket === ticket) onCommitPersisted(step);
  if (stage.phase === 'concluding' && stage.ticket === ticket) onConcluded(step);
}

/**
 * Nothing may go on that is not durable: the run pauses and says so. A round that is being committed
 * waits for its own answer, because it may be durable although another save was not.
 */
function onPersistFailed(step: RunStep, ticket: number): void {
  const { keys, stage } = step.run;
  if (keys.status === 'saving' && keys.ticket === ticket) {
    change(step, { keys: { status: 'needed', epoch: keys.epoch + 1, tried: [] } });
  }
  const awaitsOther =
    (stage.phase === 'committing' || stage.phase === 'concluding') && stage.ticket !== ticket;
  if (stage.phase === 'committing' && awaitsOther) {
    pauseAfterCommit(step, stage);
  } else if (!awaitsOther) {
    callOff(step);
    change(step, { stage: { phase: 'paused' }, note: { code: 'not-stored' } });
  }
}

function onTimer(step: RunStep, event: Extract<RunEvent, { type: 'timer-fired' }>): void {
  const { key, clientId } = event;
  switch (event.timer) {
    case 'prepare':
      return clientId === undefined ? undefined : onPrepareTimer(step, clientId, key.attempt);
    case 'keys':
      return onKeysTimer(step, key.attempt);
    case 'stall':
      return onStallTimer(step);
    case 'save':
      return; // the study's, never told to a run
    default:
  }
  if (misplaced(step.run, key) !== null) return;
  switch (event.timer) {
    case 'gather':
      return onGatherTimer(step);
    case 'round':
      return onRoundTimer(step);
    case 'apply':
      return step.run.stage.phase === 'testing' ? onTestTimer(step) : onApplyTimer(step);
    case 'deposit':
      return clientId === undefined ? undefined : onDepositTimer(step, clientId);
    default:
      event.timer satisfies never;
  }
}

/** A trial's run that lost its clients fails, so that the study can go on when there are others. */
function onStallTimer(step: RunStep): void {
  const { stage, config } = step.run;
  const numRequired = config.minimumClients;
  if (stage.phase !== 'gathering' || readyMembers(step.run).length >= numRequired) return;
  endRun(step, 'failed', { code: 'clients-missing', numRequired });
}
