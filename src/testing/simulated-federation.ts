// A federation in one process: the real coordinator and real client machines, with shells, transport
// and storage simulated as a discrete-event system under one seeded generator. Messages of a
// connection keep their order; everything else may be late, lost, repeated or forged, clients and
// the server die in any phase and come back, timers fire late. After every commit the invariants of
// a federation are checked against formulas that share nothing with the coordinator.
import * as v from 'valibot';
import { createRandom } from '../core/math/random.ts';
import { clientMessageSchema, type ClientMessage } from '../core/protocol/client-messages.ts';
import type { DashboardMessage } from '../core/protocol/dashboard-messages.ts';
import { serverMessageSchema, type ServerMessage } from '../core/protocol/server-messages.ts';
import type { SchemeParameters } from '../core/encryption/scheme.ts';
import { createClient, stepClient } from '../core/federation/client-machine.ts';
import type { ClientState } from '../core/federation/client-state.ts';
import type { ClientEffect, ClientEvent, WorkKey } from '../core/federation/client-types.ts';
import { createCoordinator, stepCoordinator, viewOf } from '../core/federation/coordinator.ts';
import type { CoordinatorState } from '../core/federation/table.ts';
import { isActive, type PersistentStudy } from '../core/federation/study-state.ts';
import type { StudySetup } from '../core/tuning/study-setup.ts';
import type {
  CoordinatorConfig,
  CoordinatorEffect,
  CoordinatorEvent,
  PersistentChange,
  RestoredRun,
  RoundKey,
} from '../core/federation/coordinator-types.ts';
import { restoredFrom } from '../core/federation/restoring.ts';
import { defaultRunConfig, type RunConfig } from '../core/federation/run-config.ts';
import {
  appliedWeights,
  DIMENSIONS,
  evaluateSlice,
  examplesOfSeat,
  hashOf,
  initialWeights,
  LEVELS,
  packUpdate,
  packWeights,
  quantise,
  RANGE_EXPONENTS,
  trainedDelta,
  unpackUpdate,
  unpackWeights,
  UPDATE_BYTES,
  type Bench,
} from './simulated-client.ts';
import { checkCommit } from './simulated-invariants.ts';

export interface SimulationPlan {
  readonly seed: number;
  /** Clients in the world; more than seats are spares. */
  readonly numClients: number;
  readonly run: Partial<RunConfig>;
  readonly withTwin: boolean;
  /** A study over that run in place of the run. */
  readonly study?: StudySetup['study'];
  /** How many faults are injected before the world calms down. */
  readonly numFaults: number;
  /** Chance of a fault at each event while there are some left. */
  readonly faultRate: number;
}

/** What happened, by name: aggregations, abandonments, deaths by phase, rejections by code … */
export type Coverage = Map<string, number>;

export type Coordinator = {
  readonly create: typeof createCoordinator;
  readonly step: typeof stepCoordinator;
};

interface SimulatedClient {
  readonly clientId: string;
  state: ClientState;
  bench: Bench | null;
  connection: string | null;
  /** Raised when the worker dies: what it had going is lost with it. */
  life: number;
  /** What it said last, newest last. */
  recent: ClientMessage[];
  /** The bench does one thing after the other; when it will be free. */
  freeAtMs: number;
  /** Raised by every `abandon`: what was begun before it leaves nothing on the bench. */
  numAbandoned: number;
  isHung: boolean;
  losesNext: boolean;
  corruptsNext: boolean;
  spoilsNext: boolean;
}

interface Task {
  readonly atMs: number;
  readonly serial: number;
  readonly act: () => void;
}

/** Facts about an update, kept by the world for its own sums. */
export interface SentUpdate {
  readonly key: WorkKey;
  readonly seat: number;
  readonly serial: number;
}

const MOST_EVENTS = 60000;

/** What is durable at the end. */
export interface SimulatedEnd {
  readonly runs: ReadonlyMap<string, RestoredRun>;
  readonly study: PersistentStudy | null;
}

