// A run as the coordinator knows it: what is committed, who sits where, and the stage of the round
// being worked on. The stage is a union by phase that carries only what is legal in that phase.
import { numParameters, tensorSlots } from '../../model/model-spec.ts';
import type { SchemeParameters } from '../../encryption/scheme.ts';
import type { ClientMessageOf } from '../../protocol/client-messages.ts';
import {
  isOverPhase,
  type ClientFacts,
  type ClientStanding,
  type RoundRecord,
  type RunPhase,
  type TestResult,
  type TrialPlace,
} from '../../protocol/view.ts';
import type { StoredNote } from '../../protocol/notes.ts';
import type { ConnectionId, CoordinatorConfig } from '../coordinator-types.ts';
import type { Evaluation } from './spread-evaluation.ts';
import { modelOf } from '../../experiment/model-of.ts';
import type { RunConfig } from '../../experiment/run-config.ts';
import type { PersistentRun } from '../persistence.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface RunState {
  readonly runId: string;
  readonly config: RunConfig;
  readonly parameters: SchemeParameters;
  readonly twinOf: string | null;
  /** The trial of a study that this run is. */
  readonly trialOf: TrialPlace | null;
  /** Ends after its last round, without the test images. */
  readonly skipsTest: boolean;
  /** Stopped because its trial was not worth going on with. */
  readonly isPruned: boolean;
  readonly withTwin: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** clientId by seat; a departed client keeps its seat until another takes it. */
  readonly seats: readonly (string | null)[];
  /** Clients with a seat in this run, the departed included, by clientId. */
  readonly members: ReadonlyMap<string, Member>;
  /** Those of them that have not left; the same set until somebody is seated or leaves. */
  readonly here: ReadonlySet<string>;
  /** Connections whose client failed and lost its seat: not seated again. */
  readonly barred: ReadonlySet<ConnectionId>;
  readonly keys: RunKeys;
  readonly committed: Committed;
  /** 1-based attempt at the round after the committed one. */
  readonly attempt: number;
  readonly abandonedRounds: number;
  /** Attempts in a row that failed by failures of clients or of the server's engine (not by departures). */
  readonly failureStreak: number;
  readonly history: readonly RoundRecord[];
  readonly test: TestResult | null;
  readonly note: StoredNote | null;
  readonly stage: Stage;
}

export interface Committed {
  /** -1 before round 0 (whose weights every client derives from the seed). */
  readonly round: number;
  readonly sealedWeights: Bytes | null;
  readonly weightsSha256: string | null;
  /** For the next round's `train`; [] before round 1 is committed. */
  readonly rangeExponents: readonly number[];
  /** The largest number of examples of the cohort that the ranges were measured in; 0 before. */
  readonly rangesLargest: number;
}

/** A client as this run sees it. Dashboards are shown its name, its seat and what is in `shown`. */
export interface Member {
  readonly clientId: string;
  readonly name: string;
  readonly connection: ConnectionId;
  readonly seat: number;
  readonly shown: MemberFacts;
  /** Round of the committed weights it holds, -1 before its first `prepared`. */
  readonly holds: number;
  /** An `assign` or `resync` that it has not answered yet; `serial` tells its timers apart. */
  readonly awaited: { readonly round: number } | null;
  readonly serial: number;
  /** How often it was asked in vain; each time it is given twice as long. */
  readonly numUnanswered: number;
  /** Of its updates before any was made, from `prepared`; [] before. */
  readonly rangeExponents: readonly number[];
}

export type MemberFacts = ClientFacts & { readonly standing: Exclude<ClientStanding, 'spare'> };

/** `none`: plaintext needs no keys. `tried`: clients that were asked for this run's keys in vain. */
export type RunKeys = { readonly epoch: number; readonly tried: readonly string[] } & (
  | { readonly status: 'none' }
  | { readonly status: 'needed' }
  | { readonly status: 'making'; readonly maker: string }
  | {
      readonly status: 'saving';
      readonly maker: string;
      readonly sealed: Bytes;
      readonly ticket: number;
    }
  | { readonly status: 'present'; readonly sealed: Bytes }
);

