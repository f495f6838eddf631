// A coordinator whose clients do at once what they are told and whose storage never fails: what a test
// of studies needs, when the faults are the test's own. Updates and sums are empty bytes; accuracies come
// from the test.
import { createCoordinator, stepCoordinator } from '../../core/federation/coordinator.ts';
import type {
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
} from '../../core/federation/coordinator-types.ts';
import { sliceBounds } from '../../core/federation/evaluation-slices.ts';
import { createProjection } from '../../core/federation/project-view.ts';
import { runOf } from '../../core/federation/runs.ts';
import type { RunConfig } from '../../core/experiment/run-config.ts';
import type { SchemeParameters } from '../../core/encryption/scheme.ts';
import type { ClientMessage } from '../../core/protocol/client-messages.ts';
import type {
  DashboardMessage,
  ServerToDashboard,
} from '../../core/protocol/dashboard-messages.ts';
import { PROTOCOL_VERSION } from '../../core/protocol/schema.ts';
import type { ServerMessage, ServerMessageOf } from '../../core/protocol/server-messages.ts';
import type { PersistentStudy, RestoredRun } from '../../core/federation/persistence.ts';
import { createMemoryStorage } from '../../server/memory-storage.ts';

type Outcome = Extract<ServerToDashboard, { type: 'answer' }>['outcome'];
type Command = DashboardMessage extends infer Message
  ? Message extends unknown
    ? Omit<Message, 'requestId'>
    : never
  : never;

type UntimedEvent = CoordinatorEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'atMs'>
    : never
  : never;

export interface TableOptions {
  readonly numClients: number;
  /** Share of the examples that are right after a round of this run, in [0, 1]. */
  readonly accuracyOf: (config: RunConfig, round: number) => number;
  /** Clients of such a run report that their training diverged. */
  readonly diverges?: (config: RunConfig) => boolean;
}

const config: CoordinatorConfig = {
  serverId: 'server',
  startedAtMs: 0,
  gatherMs: 500,
  prepareMs: 1500,
  keysMs: 600,
  stallMs: 5000,
  chooseParameters: (name, _numParameters, maxContributors) =>
    ({
      name,
      levels: 255,
      updateBytes: 8,
      numParameters: 4,
      keyKind: 'symmetric',
      maxContributors,
    }) as SchemeParameters,
};
const HASH = 'a'.repeat(64);

