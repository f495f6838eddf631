// One step of the coordinator while it is being computed: the state so far and the effects so far, what
// run/run-step.ts is for a run. The functions of the table, of commands and of the study edit it; outside
// of `step(config, state, event) → [state, effects]` nothing of it is seen.
import type { ErrorCode } from '../protocol/error-codes.ts';
import { attendanceOf, type Attendance } from './attendance.ts';
import type { CoordinatorState } from './coordinator-state.ts';
import type { CoordinatorConfig, CoordinatorEffect } from './coordinator-types.ts';
import type { PersistentChange } from './persistence.ts';

export interface CoordinatorStep {
  readonly config: CoordinatorConfig;
  readonly atMs: number;
  state: CoordinatorState;
  readonly effects: CoordinatorEffect[];
}

export function beginStep(
  config: CoordinatorConfig,
  state: CoordinatorState,
  atMs: number,
): CoordinatorStep {
  return { config, atMs, state, effects: [] };
}

export function change(step: CoordinatorStep, changes: Partial<CoordinatorState>): void {
  step.state = { ...step.state, ...changes };
}

/** Whose the clients are that are there. */
export function attend(step: CoordinatorStep): Attendance {
  const { registry, attendance } = step.state;
  const now = attendanceOf(attendance, registry, step.state);
  if (now !== attendance) change(step, { attendance: now });
  return now;
}

export function persist(step: CoordinatorStep, saved: PersistentChange): number {
  const ticket = step.state.nextTicket;
  change(step, { nextTicket: ticket + 1 });
  step.effects.push({ type: 'persist', ticket, change: saved });
  return ticket;
}

/** Messages that were not taken. */
export function count(step: CoordinatorStep, codes: readonly ErrorCode[]): void {
  if (codes.length === 0) return;
  const { server } = step.state;
  const rejections = { ...server.rejections };
  for (const code of codes) rejections[code] = (rejections[code] ?? 0) + 1;
  change(step, { server: { ...server, rejections } });
}
