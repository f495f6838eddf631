// Runs the effects of one client's machine. It holds what the machine only names: the client's place in
// its run (workbench.ts), and does the work on the model in its worker's turn (workshop.ts). `abandon`
// takes effect between two batches. Whatever goes wrong becomes a coded `work-failed`.
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import type { ClientFailureCode } from '../core/protocol/client-messages.ts';
import type { RoundKey } from '../core/protocol/round-key.ts';
import {
  DeviceLost,
  TrainingAborted,
  type AbortSignalLike,
  type BackendChoice,
} from '../core/training/trainer.ts';
import { DataUnavailable } from '../data/static-dataset.ts';
import type { SharedRun } from './shared-run.ts';
import { WorkFailure } from './work-failure.ts';
import { createWorkbench, type Workbench } from './workbench.ts';
import type { Workshop } from './workshop.ts';

type WorkEffect = Exclude<ClientEffect, { type: 'send' }>;

export interface EffectRunner {
  run(effect: WorkEffect): void;
  /** The client is no more: its work is called off and its place given up. Nothing is emitted afterwards. */
  dispose(): void;
}

export interface EffectEnvironment {
  /** Shared with the other clients of the worker. */
  readonly workshop: Workshop;
  /** This client's own choice; 'auto' follows the run's configuration. */
  readonly backend: BackendChoice;
  readonly emit: (event: UntimedClientEvent) => void;
}

/** Longest silence of a piece of work before its worker is replaced, ms. */
const LIMIT_MS = { prepare: 120_000, train: 30_000, evaluate: 60_000, encrypt: 30_000 };

/** A place in a run, and what is shared of it with the worker's other clients. */
interface Taken {
  readonly shared: SharedRun;
  readonly workbench: Workbench;
}