/**
 * Runs a plan to the end of its run (and its twin) or study. Throws on a broken invariant or a run that
 * hangs.
 */
export function simulate(
  plan: SimulationPlan,
  coverage: Coverage,
  coordinator: Coordinator = { create: createCoordinator, step: stepCoordinator },
): SimulatedEnd {
  const random = createRandom(plan.seed, 'simulation');
  const tasks: Task[] = [];
  const storage = new Map<string, RestoredRun>();
  let storedStudy: PersistentStudy | null = null;
  const clients: SimulatedClient[] = [];
  const lastDeliveryMs = new Map<string, number>();
  const connections = new Map<string, SimulatedClient>();
  const timers = new Map<string, number>();
  const replayable: ClientMessage[] = [];
  const usedSerials = new Set<number>();
  const sums = new Map<string, { key: RoundKey; levels: number[]; serials: number[] }>();
  const releasedSerials = new Map<string, number[]>();
  const sentUpdates: SentUpdate[] = [];
  let nowMs = 0;
  let serial = 0;
  let server: CoordinatorState | null = null;
  let serverLife = 0;
  let restarts = 0;
  let persistReadyMs = 0;
  let faultsLeft = plan.numFaults;
  let hasStarted = false;

  const runConfig: RunConfig = { ...defaultRunConfig, deadlineMs: 2000, rounds: 4, ...plan.run };
  const config = (): CoordinatorConfig => ({
    serverId: `server-${restarts}`,
    startedAtMs: nowMs,
    gatherMs: 500,
    prepareMs: 1500,
    keysMs: 600,
    stallMs: 3000,
    chooseParameters: simulatedParameters,
  });
  let serverConfig = config();

  const count = (name: string) => coverage.set(name, (coverage.get(name) ?? 0) + 1);
  const later = (delayMs: number, act: () => void) => {
    tasks.push({ atMs: nowMs + delayMs, serial: serial++, act });
  };

  // The server's shell

  function startServer(): void {
    serverConfig = config();
    const isEmpty = storage.size === 0 && storedStudy === null;
    const restored = isEmpty ? null : restoredFrom([...storage.values()], restarts, storedStudy);
    const [state, effects] = coordinator.create(serverConfig, restored);
    server = state;
    if (restored?.current?.run.status === 'running') count('restored in a run');
    carryOut(effects);
  }

  function tellServer(event: CoordinatorEvent): void {
    if (server === null) return;
    const before = viewOf(serverConfig, server);
    const [next, effects] = coordinator.step(serverConfig, server, event);
    server = next;
    const after = viewOf(serverConfig, next);
    const abandoned = (after.run?.abandonedRounds ?? 0) - (before.run?.abandonedRounds ?? 0);
    if (after.run?.runId === before.run?.runId && abandoned > 0) count('abandoned');
    for (const [code, total] of Object.entries(after.server.rejections)) {
      const earlier = before.server.rejections[code as keyof typeof before.server.rejections] ?? 0;
      for (let i = earlier; i < total; i++) count(`rejected ${code}`);
    }
    carryOut(effects);
  }

  /** Work of this server: lost when it dies first. */
  function serverTask(delayMs: number, act: () => void): void {
    const life = serverLife;
    later(delayMs, () => {
      if (life === serverLife) act();
    });
  }

  function carryOut(effects: readonly CoordinatorEffect[]): void {
    for (const effect of effects) carryOutOne(effect);
  }

  function carryOutOne(effect: CoordinatorEffect): void {
    switch (effect.type) {
      case 'send':
        return sendToClient(effect.connection, effect.message);
      case 'answer':
      case 'watch-lock':
      case 'answer-from-storage':
        return;
      case 'disconnect':
        connections.delete(effect.connection);
        return;
      case 'open-sum':
        sums.set(effect.key.runId, {
          key: effect.key,
          levels: Array<number>(DIMENSIONS).fill(0),
          serials: [],
        });
        return;
      case 'add-update':
        return addUpdate(effect.key, effect.clientId, effect.payload);
      case 'release-sum': {
        const sum = sums.get(effect.key.runId)!;
        if (!sameKey(sum.key, effect.key)) throw new Error('a sum of another attempt is released');
        releasedSerials.set(keyText(effect.key), sum.serials);
        const bytes = packWeights(sum.levels);
        serverTask(random.below(5), () => {
          tellServer({ type: 'sum-released', atMs: nowMs, key: effect.key, sum: bytes, sumMs: 1 });
        });
        return;
      }
      case 'drop-sum':
        sums.delete(effect.runId);
        return;
      case 'set-timer':
        return setTimer(effect);
      case 'clear-timer': {
        const name = timerName(effect.timer, effect.runId, effect.clientId);
        // A timer that is just firing cannot be called back.
        if (random.uniform() < 0.95) timers.delete(name);
        return;
      }
      case 'persist':
        return persist(effect.ticket, effect.change);
      default:
        effect satisfies never;
    }
  }

  function addUpdate(key: RoundKey, clientId: string, payload: Uint8Array<ArrayBuffer>): void {
    const { isValid, serial: id, levels } = unpackUpdate(payload);
    const sum = sums.get(key.runId);
    if (sum === undefined || !sameKey(sum.key, key)) throw new Error('added to no open sum');
    const breaks = faultsLeft > 0 && random.uniform() < 0.002;
    if (isValid && !breaks) {
      if (sum.serials.includes(id)) throw new Error('an update was added twice');
      sum.serials.push(id);
      sum.levels = sum.levels.map((level, dimension) => level + levels[dimension]!);
    }
    if (breaks) count('engine broken');
    const outcome = breaks
      ? ({ ok: false, code: 'engine-broken' } as const)
      : isValid
        ? ({ ok: true } as const)
        : ({ ok: false, code: 'bad-update' } as const);
    serverTask(random.below(20), () => {
      tellServer({ type: 'update-added', atMs: nowMs, key, clientId, addMs: 1, outcome });
    });
  }

  function setTimer(effect: Extract<CoordinatorEffect, { type: 'set-timer' }>): void {
    const { timer, key, clientId, delayMs } = effect;
    const name = timerName(timer, key.runId, clientId);
    const token = serial++;
    timers.set(name, token);
    serverTask(delayMs + random.below(20), () => {
      if (timers.get(name) !== token) return;
      timers.delete(name);
      count(`timer ${timer}`);
      const owner = clientId === undefined ? {} : { clientId };
      tellServer({ type: 'timer-fired', atMs: nowMs, timer, key, ...owner });
    });
  }

  /** Transactions become durable in order; the server may die before it hears of one. */
  function persist(ticket: number, change: PersistentChange): void {
    persistReadyMs = Math.max(persistReadyMs, nowMs) + random.below(15);
    const life = serverLife;
    const fails = faultsLeft > 0 && random.uniform() < 0.004;
    later(persistReadyMs - nowMs, () => {
      if (life !== serverLife) return;
      if (fails) {
        count('persist failed');
        tellServer({ type: 'persist-failed', atMs: nowMs, ticket, detail: 'quota' });
        return;
      }
      store(change);
      later(random.below(5), () => {
        if (life === serverLife) tellServer({ type: 'persisted', atMs: nowMs, ticket });
        else count('died between durable and announced');
      });
    });
  }

  function store(change: PersistentChange): void {
    if (change.type === 'delete-runs') {
      for (const runId of change.runIds) storage.delete(runId);
      return;
    }
    if (change.type === 'save-study') {
      storedStudy = change.study;
      for (const runId of change.drops.weightsOf) dropSealed(runId, 'sealedWeights');
      for (const runId of change.drops.keysOf) dropSealed(runId, 'sealedKeys');
      return;
    }
    const { run, sealedWeights, sealedKeys } = change;
    const earlier = storage.get(run.runId);
    const next: RestoredRun = {
      run,
      sealedWeights: sealedWeights ?? earlier?.sealedWeights ?? null,
      sealedKeys: sealedKeys ?? earlier?.sealedKeys ?? null,
    };
    if (run.committedRound > (earlier?.run.committedRound ?? -1)) {
      const record = run.history.at(-1)!;
      const used = releasedSerials.get(
        keyText({ runId: run.runId, round: record.round, attempt: record.attempts }),
      );
      checkCommit({
        earlier: earlier ?? null,
        next,
        sentUpdates,
        serials: used ?? [],
        usedSerials,
      });
      count(record.round === 0 ? 'committed round 0' : 'aggregated');
      if (record.attempts > 1) count('committed after abandonment');
      if (record.numClients > 0 && record.numClients < run.config.clients) count('partial cohort');
    }
    storage.set(run.runId, next);
  }

  function dropSealed(runId: string, what: 'sealedWeights' | 'sealedKeys'): void {
    const stored = storage.get(runId);
    if (stored !== undefined) storage.set(runId, { ...stored, [what]: null });
  }

  // Transport

  function sendToClient(connection: string, message: ServerMessage): void {
    v.parse(serverMessageSchema, message);
    if (message.type === 'commit') {
      const saved = storage.get(message.runId);
      if (saved === undefined || saved.run.committedRound < message.round) {
        throw new Error(`round ${message.round} was announced before it was durable`);
      }
    }
    if (message.type === 'resync' || message.type === 'evaluate' || message.type === 'deposit') {
      count(`said ${message.type}`);
    }
    inOrder(`to ${connection}`, () => {
      const client = connections.get(connection);
      if (client === undefined || client.connection !== connection) return;
      tellClient(client, { type: 'server-said', atMs: nowMs, message });
    });
  }

  function sendToServer(client: SimulatedClient, message: ClientMessage): void {
    v.parse(clientMessageSchema, message);
    const { connection } = client;
    if (connection === null) return;
    if (replayable.length < 400) replayable.push(message);
    else replayable[random.below(400)] = message;
    // A connection on which even `join` is lost was never made; of lost progress nothing can follow.
    if (client.losesNext && message.type !== 'join' && message.type !== 'progress') {
      client.losesNext = false;
      count(`lost ${message.type}`);
      return;
    }
    client.recent = [...client.recent.slice(-4), message];
    deliverToServer(connection, message);
  }

  function deliverToServer(connection: string, message: ClientMessage, isFair = () => true): void {
    const life = serverLife;
    inOrder(`from ${connection}`, () => {
      if (life === serverLife && connections.has(connection) && isFair()) {
        tellServer({ type: 'client-said', atMs: nowMs, connection, message });
      }
    });
  }

  function inOrder(channel: string, act: () => void): void {
    const atMs = Math.max(lastDeliveryMs.get(channel) ?? 0, nowMs + 1 + random.below(25));
    lastDeliveryMs.set(channel, atMs);
    later(atMs - nowMs, act);
  }

  // The clients' shells

  function tellClient(client: SimulatedClient, event: ClientEvent): void {
    const identity = { clientId: client.clientId, name: client.clientId, lockName: 'lock' };
    const [state, effects] = stepClient(identity, client.state, event);
    client.state = state;
    for (const effect of effects) carryOutOnBench(client, effect);
  }

  function clientTask(client: SimulatedClient, mostMs: number, act: () => ClientEvent): void {
    const { life } = client;
    const hungMs = client.isHung ? 5000 : 0;
    client.isHung = false;
    client.freeAtMs = Math.max(client.freeAtMs, nowMs) + 1 + random.below(mostMs) + hungMs;
    later(client.freeAtMs - nowMs, () => {
      if (life === client.life) tellClient(client, act());
    });
  }

  function carryOutOnBench(client: SimulatedClient, effect: ClientEffect): void {
    switch (effect.type) {
      case 'send':
        return sendToServer(client, effect.message);
      case 'prepare': {
        const { runId, config, seat, round, sealedWeights } = effect;
        clientTask(client, 60, () => {
          const weights =
            sealedWeights === null ? [...initialWeights] : unpackWeights(sealedWeights);
          const numExamples = examplesOfSeat(seat);
          const { units } = config;
          client.bench = { units, numExamples, committed: { round, weights }, tentative: null };
          const labelHistogram = [numExamples, 0, 0, 0, 0, 0, 0, 0, 0, 0];
          const backend = { backend: 'cpu', renderer: 'none', reason: 'simulated' } as const;
          return {
            type: 'prepared',
            atMs: nowMs,
            runId,
            seat,
            round,
            numExamples,
            labelHistogram,
            backend,
            rangeExponents: [...RANGE_EXPONENTS],
            prepareMs: 1,
          };
        });
        return;
      }
      case 'make-keys':
        return clientTask(client, 30, () => {
          const { runId, keyEpoch } = effect;
          return { type: 'keys-made', atMs: nowMs, runId, keyEpoch, sealed: new Uint8Array([7]) };
        });
      case 'open-keys':
        return clientTask(client, 10, () => {
          const { runId, keyEpoch } = effect;
          return { type: 'keys-opened', atMs: nowMs, runId, keyEpoch };
        });
      case 'train':
        return train(client, effect.key);
      case 'encrypt':
        return encrypt(client, effect);
      case 'apply': {
        const { numAbandoned } = client;
        return clientTask(client, 20, () => {
          const { key, sum, rangeExponents, largestNumExamples, totalExamples } = effect;
          const weights = appliedWeights(
            client.bench!.committed!.weights,
            unpackWeights(sum),
            rangeExponents,
            largestNumExamples,
            totalExamples,
          );
          if (client.corruptsNext) weights[0]! += 1e-9;
          client.corruptsNext = false;
          if (numAbandoned === client.numAbandoned) client.bench!.tentative = { key, weights };
          return { type: 'applied', atMs: nowMs, key };
        });
      }
      case 'evaluate':
        return clientTask(client, 60, () => {
          const { key, split, slice } = effect;
          const weightsSha256 = hashOf(newestWeights(client));
          const counts = evaluateSlice(split, slice, client.bench!.units);
          return {
            type: 'evaluated',
            atMs: nowMs,
            key,
            split,
            ...counts,
            weightsSha256,
            twinDifference: 0.001,
          };
        });
      case 'seal-weights': {
        const weights = [...newestWeights(client)];
        return clientTask(client, 20, () => ({
          type: 'weights-sealed',
          atMs: nowMs,
          runId: effect.runId,
          round: effect.round,
          weightsSha256: hashOf(weights),
          sealedWeights: packWeights(weights),
        }));
      }
      case 'commit': {
        const { tentative } = client.bench!;
        const saved = storage.get(effect.runId)!;
        if (tentative?.key.round !== effect.round) throw new Error('commit of other weights');
        // Of a trial that was pruned the weights may have been dropped already.
        if (saved.run.committedRound === effect.round && saved.sealedWeights !== null) {
          const expected = hashOf(unpackWeights(saved.sealedWeights));
          if (hashOf(tentative.weights) !== expected) throw new Error('a holder diverged');
        }
        client.bench!.committed = { round: effect.round, weights: tentative.weights };
        client.bench!.tentative = null;
        return;
      }
      case 'abandon':
        client.numAbandoned++;
        if (client.bench !== null) client.bench.tentative = null;
        return;
      case 'release':
        return;
      default:
        effect satisfies never;
    }
  }

  function newestWeights({ bench }: SimulatedClient): readonly number[] {
    return bench!.tentative?.weights ?? bench!.committed!.weights;
  }

  function train(client: SimulatedClient, key: WorkKey): void {
    if (client.bench!.committed!.round !== key.round - 1) throw new Error('a mixture of rounds');
    if (faultsLeft > 0 && random.uniform() < 0.01) {
      count('training failed');
      return clientTask(client, 50, () => {
        return { type: 'work-failed', atMs: nowMs, key, code: 'training-failed', detail: '' };
      });
    }
    clientTask(client, 40, () => ({ type: 'progressed', atMs: nowMs, key, fraction: 0.5 }));
    clientTask(client, 120, () => {
      return { type: 'trained', atMs: nowMs, key, trainLoss: 1, trainAccuracy: 0.5 };
    });
  }

  function encrypt(
    client: SimulatedClient,
    effect: Extract<ClientEffect, { type: 'encrypt' }>,
  ): void {
    const { key, numExamples, largestNumExamples, rangeExponents } = effect;
    const { seat } = client.state.place!;
    const share = numExamples / largestNumExamples;
    const delta = trainedDelta(seat, client.bench!.committed!.weights);
    const levels = quantise(delta, share, rangeExponents);
    const id = serial++;
    const isValid = !client.spoilsNext;
    client.spoilsNext = false;
    if (isValid) sentUpdates.push({ key, seat, serial: id });
    clientTask(client, 30, () => ({
      type: 'encrypted',
      atMs: nowMs,
      key,
      payload: packUpdate(isValid, id, levels),
      rangeExponents: RANGE_EXPONENTS,
      quantisationError: 1e-8,
    }));
  }

  // Faults

  function connect(client: SimulatedClient): void {
    if (server === null || client.connection !== null) return;
    const connection = `connection-${serial++}`;
    client.connection = connection;
    connections.set(connection, client);
    tellClient(client, { type: 'connected', atMs: nowMs });
  }

  function loseConnection(client: SimulatedClient, isNoticed: boolean): void {
    const { connection } = client;
    if (connection === null) return;
    client.connection = null;
    if (isNoticed) {
      serverTask(random.below(60), () => {
        tellServer({ type: 'client-gone', atMs: nowMs, connection });
      });
    }
  }

  function workOf({ state }: SimulatedClient): string {
    if (state.place === null) return 'unplaced';
    return state.place.preparing === null ? state.place.work.phase : 'preparing';
  }

  function killClient(client: SimulatedClient, isNoticed: boolean): void {
    count(`client died ${workOf(client)}`);
    client.life++;
    client.freeAtMs = nowMs;
    client.bench = null;
    client.state = createClient({ clientId: client.clientId, name: '', lockName: '' })[0];
    loseConnection(client, isNoticed);
    later(100 + random.below(4000), () => connect(client));
  }

  function killServer(): void {
    if (server === null) return;
    count(`server died ${viewOf(serverConfig, server).run?.phase ?? 'idle'}`);
    server = null;
    serverLife++;
    restarts++;
    sums.clear();
    timers.clear();
    connections.clear();
    later(50, () => {
      for (const client of clients) {
        if (client.connection === null) continue;
        client.connection = null;
        tellClient(client, { type: 'disconnected', atMs: nowMs });
      }
      startServer();
      for (const client of clients) later(random.below(200), () => connect(client));
    });
  }

  /** The transport delivers a message a second time. */
  function repeat({ connection, recent }: SimulatedClient): void {
    if (connection === null || recent.length === 0) return;
    const message = recent[random.below(recent.length)]!;
    count('repeated message');
    deliverToServer(connection, message);
  }

  /** What an adversarial or confused peer says on a client's connection. */
  function forge(client: SimulatedClient): void {
    const sources = random.uniform() < 0.5 ? replayable : clients.flatMap(({ recent }) => recent);
    if (client.connection === null || sources.length === 0) return;
    const message = sources[random.below(sources.length)]!;
    const kind = random.below(5);
    const forged = forgery(kind, message);
    if (forged.type === 'join' || forged.type === 'leave' || forged.type === 'failed') return;
    // A replayed answer of its own is the client's own claim; one of another client is a forgery.
    if (forged.type === 'prepared' || forged.type === 'keys' || forged.type === 'deposit') return;
    if (forged.type === 'evaluated' && isPlausibleResult(client, forged)) return;
    count('forged message');
    deliverToServer(client.connection, forged, () => kind === 0 || !isLie(forged));
  }

  function forgery(kind: number, message: ClientMessage): ClientMessage {
    if (!('round' in message)) return message;
    if (kind === 1) return { ...message, round: message.round + 1 + random.below(3) };
    if (kind === 2) return { ...message, runId: 'another-run' };
    if (kind === 3 && 'attempt' in message) return { ...message, attempt: message.attempt + 1 };
    if (kind === 4 && message.type === 'update') {
      return { ...message, keyEpoch: message.keyEpoch + 1 };
    }
    return message;
  }

  /** Nobody can tell an old update under the present number from a new one: a client may lie so. */
  function isLie(forged: ClientMessage): boolean {
    const run = server?.run;
    if (forged.type !== 'update' || forged.runId !== run?.runId) return false;
    return forged.round === run.committed.round + 1 && forged.attempt === run.attempt;
  }

  /** A forged result that the client itself could be about to send would be a lie, not a stray. */
  function isPlausibleResult(client: SimulatedClient, message: WorkKey): boolean {
    const { place } = client.state;
    return (
      place !== null && message.runId === place.runId && message.round > place.committedRound - 1
    );
  }

  function injectFault(): void {
    faultsLeft--;
    const client = clients[random.below(clients.length)]!;
    const kind = random.below(100);
    if (kind < 22) killClient(client, true);
    else if (kind < 26) killClient(client, false);
    else if (kind < 36) {
      count('reconnected');
      const isNoticed = random.uniform() < 0.5;
      loseConnection(client, isNoticed);
      tellClient(client, { type: 'disconnected', atMs: nowMs });
      later(random.below(300), () => connect(client));
    } else if (kind < 43) killServer();
    else if (kind < 49) client.isHung = true;
    else if (kind < 53) client.losesNext = true;
    else if (kind < 60) client.corruptsNext = true;
    else if (kind < 66) client.spoilsNext = true;
    else if (kind < 69) pauseForAWhile();
    else if (kind < 70 && plan.study !== undefined) stopTrial();
    else if (kind < 71 && client.connection !== null) {
      tellServer({
        type: 'client-spoke-nonsense',
        atMs: nowMs,
        connection: client.connection,
        about: null,
      });
    } else {
      for (let i = 0; i < 4; i++) forge(clients[random.below(clients.length)]!);
      for (let i = 0; i < 4; i++) repeat(clients[random.below(clients.length)]!);
    }
  }

  function command(message: DashboardMessage): void {
    const freshRunId = `run-${plan.seed}`;
    tellServer({ type: 'dashboard-said', atMs: nowMs, connection: 'page', message, freshRunId });
  }

  function stopTrial(): void {
    const study = server?.study;
    const number = study?.study.trials.find(({ state }) => state === 'running')?.number;
    if (study === null || study === undefined || number === undefined) return;
    count('trial stopped');
    command({ type: 'stop-trial', requestId: 3, studyId: study.studyId, number });
  }

  function pauseForAWhile(): void {
    const runId = server?.run?.runId;
    if (runId === undefined) return;
    count('paused');
    command({ type: 'pause-run', requestId: 1, runId });
  }

  /** Somebody looks at the page now and then and continues what is paused. */
  function continueIfPaused(): void {
    const run = server?.run;
    if (run?.stage.phase === 'paused') {
      command({ type: 'continue-run', requestId: 2, runId: run.runId });
    }
    const study = server?.study;
    if (study?.stage.phase === 'paused') {
      const { studyId } = study;
      command({ type: 'continue-study', requestId: 4, studyId, numTrials: null });
    }
    later(1500, continueIfPaused);
  }

  for (let i = 0; i < plan.numClients; i++) {
    const clientId = `client-${i}`;
    clients.push({
      clientId,
      state: createClient({ clientId, name: clientId, lockName: 'lock' })[0],
      bench: null,
      connection: null,
      life: 0,
      recent: [],
      freeAtMs: 0,
      numAbandoned: 0,
      isHung: false,
      losesNext: false,
      corruptsNext: false,
      spoilsNext: false,
    });
  }
  startServer();
  for (const client of clients) later(random.below(150), () => connect(client));
  const start = () => {
    // Until the first save is durable a dying server takes the command with it.
    const isDurable = plan.study === undefined ? storage.size > 0 : storedStudy !== null;
    if (isDurable) return;
    if (server !== null && server.run === null && server.study === null) {
      hasStarted = true;
      if (plan.study === undefined) {
        command({ type: 'start-run', requestId: 0, config: runConfig, withTwin: plan.withTwin });
      } else {
        const setup = { study: plan.study, base: runConfig, parallelTrials: 1 };
        command({ type: 'start-study', requestId: 0, setup });
      }
    }
    later(400, start);
  };
  later(100, start);
  later(1500, continueIfPaused);

  let numEvents = 0;
  const isOver = () =>
    plan.study === undefined
      ? isDone(server, hasStarted, storage)
      : isStudyDone(server, storedStudy);
  while (!isOver()) {
    const task = takeNext(tasks);
    if (numEvents++ > MOST_EVENTS) throw new Error(`the run hangs: ${describe(server)}`);
    nowMs = Math.max(nowMs, task.atMs);
    task.act();
    if (faultsLeft > 0 && hasStarted && random.uniform() < plan.faultRate) injectFault();
  }
  const view = viewOf(serverConfig, server!);
  count(`run ${view.run!.phase}`);
  if (view.twin !== null) count('finished with twin');
  return { runs: storage, study: storedStudy };
}

