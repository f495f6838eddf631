// Runs the effects of the coordinator: the one place where the pure state machine meets
// connections, timers, storage and the sums. Events are stepped one at a time, in order.
import { createCoordinator, stepCoordinator } from '../core/federation/coordinator.ts';
import type {
  ConnectionId,
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from '../core/federation/coordinator-types.ts';
import { createProjection } from '../core/federation/project-view.ts';
import type { Untimed } from '../core/federation/untimed.ts';
import type { ServerToDashboard } from '../core/protocol/dashboard-messages.ts';
import type { DashboardResults } from '../core/protocol/dashboard-results.ts';
import type { Refusal } from '../core/protocol/notes.ts';
import type { ServerView } from '../core/protocol/view.ts';
import { transferablesOf, withOwnBytes } from '../core/protocol/transferables.ts';
import type { Storage, StoredRun } from './storage.ts';
import { createSums } from './sums.ts';

type Outcome = Extract<ServerToDashboard, { type: 'answer' }>['outcome'];

/** An event without its time: the host stamps it. */
export type UntimedEvent = Untimed<CoordinatorEvent>;

export interface CoordinatorHost {
  dispatch(event: UntimedEvent): void;
  /** The picture for dashboards as it is now; unchanged slices are the same objects as before. */
  view(): ServerView;
  /** The end of this server: no event and no timer moves it any more. Its storage is the caller's to close. */
  stop(): void;
}

/** Where the coordinator's words go. Connections that are gone are ignored. */
export interface Outlets {
  /** `handedOver`: buffers that the receiver gets instead of a copy. */
  readonly send: (connection: ConnectionId, message: object, handedOver?: ArrayBuffer[]) => void;
  /** The same for all of them; nothing is handed over. */
  readonly broadcast: (connections: readonly ConnectionId[], message: object) => void;
  readonly disconnect: (connection: ConnectionId) => void;
  readonly onChange: () => void;
}

export interface HostEnvironment extends Outlets {
  readonly config: CoordinatorConfig;
  readonly storage: Storage;
}

export async function startCoordinator(environment: HostEnvironment): Promise<CoordinatorHost> {
  const { config, storage } = environment;
  const sums = createSums();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const restored = await storage.restore();
  let [state, firstEffects] = createCoordinator(config, restored);

  const queue: CoordinatorEvent[] = [];
  let stepping = false;
  let isStopped = false;

  function dispatch(event: UntimedEvent): void {
    if (isStopped) return;
    queue.push({ ...event, atMs: Date.now() });
    if (stepping) return;
    stepping = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [nextState, effects] = stepCoordinator(config, state, next);
        state = nextState;
        effects.forEach(run);
      }
    } finally {
      stepping = false;
    }
    environment.onChange();
  }

  function run(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'send':
        return sendToClient(effect);
      case 'broadcast':
        return environment.broadcast(effect.connections, effect.message);
      case 'answer':
        return environment.send(effect.connection, effect.message);
      case 'answer-from-storage':
        return void answerFromStorage(effect);
      case 'disconnect':
        return environment.disconnect(effect.connection);
      case 'open-sum':
        return sums.open(effect.key, effect.parameters);
      case 'add-update':
        return addUpdate(effect);
      case 'release-sum':
        return releaseSum(effect);
      case 'drop-sum':
        return sums.drop(effect.runId);
      case 'set-timer':
        return setTimer(effect);
      case 'clear-timer':
        return clearTimer(timerId(effect.timer, effect.runId, effect.clientId));
      case 'persist':
        return void persist(effect);
    }
    effect satisfies never;
  }

  /** The state keeps its sealed bytes: what is handed over is a copy. */
  function sendToClient({ connection, message }: Extract<CoordinatorEffect, { type: 'send' }>) {
    const own = withOwnBytes(message);
    environment.send(connection, own, transferablesOf(own));
  }

  async function answerFromStorage(
    effect: Extract<CoordinatorEffect, { type: 'answer-from-storage' }>,
  ) {
    const { connection, requestId, command, runId } = effect;
    const stored = await storage.read(runId).catch(() => null);
    const outcome = outcomeOf(command, stored);
    environment.send(connection, {
      type: 'answer',
      requestId,
      outcome,
    } satisfies ServerToDashboard);
  }

  function addUpdate(effect: Extract<CoordinatorEffect, { type: 'add-update' }>): void {
    const { key, clientId, seat, payload } = effect;
    const added = sums.add(key, seat, payload);
    if (added !== null) dispatch({ type: 'update-added', key, clientId, ...added });
  }

  function releaseSum({ key }: Extract<CoordinatorEffect, { type: 'release-sum' }>): void {
    const released = sums.release(key);
    if (released !== null) dispatch({ type: 'sum-released', key, ...released });
  }

  async function persist(effect: Extract<CoordinatorEffect, { type: 'persist' }>) {
    try {
      await storage.apply(effect.change);
      dispatch({ type: 'persisted', ticket: effect.ticket });
    } catch (error) {
      dispatch({ type: 'persist-failed', ticket: effect.ticket, detail: String(error) });
    }
  }

  function setTimer(effect: Extract<CoordinatorEffect, { type: 'set-timer' }>): void {
    const id = timerId(effect.timer, effect.key.runId, effect.clientId);
    clearTimer(id);
    const fire = () => {
      timers.delete(id);
      const { timer, key, clientId } = effect;
      dispatch({
        type: 'timer-fired',
        timer,
        key,
        ...(clientId === undefined ? {} : { clientId }),
      });
    };
    timers.set(id, setTimeout(fire, effect.delayMs));
  }

  function clearTimer(id: string): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
  }

  firstEffects.forEach(run);
  environment.onChange();

  function stop(): void {
    isStopped = true;
    for (const timer of timers.values()) clearTimeout(timer);
  }
  const project = createProjection();
  return { dispatch, view: () => project(state), stop };
}

function outcomeOf(command: keyof typeof resultOf, stored: StoredRun | null): Outcome {
  const refusal = (reason: Refusal): Outcome => ({ ok: false, code: 'not-now', reason });
  if (stored === null) return refusal({ code: 'run-not-stored' });
  const lacksWeights = stored.sealedWeights === null && stored.run.committedRound > 0;
  return command === 'get-model' && lacksWeights
    ? refusal({ code: 'weights-not-kept' })
    : { ok: true, result: resultOf[command](stored) };
}

/** What of a stored run answers a command. */
const resultOf = {
  'get-history': ({ run }: StoredRun): DashboardResults['get-history'] => ({
    runId: run.runId,
    history: run.history,
  }),
  'get-model': ({ run, sealedWeights }: StoredRun): DashboardResults['get-model'] => ({
    runId: run.runId,
    round: Math.max(0, run.committedRound),
    sealedWeights,
  }),
};

function timerId(timer: string, runId: string, clientId: string | undefined): string {
  return `${timer}/${runId}/${clientId ?? ''}`;
}
