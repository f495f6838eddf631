// Answers to a dashboard's commands: every command gets exactly one.
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { CoordinatorEffect, CoordinatorEvent } from './coordinator-types.ts';
import type { Stepped } from './coordinator-state.ts';

export type DashboardSaid = Extract<CoordinatorEvent, { type: 'dashboard-said' }>;
export type Answer = Extract<CoordinatorEffect, { type: 'answer' }>['message']['outcome'];

export function answered(
  event: DashboardSaid,
  [state, effects]: Stepped,
  outcome: Answer,
): Stepped {
  const { requestId } = event.message;
  const message = { type: 'answer', requestId, outcome } as const;
  return [state, [...effects, { type: 'answer', connection: event.connection, message }]];
}

export function refusal(code: ErrorCode, text: string): Answer {
  return { ok: false, code, text };
}