function isStudyDone(server: CoordinatorState | null, stored: PersistentStudy | null): boolean {
  const study = server?.study;
  if (study === null || study === undefined || isActive(study)) return false;
  return stored?.stage.phase === study.stage.phase;
}

function isDone(
  server: CoordinatorState | null,
  hasStarted: boolean,
  storage: ReadonlyMap<string, RestoredRun>,
): boolean {
  const run = server?.run;
  if (!hasStarted || run === null || run === undefined || storage.size === 0) return false;
  const { phase } = run.stage;
  if (run.twinOf !== null) return false;
  return phase === 'failed' || (phase === 'finished' && !run.withTwin);
}

function describe(server: CoordinatorState | null): string {
  const run = server?.run;
  const members = [...(run?.members.values() ?? [])].map(
    ({ clientId, standing, holds }) => `${clientId} ${standing} ${holds}`,
  );
  return `${run?.stage.phase} round ${run?.committed.round} (${members.join(', ')}) ${run?.note}`;
}

function takeNext(tasks: Task[]): Task {
  let first = 0;
  for (let i = 1; i < tasks.length; i++) {
    const a = tasks[i]!;
    const b = tasks[first]!;
    if (a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial)) first = i;
  }
  const task = tasks[first];
  if (task === undefined) throw new Error('nothing is left to happen');
  tasks[first] = tasks.at(-1)!;
  tasks.pop();
  return task;
}

function timerName(timer: string, runId: string, clientId?: string): string {
  return `${timer}/${runId}/${clientId ?? ''}`;
}

function keyText({ runId, round, attempt }: RoundKey): string {
  return `${runId}/${round}/${attempt}`;
}

function sameKey(a: RoundKey, b: RoundKey): boolean {
  return keyText(a) === keyText(b);
}

function simulatedParameters(
  name: SchemeParameters['name'],
  numParameters: number,
  maxContributors: number,
): SchemeParameters {
  const isPlain = name === 'plaintext';
  return {
    name,
    numParameters,
    maxContributors,
    levels: LEVELS,
    valuesPerSlot: 1,
    numSlots: DIMENSIONS,
    numCiphertexts: 1,
    ringDegree: isPlain ? 0 : 4096,
    coeffModulusBits: isPlain ? [] : [60],
    scaleBits: null,
    plainModulusBits: null,
    securityBits: 0,
    keyKind: isPlain ? 'none' : 'symmetric',
    updateBytes: UPDATE_BYTES,
    sumBytes: 8 * DIMENSIONS,
    failureBound: 0,
    marginText: '',
  };
}
