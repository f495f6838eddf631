// Runs the effects of the coordinator: the one place where the pure state machine meets ports,
// timers, locks, storage and the summing engine. Events are stepped one at a time, in order.
import { createCoordinator, stepCoordinator } from '../core/federation/coordinator.ts';
import type {
  ConnectionId,
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from '../core/federation/coordinator-types.ts';
import { createProjection } from '../core/federation/project-view.ts';
import type { Untimed } from '../core/federation/untimed.ts';
import type { DashboardResults, ServerToDashboard } from '../core/protocol/dashboard-messages.ts';
import type { Refusal } from '../core/protocol/notes.ts';
import type { ServerView } from '../core/protocol/view.ts';
import { transferablesOf, withOwnBytes } from '../core/protocol/transferables.ts';
import type { Storage } from './storage.ts';
import { createSummer } from '../ckks/summer.ts';
import { warmUpSummer } from '../ckks/warm-summer.ts';
import { createSums } from './sums.ts';
import type { RoundKey } from '../core/protocol/round-key.ts';

type StoredRun = NonNullable<Awaited<ReturnType<Storage['read']>>>;
type Outcome = Extract<ServerToDashboard, { type: 'answer' }>['outcome'];

/** An event without its time: the host stamps it. */
export type UntimedEvent = Untimed<CoordinatorEvent>;

export interface CoordinatorHost {
  dispatch(event: UntimedEvent): void;
  /** The picture for dashboards as it is now; unchanged slices are the same objects as before. */
  view(): ServerView;
}

export interface HostEnvironment {
  readonly config: CoordinatorConfig;
  readonly storage: Storage;
  /** Sends to a client's or dashboard's port; unknown connections are ignored. */
  readonly send: (connection: ConnectionId, message: object, handedOver?: ArrayBuffer[]) => void;
  readonly disconnect: (connection: ConnectionId) => void;
  /** Calls back once when nobody holds the lock any more; the returned function gives up waiting. */
  readonly onLockReleased: (lockName: string, released: () => void) => () => void;
  readonly onChange: () => void;
}

export async function startCoordinator(environment: HostEnvironment): Promise<CoordinatorHost> {
  const { config, storage } = environment;
  const sums = createSums({ createSummer, warmUp: warmUpSummer });
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const lockWatches = new Map<ConnectionId, () => void>();
  const restored = await storage.restore();
  let [state, firstEffects] = createCoordinator(config, restored);

  const queue: CoordinatorEvent[] = [];
  let stepping = false;

  function dispatch(event: UntimedEvent): void {
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
      case 'answer':
        return environment.send(effect.connection, effect.message);
      case 'answer-from-storage':
        return void answerFromStorage(effect);
      case 'disconnect':
        lockWatches.get(effect.connection)?.();
        lockWatches.delete(effect.connection);
        return environment.disconnect(effect.connection);
      case 'watch-lock':
        lockWatches.set(
          effect.connection,
          environment.onLockReleased(effect.lockName, () =>
            dispatch({ type: 'client-gone', connection: effect.connection }),
          ),
        );
        return;
      case 'prepare-sum':
        return sums.prepare(effect.runId, effect.parameters);
      case 'open-sum':
        return sums.open(effect.key, effect.parameters);
      case 'add-update':
        return void addUpdate(effect.key, effect.clientId, effect.payload);
      case 'release-sum':
        return void releaseSum(effect.key);
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

  /** The state keeps its sealed bytes, and one sum goes to many: what is handed over is a copy. */
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

  async function addUpdate(key: RoundKey, clientId: string, payload: Uint8Array<ArrayBuffer>) {
    const added = await sums.add(key, payload);
    if (added !== null) dispatch({ type: 'update-added', key, clientId, ...added });
  }

  async function releaseSum(key: RoundKey) {
    const released = await sums.release(key);
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
  const project = createProjection();
  return { dispatch, view: () => project(state) };
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
