// Answers to a dashboard's commands: every command gets exactly one.
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { Refusal } from '../protocol/notes.ts';
import type { CoordinatorStep } from './coordinator-step.ts';
import type { CoordinatorEffect, CoordinatorEvent } from './coordinator-types.ts';

export type DashboardSaid = Extract<CoordinatorEvent, { type: 'dashboard-said' }>;
export type Answer = Extract<CoordinatorEffect, { type: 'answer' }>['message']['outcome'];

function answer(step: CoordinatorStep, event: DashboardSaid, outcome: Answer): void {
  const { connection, message } = event;
  const { requestId } = message;
  step.effects.push({
    type: 'answer',
    connection,
    message: { type: 'answer', requestId, outcome },
  });
}

/** The command is carried out; `result` as protocol/dashboard-messages.ts lists it. */
export function grant(step: CoordinatorStep, event: DashboardSaid, result: unknown = null): void {
  answer(step, event, { ok: true, result });
}

/** The command is not carried out, for this reason. */
export function refuse(
  step: CoordinatorStep,
  event: DashboardSaid,
  reason: Refusal,
  code: ErrorCode = 'not-now',
): void {
  answer(step, event, { ok: false, code, reason });
}
