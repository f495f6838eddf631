// The world of the simulated federation: one clock, one seeded generator and a list of what is still to
// happen (a discrete-event simulation), with everything that outlives a server or a client. The shells,
// the transport and the faults are functions over it.
import { createRandom, type Random } from '../../core/math/random.ts';
import type { ClientMessage } from '../../core/protocol/client-messages.ts';
import { createClient } from '../../core/federation/client/client-machine.ts';
import type { ClientState } from '../../core/federation/client/client-state.ts';
import type { ClientEvent } from '../../core/federation/client/client-types.ts';
import type { createCoordinator, stepCoordinator } from '../../core/federation/coordinator.ts';
import type {
  CoordinatorConfig,
  CoordinatorEvent,
} from '../../core/federation/coordinator-types.ts';
import { defaultRunConfig, type RunConfig } from '../../core/experiment/run-config.ts';
import type { StudySetup } from '../../core/experiment/study-setup.ts';
import type { Connection } from '../../core/protocol/connection.ts';
import type { SimulatedConnection, SimulatedTransport, SimulatedWay } from './transport.ts';
import type { Bench } from './workbench.ts';
import { simulatedConfig } from './config.ts';
import { createMemoryStorage, type MemoryStorage } from '../../server/memory-storage.ts';
import type { CoordinatorState } from '../../core/federation/coordinator-state.ts';
import type { RoundKey } from '../../core/protocol/round-key.ts';

export interface SimulationPlan {
  readonly seed: number;
  /** Clients in the world; more than seats are spares. */
  readonly numClients: number;
  readonly run: Partial<RunConfig>;
  readonly withTwin: boolean;
  /** A study over that run in place of the run. */
  readonly study?: StudySetup['study'];
  /** Trials side by side; one if left out. */
  readonly parallelTrials?: number;
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

export interface SimulatedClient {
  readonly clientId: string;
  state: ClientState;
  bench: Bench | null;
  way: SimulatedWay | null;
  connection: SimulatedConnection | null;
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
  readonly key: RoundKey;
  readonly seat: number;
  readonly serial: number;
}

export interface World {
  readonly plan: SimulationPlan;
  readonly runConfig: RunConfig;
  readonly coverage: Coverage;
  readonly coordinator: Coordinator;
  /** The ends of the transport, given to the world because the shells are built upon it. */
  readonly tellServer: (event: CoordinatorEvent) => void;
  readonly tellClient: (client: SimulatedClient, event: ClientEvent) => void;
  readonly random: Random;
  nowMs: number;
  /** The next number of whatever needs one: tasks, connections, timers, updates. */
  serial: number;
  readonly tasks: Task[];
  faultsLeft: number;
  hasStarted: boolean;

  /** Null between a death and the next start. */
  server: CoordinatorState | null;
  serverConfig: CoordinatorConfig;
  /** Raised when the server dies: what it had going is lost with it. */
  restarts: number;
  /** By run. */
  readonly sums: Map<
    string,
    { key: RoundKey; levels: number[]; serials: number[]; seats: number[] }
  >;
  /** The token of each timer that runs, by name. */
  readonly timers: Map<string, number>;

  /** What is durable. */
  readonly storage: MemoryStorage;
  /** When the last transaction so far will be durable. */
  persistReadyMs: number;

  readonly clients: SimulatedClient[];
  /** Of the present server; null before the first and between two. */
  transport: SimulatedTransport | null;
  /** The server's ends of its connections. */
  readonly sessions: Map<string, Connection>;
  /** Some of what clients ever said, for forgeries. */
  readonly replayable: ClientMessage[];

  /** Valid updates that clients have ever made. */
  readonly sentUpdates: SentUpdate[];
  /** What went into each released sum, by round key. */
  readonly releasedSerials: Map<string, number[]>;
  readonly usedSerials: Set<number>;
}

/** A world in which nothing has happened: no server runs and no client is connected. */
export function createWorld(
  plan: SimulationPlan,
  coverage: Coverage,
  coordinator: Coordinator,
  tellServer: (world: World, event: CoordinatorEvent) => void,
  tellClient: (world: World, client: SimulatedClient, event: ClientEvent) => void,
): World {
  const world: World = {
    plan,
    runConfig: { ...defaultRunConfig, deadlineMs: 2000, rounds: 4, ...plan.run },
    coverage,
    coordinator,
    tellServer: (event) => tellServer(world, event),
    tellClient: (client, event) => tellClient(world, client, event),
    random: createRandom(plan.seed, 'simulation'),
    nowMs: 0,
    serial: 0,
    tasks: [],
    faultsLeft: plan.numFaults,
    hasStarted: false,
    server: null,
    serverConfig: simulatedConfig(0, 0),
    restarts: 0,
    sums: new Map(),
    timers: new Map(),
    storage: createMemoryStorage(),
    persistReadyMs: 0,
    clients: Array.from({ length: plan.numClients }, (_, i) => newClient(`client-${i}`)),
    transport: null,
    sessions: new Map(),
    replayable: [],
    sentUpdates: [],
    releasedSerials: new Map(),
    usedSerials: new Set(),
  };
  return world;
}

function newClient(clientId: string): SimulatedClient {
  return {
    clientId,
    state: createClient({ clientId, name: clientId })[0],
    bench: null,
    way: null,
    connection: null,
    life: 0,
    recent: [],
    freeAtMs: 0,
    numAbandoned: 0,
    isHung: false,
    losesNext: false,
    corruptsNext: false,
    spoilsNext: false,
  };
}

export function count({ coverage }: World, name: string): void {
  coverage.set(name, (coverage.get(name) ?? 0) + 1);
}

export function later(world: World, delayMs: number, act: () => void): void {
  world.tasks.push({ atMs: world.nowMs + delayMs, serial: world.serial++, act });
}

/** Work of this server: lost when it dies first. */
export function serverTask(world: World, delayMs: number, act: () => void): void {
  const life = world.restarts;
  later(world, delayMs, () => {
    if (life === world.restarts) act();
  });
}

/** Moves the clock to the earliest task and carries that out; throws when there is none. */
export function passOn(world: World): void {
  const { tasks } = world;
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
  world.nowMs = Math.max(world.nowMs, task.atMs);
  task.act();
}

export function keyText({ runId, round, attempt }: RoundKey): string {
  return `${runId}/${round}/${attempt}`;
}
