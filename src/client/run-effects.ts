// Runs the effects of the client machine. It holds what the machine only names: the trainer, the
// shard, the weights, the keys. Work on the model is done one piece at a time, in the order asked;
// `abandon` takes effect between two batches. Whatever goes wrong becomes a coded `work-failed`.
import type { RoundKey } from '../core/protocol/round-key.ts';
import type { ClientEffect, UntimedClientEvent } from '../core/federation/client/client-types.ts';
import type { ClientFailureCode } from '../core/protocol/client-messages.ts';
import {
  DeviceLost,
  TrainingAborted,
  type AbortSignalLike,
  type BackendChoice,
  type Trainer,
} from '../core/training/trainer.ts';
import type { RunConfig } from '../core/experiment/run-config.ts';
import { denseModel } from '../core/model/model-spec.ts';
import { WorkFailure } from './work-failure.ts';
import { createWorkbench, type Workbench } from './workbench.ts';
import { createShardMemory } from './shard-memory.ts';
import type { FederationSecret } from './sealing.ts';
import { DataUnavailable, openDataset, type Dataset } from '../data/static-dataset.ts';
import { createTrainerMemory } from './trainer-memory.ts';
import { createTwinMemory } from './twin-memory.ts';
import type { Watchdog } from './watchdog.ts';

type WorkEffect = Exclude<ClientEffect, { type: 'send' }>;

export interface EffectRunner {
  run(effect: WorkEffect): void;
}

export interface EffectEnvironment {
  readonly secret: FederationSecret;
  /** This client's own choice; 'auto' follows the run's configuration. */
  readonly backend: BackendChoice;
  readonly dataUrl: string;
  readonly watchdog: Watchdog;
  readonly emit: (event: UntimedClientEvent) => void;
}

/** Longest silence of a piece of work before its worker is replaced, ms. */
const LIMIT_MS = { prepare: 120_000, train: 30_000, evaluate: 60_000, encrypt: 30_000 };

export function createEffectRunner(environment: EffectEnvironment): EffectRunner {
  const { emit, watchdog } = environment;
  const twins = createTwinMemory();
  const warmSchemes = new Set<string>();
  let data: Promise<Dataset> | null = null;
  /** Once; what could not be opened is tried again the next time it is needed. */
  const openData = () =>
    (data ??= openDataset(environment.dataUrl).catch((error: unknown) => {
      data = null;
      throw error;
    }));
  const shards = createShardMemory(openData);
  const trainers = createTrainerMemory();
  let workbench: Workbench | null = null;
  let tail: Promise<unknown> = Promise.resolve();
  /** Of the work asked for and not yet done. Later work for the same key gets a signal of its own. */
  const signals = new Set<{ readonly key: string; aborted: boolean }>();

  function trainerFor(config: RunConfig): Promise<Trainer> {
    const { units, hiddenLayers, batchSize, optimizer } = config;
    const choice = environment.backend === 'auto' ? config.backend : environment.backend;
    return trainers.open(choice, { model: denseModel(units, hiddenLayers), batchSize, optimizer });
  }

  /** Queues a piece of work on the model; its failure is told with `code`. */
  function enqueue(
    key: RoundKey,
    code: ClientFailureCode,
    what: keyof typeof LIMIT_MS,
    work: () => Promise<UntimedClientEvent>,
    signal: AbortSignalLike = { aborted: false },
  ): void {
    tail = tail.then(async () => {
      if (signal.aborted) return;
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
    if (workbench?.runId !== runId)
      throw new Error('This client has not taken a seat in that run.');
    return workbench;
  }

  /** The same for work of an attempt, which `abandon` can call off. */
  function enqueueAttempt(
    key: RoundKey,
    code: ClientFailureCode,
    what: keyof typeof LIMIT_MS,
    work: (workbench: Workbench, signal: AbortSignalLike) => Promise<UntimedClientEvent>,
  ): void {
    const signal = { key: textOf(key), aborted: false };
    signals.add(signal);
    enqueue(key, code, what, () => work(workbenchOf(key.runId), signal), signal);
    void tail.then(() => signals.delete(signal));
  }

  function run(effect: WorkEffect): void {
    switch (effect.type) {
      case 'prepare': {
        const { runId, round } = effect;
        if (workbench?.runId !== runId) {
          workbench?.dispose();
          workbench = createWorkbench(
            { secret: environment.secret, shards, twins, warmSchemes },
            effect.runId,
            effect.config,
          );
        }
        const seated = workbench;
        return enqueue({ runId, round, attempt: 0 }, 'backend-unavailable', 'prepare', async () =>
          seated.prepare(await trainerFor(effect.config), effect),
        );
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
        return enqueueAttempt(effect.key, 'training-failed', 'train', (workbench, signal) =>
          workbench.train(effect.key, signal, (fraction) => {
            watchdog.alive();
            emit({ type: 'progressed', key: effect.key, fraction });
          }),
        );
      case 'encrypt':
        return enqueueAttempt(effect.key, 'encryption-failed', 'encrypt', (workbench) =>
          workbench.encrypt(effect),
        );
      case 'apply':
        return enqueueAttempt(effect.key, 'sum-unreadable', 'encrypt', (workbench) =>
          workbench.apply(effect),
        );
      case 'evaluate':
        return enqueueAttempt(effect.key, 'training-failed', 'evaluate', (workbench) =>
          workbench.evaluate(effect),
        );
      case 'seal-weights': {
        const { runId, round } = effect;
        return enqueue({ runId, round, attempt: 0 }, 'weights-unavailable', 'encrypt', () =>
          workbenchOf(runId).sealWeights(round),
        );
      }
      case 'commit':
        tail = tail.then(() => {
          if (workbench?.runId === effect.runId) workbench.commit(effect.round);
        });
        return;
      case 'abandon':
        for (const signal of signals) {
          if (signal.key === textOf(effect.key)) signal.aborted = true;
        }
        tail = tail.then(() => workbench?.rollBack());
        return;
      case 'release':
        tail = tail.then(() => {
          if (workbench?.runId !== effect.runId) return;
          workbench.dispose();
          workbench = null;
        });
        return;
    }
    effect satisfies never;
  }

  return { run };
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