export function createObedientTable(options: TableOptions) {
  const storage = createMemoryStorage();
  let nowMs = 1000;
  let [state, firstEffects] = createCoordinator(config, storage.restoreNow());
  const project = createProjection();
  const connected = new Set<number>();
  const configs = new Map<string, RunConfig>();
  let queue: (() => void)[] = [];
  const timers: {
    readonly event: CoordinatorEvent;
    readonly dueMs: number;
    readonly id: string;
  }[] = [];
  let lastAnswer: Outcome | null = null;
  let failsNext = false;
  const sent: { readonly client: number; readonly message: ServerMessage }[] = [];
  carryOut(firstEffects);

  function happen(event: UntimedEvent): void {
    const [next, effects] = stepCoordinator(config, state, { ...event, atMs: nowMs });
    state = next;
    carryOut(effects);
  }

  function carryOut(effects: readonly CoordinatorEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          sent.push({ client: Number(effect.connection), message: effect.message });
          queue.push(() => obey(Number(effect.connection), effect.message));
          break;
        case 'broadcast':
          for (const connection of effect.connections) {
            sent.push({ client: Number(connection), message: effect.message });
          }
          break; // an obedient client's answer to `apply` does not depend on the sum
        case 'answer':
          lastAnswer = effect.message.outcome;
          break;
        case 'add-update': {
          const { key, clientId } = effect;
          queue.push(() =>
            happen({ type: 'update-added', key, clientId, addMs: 0, accepted: true }),
          );
          break;
        }
        case 'release-sum': {
          const { key } = effect;
          queue.push(() => happen({ type: 'sum-released', key, sum: new Uint8Array(8), sumMs: 0 }));
          break;
        }
        case 'persist': {
          const { ticket } = effect;
          if (failsNext) {
            failsNext = false;
            queue.push(() => happen({ type: 'persist-failed', ticket, detail: 'quota' }));
            break;
          }
          storage.applyNow(effect.change);
          queue.push(() => happen({ type: 'persisted', ticket }));
          break;
        }
        case 'set-timer': {
          const { timer, key, clientId, delayMs } = effect;
          const owner = clientId === undefined ? {} : { clientId };
          const event = { type: 'timer-fired', timer, key, ...owner, atMs: 0 } as const;
          const id = `${timer}/${key.runId}/${clientId ?? ''}`;
          clearTimer(id);
          timers.push({ event, dueMs: nowMs + delayMs, id });
          break;
        }
        case 'clear-timer':
          clearTimer(`${effect.timer}/${effect.runId}/${effect.clientId ?? ''}`);
          break;
        default:
      }
    }
  }

  function clearTimer(id: string): void {
    const index = timers.findIndex((timer) => timer.id === id);
    if (index >= 0) timers.splice(index, 1);
  }

  function say(client: number, message: ClientMessage): void {
    if (connected.has(client)) {
      happen({ type: 'client-said', connection: String(client), message });
    }
  }

  function obey(client: number, message: ServerMessage): void {
    switch (message.type) {
      case 'assign':
        configs.set(message.runId, message.config);
        return prepared(
          client,
          message.runId,
          message.seat,
          message.weights.round,
          message.keyEpoch,
        );
      case 'resync': {
        const run = runOf(state, message.runId)!;
        const { seat } = run.members.get(`client-${client}`)!;
        return prepared(client, message.runId, seat, message.weights.round, 1);
      }
      case 'make-keys': {
        const { runId, keyEpoch } = message;
        return say(client, { type: 'keys', runId, keyEpoch, sealed: new Uint8Array(1) });
      }
      case 'train':
        return train(client, message);
      case 'apply': {
        const { runId, round, attempt, slice, deposit } = message;
        evaluated(client, { runId, round, attempt, slice, split: 'validation' });
        if (!deposit) return;
        const sealedWeights = new Uint8Array([round]);
        return say(client, { type: 'deposit', runId, round, weightsSha256: HASH, sealedWeights });
      }
      case 'evaluate':
        return evaluated(client, message);
      default:
    }
  }

  function prepared(
    client: number,
    runId: string,
    seat: number,
    round: number,
    keyEpoch: number,
  ): void {
    say(client, {
      type: 'prepared',
      runId,
      seat,
      round,
      keyEpoch,
      numExamples: 10,
      labelHistogram: [10, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      backend: { backend: 'cpu', renderer: '', reason: '' },
      rangeExponents: [0, 0, 0, 0],
      prepareMs: 0,
    });
  }

  function train(client: number, order: ServerMessageOf<'train'>): void {
    const { runId, round, attempt, keyEpoch } = order;
    if (options.diverges?.(configs.get(runId)!) === true) {
      const code = 'non-finite-update';
      return say(client, { type: 'failed', runId, round, attempt, code, detail: '' });
    }
    say(client, {
      type: 'update',
      runId,
      round,
      attempt,
      keyEpoch,
      numExamples: 10,
      payload: new Uint8Array(8),
      trainLoss: 1,
      trainAccuracy: 0.5,
      rangeExponents: [0, 0, 0, 0],
      quantisationError: 0,
      segments: [],
    });
  }

  function evaluated(client: number, order: Omit<ServerMessageOf<'evaluate'>, 'type'>): void {
    const { runId, round, attempt, slice, split } = order;
    const { from, to } = sliceBounds(split, slice);
    const numExamples = to - from;
    const accuracy = options.accuracyOf(configs.get(runId)!, round);
    const numCorrect = Math.round(accuracy * to) - Math.round(accuracy * from);
    const confusion = Array<number>(100).fill(0);
    confusion[0] = numCorrect;
    confusion[1] = numExamples - numCorrect;
    say(client, {
      type: 'evaluated',
      runId,
      round,
      attempt,
      split,
      slice,
      numExamples,
      numCorrect,
      lossSum: numExamples,
      confusion,
      weightsSha256: HASH,
      twinDifference: null,
      segments: [],
    });
  }

  const table = {
    get view() {
      return project(state);
    },
    /** Messages to clients so far. */
    get sent() {
      return sent;
    },
    /** What storage holds. */
    get stored(): { runs: ReadonlyMap<string, RestoredRun>; study: PersistentStudy | null } {
      const runs = new Map(storage.runsNow().map((stored) => [stored.run.runId, stored]));
      return { runs, study: storage.studyNow() };
    },
    join(client: number): void {
      connected.add(client);
      happen({
        type: 'client-said',
        connection: String(client),
        message: {
          type: 'join',
          protocolVersion: PROTOCOL_VERSION,
          clientId: `client-${client}`,
          name: 'n',
        },
      });
    },
    leave(client: number): void {
      connected.delete(client);
      happen({ type: 'client-gone', connection: String(client) });
    },
    command(command: Command, freshRunId = 'study'): Outcome {
      lastAnswer = null;
      const message: DashboardMessage = { ...command, requestId: 1 };
      happen({ type: 'dashboard-said', connection: 'page', message, freshRunId });
      return lastAnswer!;
    },
    /** Lets things happen until `isReached`, or until nothing is left to happen. */
    run(isReached: () => boolean = () => false): void {
      for (let steps = 0; !isReached(); steps++) {
        if (steps > 20000) throw new Error('the table does not come to rest');
        const next = queue.shift();
        if (next === undefined) return;
        nowMs++;
        next();
      }
    },
    /** Time passes; timers that are due fire. */
    pass(ms: number): void {
      nowMs += ms;
      for (const timer of timers.filter(({ dueMs }) => dueMs <= nowMs)) {
        clearTimer(timer.id);
        happen(timer.event);
      }
    },
    /** The next save fails. */
    failSave(): void {
      failsNext = true;
    },
    /** Storage loses the sealed keys of all runs. */
    loseKeys(): void {
      for (const { run, sealedWeights } of storage.runsNow()) {
        storage.applyNow({ type: 'delete-runs', runIds: [run.runId] });
        storage.applyNow({ type: 'save-run', run, sealedWeights, sealedKeys: null });
      }
    },
    /** The server dies; what was on its way is lost; another starts, and the clients come back. */
    restart(): void {
      queue = [];
      timers.length = 0;
      [state, firstEffects] = createCoordinator(config, storage.restoreNow());
      carryOut(firstEffects);
      const clients = [...connected];
      connected.clear();
      for (const client of clients) table.join(client);
    },
  };
  for (let client = 0; client < options.numClients; client++) table.join(client);
  return table;
}