/** What an asked client has done in this attempt. */
export type Contribution =
  | { readonly status: 'asked' }
  | { readonly status: 'adding'; readonly report: UpdateReport }
  | { readonly status: 'received'; readonly report: UpdateReport; readonly addMs: number }
  | { readonly status: 'failed' }
  | { readonly status: 'missing' };

/** An update without its payload, which the coordinator does not keep. */
export type UpdateReport = Omit<ClientMessageOf<'update'>, 'payload'> & {
  readonly seat: number;
  readonly arrivedAtMs: number;
};

/** What an open round has announced and collected. */
export interface OpenRound {
  readonly openedAtMs: number;
  readonly largestNumExamples: number;
  readonly rangeExponents: readonly number[];
  /** The cohort, by clientId, in seat order. */
  readonly contributions: ReadonlyMap<string, Contribution>;
}

export interface Deposit {
  /** Who was asked and has not answered, or null. */
  readonly depositor: string | null;
  readonly isTimed: boolean;
  readonly tried: readonly string[];
  readonly sealed: { readonly weightsSha256: string; readonly bytes: Bytes } | null;
}

export type AfterCommit = 'go-on' | 'pause' | 'stop' | 'prune';

export type Stage =
  | {
      readonly phase: 'gathering';
      /** Just started or restored: departed clients' seats are kept for them until the timer fires. */
      readonly areSeatsReserved: boolean;
      /** Just started or restored: empty seats are waited for, too. */
      readonly waitsForSeats: boolean;
      /** Abandoned more than once in a row: opens only when the timer has fired. */
      readonly isBackingOff: boolean;
      readonly isTimed: boolean;
      /** The timer has fired since the minimum was ready. */
      readonly isPatienceOver: boolean;
      /**
       * Save that must be durable before anything opens: it holds the number of the next attempt,
       * which a server that dies and comes back must never give out twice.
       */
      readonly ticket: number | null;
    }
  | { readonly phase: 'open'; readonly open: OpenRound; readonly deadlineAtMs: number }
  | { readonly phase: 'summing'; readonly open: OpenRound }
  | {
      readonly phase: 'applying';
      readonly openedAtMs: number;
      readonly releasedAtMs: number;
      readonly deadlineAtMs: number;
      readonly isOverdue: boolean;
      /** The closed round; null in round 0, which only evaluates. */
      readonly closed: ClosedRound | null;
      readonly evaluation: Evaluation;
      /** Clients on whose workbench the new weights lie, as far as is known. */
      readonly holders: ReadonlySet<string>;
      readonly numFailed: number;
      readonly deposit: Deposit;
    }
  | {
      readonly phase: 'committing';
      readonly ticket: number;
      readonly openedAtMs: number;
      readonly record: RoundRecord;
      readonly next: Committed;
      readonly holders: ReadonlySet<string>;
      readonly then: AfterCommit;
    }
  | {
      readonly phase: 'testing';
      readonly startedAtMs: number;
      readonly deadlineAtMs: number;
      readonly evaluation: Evaluation;
    }
  | { readonly phase: 'concluding'; readonly ticket: number; readonly test: TestResult | null }
  | { readonly phase: 'paused' }
  | { readonly phase: 'finished' | 'stopped' | 'failed' };

export interface ClosedRound {
  readonly open: OpenRound;
  /** Updates in the sum, in seat order. */
  readonly reports: readonly UpdateReport[];
  readonly totalExamples: number;
  readonly sumMs: number;
}

export type StageOf<Phase extends Stage['phase']> = Extract<Stage, { phase: Phase }>;

export function isOver(run: RunState): boolean {
  return isOverPhase(run.stage.phase);
}

/** The phase that dashboards see. */
export function visiblePhase(run: RunState): RunPhase {
  const { phase } = run.stage;
  if (phase === 'summing') return 'open';
  if (phase === 'concluding') return 'testing';
  return phase;
}