export function createEffectRunner(environment: EffectEnvironment): EffectRunner {
  const { workshop } = environment;
  const { watchdog, shards } = workshop;
  let taken: Taken | null = null;
  let isDisposed = false;
  /** Of the work asked for and not yet done. Later work for the same key gets a signal of its own. */
  const signals = new Set<{ readonly key: string; aborted: boolean }>();

  function emit(event: UntimedClientEvent): void {
    if (!isDisposed) environment.emit(event);
  }

  /** Queues a piece of work on the model; its failure is told with `code`. */
  function enqueue(
    key: RoundKey,
    code: ClientFailureCode,
    what: keyof typeof LIMIT_MS,
    work: () => Promise<UntimedClientEvent>,
    signal: AbortSignalLike = { aborted: false },
  ): Promise<void> {
    return workshop.enqueue(async () => {
      if (signal.aborted || isDisposed) return;
      try {
        emit(await watchdog.guard(`The step "${what}"`, LIMIT_MS[what], work));
      } catch (error) {
        if (error instanceof TrainingAborted || signal.aborted) return;
        const failure = error instanceof DeviceLost ? 'device-lost' : codeOf(error, code);
        emit({ type: 'work-failed', key, code: failure, detail: sentenceOf(error) });
      }
    });
  }

  /** The workbench of the run; work for another run fails as a whole. */
  function workbenchOf(runId: string): Workbench {
    if (taken?.workbench.runId !== runId) {
      throw new Error('This client has not taken a seat in that run.');
    }
    return taken.workbench;
  }

  /**
   * The same for work of an attempt, which `abandon` can call off. `begin` is called at once, with the
   * place that the client has now; what it returns is done in its turn.
   */
  function enqueueAttempt(
    key: RoundKey,
    code: ClientFailureCode,
    what: keyof typeof LIMIT_MS,
    begin: (workbench: Workbench, signal: AbortSignalLike) => () => Promise<UntimedClientEvent>,
  ): void {
    const signal = { key: textOf(key), aborted: false };
    signals.add(signal);
    const work = begun(() => begin(workbenchOf(key.runId), signal));
    void enqueue(key, code, what, work, signal).then(() => signals.delete(signal));
  }

  function takePlace({ runId, config }: Extract<WorkEffect, { type: 'prepare' }>): Taken {
    if (taken?.workbench.runId === runId) return taken;
    givePlaceUp();
    const shared = workshop.joinRun(runId, config);
    return (taken = { shared, workbench: createWorkbench(workshop, shared) });
  }

  /** In its turn: work that was asked for earlier is done in the place first. */
  function givePlaceUp(): void {
    if (taken === null) return;
    const { shared, workbench } = taken;
    taken = null;
    void workshop.enqueue(() => {
      workbench.dispose();
      workshop.leaveRun(shared);
    });
  }

  /** Does something to the place that the client has now in this run, after what was asked earlier. */
  function inTurn(runId: string, act: (workbench: Workbench) => void): void {
    if (taken?.workbench.runId !== runId) return;
    const { workbench } = taken;
    void workshop.enqueue(() => act(workbench));
  }

  function run(effect: WorkEffect): void {
    switch (effect.type) {
      case 'prepare': {
        const { runId, round, config, seat } = effect;
        const { shared, workbench } = takePlace(effect);
        shards.announce(config, seat);
        const choice = environment.backend === 'auto' ? config.backend : environment.backend;
        void enqueue({ runId, round, attempt: 0 }, 'backend-unavailable', 'prepare', async () =>
          workbench.prepare(await workshop.trainerFor(shared, choice), effect),
        );
        return;
      }
      case 'make-keys':
      case 'open-keys': {
        const { runId, keyEpoch } = effect;
        workbenchOf(runId)
          .takeKeys(keyEpoch, effect.type === 'open-keys' ? effect.sealed : null)
          .then(emit, (error: unknown) =>
            emit({
              type: 'work-failed',
              key: { runId, round: 0, attempt: 0 },
              code: 'keys-unavailable',
              detail: sentenceOf(error),
            }),
          );
        return;
      }
      case 'train':
        return enqueueAttempt(
          effect.key,
          'training-failed',
          'train',
          (workbench, signal) => () =>
            workbench.train(effect.key, signal, (fraction) => {
              watchdog.alive();
              emit({ type: 'progressed', key: effect.key, fraction });
            }),
        );
      case 'encrypt':
        return enqueueAttempt(
          effect.key,
          'encryption-failed',
          'encrypt',
          (workbench) => () => workbench.encrypt(effect),
        );
      case 'apply':
        return enqueueAttempt(
          effect.key,
          'sum-unreadable',
          'encrypt',
          (workbench) => () => workbench.apply(effect),
        );
      case 'evaluate':
        return enqueueAttempt(effect.key, 'training-failed', 'evaluate', (workbench, signal) =>
          workbench.askEvaluation(effect, signal),
        );
      case 'seal-weights': {
        const { runId, round } = effect;
        const workbench = workbenchOf(runId);
        void enqueue({ runId, round, attempt: 0 }, 'weights-unavailable', 'encrypt', () =>
          workbench.sealWeights(round),
        );
        return;
      }
      case 'commit':
        return inTurn(effect.runId, (workbench) => workbench.commit(effect.round));
      case 'abandon':
        for (const signal of signals) {
          if (signal.key === textOf(effect.key)) signal.aborted = true;
        }
        return inTurn(effect.key.runId, (workbench) => workbench.rollBack());
      case 'release':
        if (taken?.workbench.runId === effect.runId) givePlaceUp();
        return;
    }
    effect satisfies never;
  }

  return {
    run,
    dispose() {
      isDisposed = true;
      for (const signal of signals) signal.aborted = true;
      givePlaceUp();
    },
  };
}

/** The work that `begin` returns, or work that fails as `begin` did. */
function begun<Result>(begin: () => () => Promise<Result>): () => Promise<Result> {
  try {
    return begin();
  } catch (error) {
    return () => Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/** A failure that knows its own code says it; otherwise the step's. */
function codeOf(error: unknown, fallback: ClientFailureCode): ClientFailureCode {
  const isCoded = error instanceof WorkFailure || error instanceof DataUnavailable;
  return isCoded ? error.code : fallback;
}

function sentenceOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}

function textOf({ runId, round, attempt }: RoundKey): string {
  return `${runId}/${round}/${attempt}`;
}
