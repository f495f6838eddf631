// What dashboards ask of the server: to watch it, to start, pause, continue and stop a run, to give out a
// model or a history, to clear the archive. A refusal says what stands in the way.
import { PROTOCOL_VERSION } from '../protocol/schema.ts';
import { answered, refusal, type Answer, type DashboardSaid } from './command-answers.ts';
import type { CoordinatorConfig, CoordinatorEffect } from './coordinator-types.ts';
import type { RunConfig } from '../experiment/run-config.ts';
import { isOver, type RunState } from './run/run-state.ts';
import { runOf } from './runs.ts';
import { onStudyCommand, onTrialRunCommand } from './study/study-commands.ts';
import { isActive } from './study/study-state.ts';
import { advanceRun, newRun, takeTable } from './table.ts';
import type { StudyState, CoordinatorState, Stepped } from './coordinator-state.ts';

/**
 * Carries out one command about runs and the archive; those about studies go on to study-commands.ts.
 * Every command gets one answer, at once or from storage.
 */
export function onDashboardSaid(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
): Stepped {
  const { message, atMs } = event;
  switch (message.type) {
    case 'watch':
      return message.protocolVersion === PROTOCOL_VERSION
        ? answered(event, [state, []], { ok: true, result: { serverId: config.serverId } })
        : answered(
            event,
            [state, []],
            refusal('wrong-version', 'Reload this tab: the server runs another version.'),
          );
    case 'set-view-interval':
      return answered(event, [state, []], { ok: true, result: null });
    case 'start-run':
      return onStartRun(config, state, event, message.config, message.withTwin);
    case 'get-model':
      return onGetModel(state, event, message.runId);
    case 'get-history':
      return onGetHistory(state, event, message.runId);
    case 'clear-archive':
      return onClearArchive(state, event);
    case 'pause-run':
    case 'continue-run':
    case 'stop-run': {
      const { runId } = message;
      const run = runOf(state, runId);
      const problem = commandProblem(run, message.type);
      if (problem !== null) return answered(event, [state, []], problem);
      const study = studyOf(state, run);
      if (study !== null) return onTrialRunCommand(config, state, event, study, message);
      const type =
        `${message.type.slice(0, -'-run'.length) as 'pause' | 'continue' | 'stop'}-asked` as const;
      const stepped = advanceRun(config, state, runId, { type }, atMs);
      return answered(event, stepped, { ok: true, result: null });
    }
    default:
      return onStudyCommand(config, state, event, message);
  }
}

/** The study that goes on with this run. */
function studyOf({ study }: CoordinatorState, run: RunState | null): StudyState | null {
  return study !== null && isActive(study) && run?.trialOf?.studyId === study.studyId
    ? study
    : null;
}

function commandProblem(
  run: RunState | null,
  command: 'pause-run' | 'continue-run' | 'stop-run',
): Answer | null {
  if (run === null) {
    return refusal('foreign-run', 'That run is not at the table any more.');
  }
  if (isOver(run)) return refusal('not-now', 'The run is over.');
  const { phase } = run.stage;
  if (phase === 'concluding') return refusal('not-now', 'The run is just finishing.');
  if (command === 'pause-run' && phase === 'paused') {
    return refusal('not-now', 'The run is paused already.');
  }
  if (command === 'continue-run' && phase !== 'paused') {
    return refusal('not-now', 'The run is not paused.');
  }
  return null;
}

function onStartRun(
  config: CoordinatorConfig,
  state: CoordinatorState,
  event: DashboardSaid,
  runConfig: RunConfig,
  withTwin: boolean,
): Stepped {
  const refuseWith = (text: string) => answered(event, [state, []], refusal('not-now', text));
  if (state.run !== null && !isOver(state.run)) {
    return refuseWith('A run is going on. Stop it before you start another.');
  }
  if (state.study !== null && isActive(state.study)) {
    return refuseWith('A study is going on. Stop it before you start a run.');
  }
  if (runConfig.minimumClients > runConfig.clients) {
    const { minimumClients, clients } = runConfig;
    return refuseWith(
      `The minimum of ${minimumClients} clients is more than the ${clients} seats. Lower the minimum or add seats.`,
    );
  }
  const { freshRunId: runId, atMs } = event;
  const isTwinned = withTwin && runConfig.encryption !== 'plaintext';
  let run: RunState;
  try {
    run = newRun(config, state, {
      runId,
      config: runConfig,
      withTwin: isTwinned,
      twinOf: null,
      trialOf: null,
      skipsTest: false,
      atMs,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return refuseWith(`No encryption parameters fit this configuration: ${reason}`);
  }
  const stepped = takeTable(config, state, run, atMs);
  return answered(event, stepped, { ok: true, result: { runId } });
}

function onGetModel(state: CoordinatorState, event: DashboardSaid, runId: string): Stepped {
  const run = knownRun(state, runId);
  if (run === null) return fromStorage(state, event, 'get-model', runId);
  const round = Math.max(0, run.committed.round);
  const result = { runId, round, sealedWeights: run.committed.sealedWeights };
  return answered(event, [state, []], { ok: true, result });
}

function onGetHistory(state: CoordinatorState, event: DashboardSaid, runId: string): Stepped {
  const run = knownRun(state, runId);
  if (run === null) return fromStorage(state, event, 'get-history', runId);
  return answered(event, [state, []], { ok: true, result: { runId, history: run.history } });
}

function knownRun(state: CoordinatorState, runId: string): RunState | null {
  return runOf(state, runId) ?? (state.pair?.runId === runId ? state.pair : null);
}

function fromStorage(
  state: CoordinatorState,
  { connection, message }: DashboardSaid,
  command: 'get-history' | 'get-model',
  runId: string,
): Stepped {
  const { requestId } = message;
  return [state, [{ type: 'answer-from-storage', connection, requestId, command, runId }]];
}

function onClearArchive(state: CoordinatorState, event: DashboardSaid): Stepped {
  const keep = state.study?.runIds ?? [];
  const runIds = state.archive.flatMap(({ runId }) => (keep.includes(runId) ? [] : [runId]));
  const ticket = state.nextTicket;
  const effects: CoordinatorEffect[] =
    runIds.length === 0
      ? []
      : [{ type: 'persist', ticket, change: { type: 'delete-runs', runIds } }];
  const next = {
    ...state,
    archive: state.archive.filter(({ runId }) => !runIds.includes(runId)),
    nextTicket: ticket + 1,
  };
  return answered(event, [next, effects], { ok: true, result: null });
}
