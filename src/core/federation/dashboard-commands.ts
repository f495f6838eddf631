// What dashboards ask of the server: to watch it, to start, pause, continue and stop a run, to give out a
// model or a history, to clear the archive. A refusal says what stands in the way.
import { PROTOCOL_VERSION } from '../protocol/schema.ts';
import { grant, refuse, type DashboardSaid } from './command-answers.ts';
import { change, persist, type CoordinatorStep } from './coordinator-step.ts';
import type { Refusal } from '../protocol/notes.ts';
import type { DashboardMessageOf } from '../protocol/dashboard-messages.ts';
import { isOver, type RunState } from './run/run-state.ts';
import { runOf } from './runs.ts';
import { onStudyCommand, onTrialRunCommand } from './study/study-commands.ts';
import { isActive } from './study/study-state.ts';
import { advanceRun, newRun, takeTable } from './table.ts';
import type { CoordinatorState, StudyState } from './coordinator-state.ts';

/**
 * Carries out one command about runs and the archive; those about studies go on to study-commands.ts.
 * Every command gets one answer, at once or from storage.
 */
export function onDashboardSaid(step: CoordinatorStep, event: DashboardSaid): void {
  const { message } = event;
  switch (message.type) {
    case 'watch':
      return message.protocolVersion === PROTOCOL_VERSION
        ? grant(step, event, { serverId: step.config.serverId })
        : refuse(step, event, { code: 'wrong-version' }, 'wrong-version');
    case 'set-view-interval':
      return grant(step, event);
    case 'start-run':
      return startRun(step, event, message);
    case 'get-model':
      return getModel(step, event, message.runId);
    case 'get-history':
      return getHistory(step, event, message.runId);
    case 'clear-archive':
      return clearArchive(step, event);
    case 'pause-run':
    case 'continue-run':
    case 'stop-run':
      return steerRun(step, event, message);
    default:
      return onStudyCommand(step, event, message);
  }
}

function steerRun(
  step: CoordinatorStep,
  event: DashboardSaid,
  message: DashboardMessageOf<'pause-run' | 'continue-run' | 'stop-run'>,
): void {
  const { type, runId } = message;
  const run = runOf(step.state, runId);
  if (run === null) {
    return refuse(step, event, { code: 'run-unknown' }, 'foreign-run');
  }
  const problem = steeringProblem(run, type);
  if (problem !== null) return refuse(step, event, problem);
  const study = studyOf(step.state, run);
  if (study !== null) return onTrialRunCommand(step, event, study, message);
  const verb = type.slice(0, -'-run'.length) as 'pause' | 'continue' | 'stop';
  advanceRun(step, runId, { type: `${verb}-asked` });
  grant(step, event);
}

/** The study that goes on with this run. */
function studyOf({ study }: CoordinatorState, run: RunState): StudyState | null {
  return study !== null && isActive(study) && run.trialOf?.studyId === study.studyId ? study : null;
}

function steeringProblem(
  run: RunState,
  command: 'pause-run' | 'continue-run' | 'stop-run',
): Refusal | null {
  if (isOver(run)) return { code: 'run-over' };
  const { phase } = run.stage;
  if (phase === 'concluding') return { code: 'run-finishing' };
  if (command === 'pause-run' && phase === 'paused') return { code: 'run-paused' };
  if (command === 'continue-run' && phase !== 'paused') return { code: 'run-not-paused' };
  return null;
}

function startRun(
  step: CoordinatorStep,
  event: DashboardSaid,
  { config, withTwin }: DashboardMessageOf<'start-run'>,
): void {
  const { run: atTable, study } = step.state;
  if (atTable !== null && !isOver(atTable)) {
    return refuse(step, event, { code: 'run-going-on', wanted: 'run' });
  }
  if (study !== null && isActive(study)) {
    return refuse(step, event, { code: 'study-going-on', wanted: 'run' });
  }
  const { minimumClients, clients } = config;
  if (minimumClients > clients) {
    return refuse(step, event, { code: 'minimum-too-high', minimumClients, clients });
  }
  const runId = event.freshRunId;
  let run: RunState;
  try {
    run = newRun(step, {
      runId,
      config,
      withTwin: withTwin && config.encryption !== 'plaintext',
      twinOf: null,
      trialOf: null,
      skipsTest: false,
    });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return refuse(step, event, { code: 'no-encryption', detail });
  }
  takeTable(step, run);
  grant(step, event, { runId });
}

function getModel(step: CoordinatorStep, event: DashboardSaid, runId: string): void {
  const run = knownRun(step.state, runId);
  if (run === null) return answerFromStorage(step, event, 'get-model', runId);
  const { round, sealedWeights } = run.committed;
  grant(step, event, { runId, round: Math.max(0, round), sealedWeights });
}

function getHistory(step: CoordinatorStep, event: DashboardSaid, runId: string): void {
  const run = knownRun(step.state, runId);
  if (run === null) return answerFromStorage(step, event, 'get-history', runId);
  grant(step, event, { runId, history: run.history });
}

function knownRun(state: CoordinatorState, runId: string): RunState | null {
  return runOf(state, runId) ?? (state.pair?.runId === runId ? state.pair : null);
}

function answerFromStorage(
  step: CoordinatorStep,
  { connection, message: { requestId } }: DashboardSaid,
  command: 'get-history' | 'get-model',
  runId: string,
): void {
  step.effects.push({ type: 'answer-from-storage', connection, requestId, command, runId });
}

function clearArchive(step: CoordinatorStep, event: DashboardSaid): void {
  const { archive, study } = step.state;
  const keep = study?.runIds ?? [];
  const runIds = archive.flatMap(({ runId }) => (keep.includes(runId) ? [] : [runId]));
  change(step, { archive: archive.filter(({ runId }) => !runIds.includes(runId)) });
  if (runIds.length > 0) persist(step, { type: 'delete-runs', runIds });
  grant(step, event);
}