/** The round being worked on: the one after the commit, or the last one when all are committed. */
export function roundNow(run: RunState): number {
  return Math.min(run.committed.round + 1, run.config.rounds);
}

/** The round whose weights a client must hold to take part: round 0's are derived from the seed. */
export function weightsRound(run: RunState): number {
  return Math.max(run.committed.round, 0);
}

/** Members that can be asked now, in seat order. */
export function readyMembers(run: RunState): Member[] {
  return [...run.members.values()]
    .filter(({ shown, holds }) => shown.standing === 'ready' && holds === weightsRound(run))
    .sort((a, b) => a.seat - b.seat);
}

export function numTensors(config: RunConfig): number {
  return tensorSlots(modelOf(config)).length;
}

/** Throws what `chooseParameters` throws when the configuration fits no parameters. */
export function parametersFor(
  { chooseParameters }: CoordinatorConfig,
  config: RunConfig,
): SchemeParameters {
  return chooseParameters(config.encryption, numParameters(modelOf(config)), config.clients);
}

export function persistentRun(run: RunState): PersistentRun {
  const { phase } = run.stage;
  return {
    runId: run.runId,
    config: run.config,
    twinOf: run.twinOf,
    trialOf: run.trialOf,
    skipsTest: run.skipsTest,
    isPruned: run.isPruned,
    withTwin: run.withTwin,
    status: isOverPhase(phase) ? phase : phase === 'paused' ? 'paused' : 'running',
    note: run.note,
    startedAtMs: run.startedAtMs,
    endedAtMs: run.endedAtMs,
    committedRound: run.committed.round,
    attempt: run.attempt,
    keyEpoch: run.keys.epoch,
    history: run.history,
    test: run.test,
    abandonedRounds: run.abandonedRounds,
    rangeExponents: run.committed.rangeExponents,
    rangesLargest: run.committed.rangesLargest,
    seats: run.seats,
  };
}

/** Where a started or restored run begins. */
export const justStarted: StageOf<'gathering'> = {
  phase: 'gathering',
  areSeatsReserved: true,
  waitsForSeats: true,
  isBackingOff: false,
  isTimed: false,
  isPatienceOver: false,
  ticket: null,
};

/** A run as it was persisted; nobody is seated yet, an unfinished round starts a new attempt. */
export function restoredRun(
  config: CoordinatorConfig,
  saved: PersistentRun,
  sealedWeights: Bytes | null,
  sealedKeys: Bytes | null,
): RunState {
  const epoch = saved.keyEpoch;
  const keys: RunKeys =
    saved.config.encryption === 'plaintext'
      ? { status: 'none', epoch, tried: [] }
      : sealedKeys === null
        ? { status: 'needed', epoch: epoch + 1, tried: [] }
        : { status: 'present', epoch, sealed: sealedKeys, tried: [] };
  return {
    runId: saved.runId,
    config: saved.config,
    parameters: parametersFor(config, saved.config),
    twinOf: saved.twinOf,
    trialOf: saved.trialOf ?? null,
    skipsTest: saved.skipsTest ?? false,
    isPruned: saved.isPruned ?? false,
    withTwin: saved.withTwin,
    startedAtMs: saved.startedAtMs,
    endedAtMs: saved.endedAtMs,
    seats: saved.seats,
    members: new Map(),
    here: new Set(),
    barred: new Set(),
    keys,
    committed: {
      round: saved.committedRound,
      sealedWeights,
      weightsSha256: saved.history.at(-1)?.weightsSha256 ?? null,
      rangeExponents: saved.rangeExponents,
      rangesLargest: saved.rangesLargest,
    },
    attempt: isOverPhase(saved.status) ? saved.attempt : saved.attempt + 1,
    abandonedRounds: saved.abandonedRounds,
    failureStreak: 0,
    history: saved.history,
    test: saved.test,
    note: saved.note,
    stage: saved.status === 'running' ? justStarted : { phase: saved.status },
  };
}
