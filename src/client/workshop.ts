// What the clients of one worker have together: the engine, the data, memories over the runs, and one
// queue for work on the model, which is done one piece at a time, in the order asked. What they share of
// one run lives as long as one of them sits in it.
import type { RunConfig } from '../core/experiment/run-config.ts';
import type { BackendChoice, Trainer } from '../core/training/trainer.ts';
import { acquireEngine } from '../ckks/engine.ts';
import { openDataset, type Dataset } from '../data/static-dataset.ts';
import type { FederationSecret } from './sealing.ts';
import { createShardMemory, type ShardMemory } from './shard-memory.ts';
import { createSharedRun, type SharedRun } from './shared-run.ts';
import { createTrainerMemory } from './trainer-memory.ts';
import { createTwinMemory, type TwinMemory } from './twin-memory.ts';
import type { Watchdog } from './watchdog.ts';

export interface Workshop {
  readonly secret: FederationSecret;
  readonly watchdog: Watchdog;
  readonly shards: ShardMemory;
  readonly twins: TwinMemory;
  /** Fetches and starts what every run needs, whatever it is, while there is none. */
  getReady(): void;
  /** Runs `work`, which must not reject, when everything asked earlier is done. */
  enqueue(work: () => Promise<void> | void): Promise<void>;
  /** Takes part in what the worker's clients share of the run. Throws what `chooseParameters` throws. */
  joinRun(runId: string, config: RunConfig): SharedRun;
  leaveRun(run: SharedRun): void;
  /** The engine that is right for the run. Rejects as `openTrainer`. */
  trainerFor(run: SharedRun, choice: BackendChoice): Promise<Trainer>;
}

export interface WorkshopEnvironment {
  readonly secret: FederationSecret;
  readonly dataUrl: string;
  readonly watchdog: Watchdog;
}

export function createWorkshop({ secret, dataUrl, watchdog }: WorkshopEnvironment): Workshop {
  const trainers = createTrainerMemory();
  const warmSchemes = new Set<string>();
  const runs = new Map<string, { readonly run: SharedRun; numClients: number }>();
  let tail: Promise<void> = Promise.resolve();
  let data: Promise<Dataset> | null = null;
  /** Once; what could not be opened is tried again the next time it is needed. */
  const openData = () =>
    (data ??= openDataset(dataUrl).catch((error: unknown) => {
      data = null;
      throw error;
    }));

  const shards = createShardMemory(openData);

  return {
    secret,
    watchdog,
    shards,
    twins: createTwinMemory(),

    getReady() {
      shards.prefetch();
      acquireEngine().catch(() => undefined); // told to the run that needs it
    },

    enqueue(work) {
      tail = tail.then(work);
      return tail;
    },

    joinRun(runId, config) {
      const known = runs.get(runId);
      const joined = known ?? {
        run: createSharedRun({ secret, warmSchemes }, runId, config),
        numClients: 0,
      };
      runs.set(runId, joined);
      joined.numClients++;
      return joined.run;
    },

    leaveRun(run) {
      const joined = runs.get(run.runId);
      if (joined?.run !== run || --joined.numClients > 0) return;
      runs.delete(run.runId);
      run.dispose();
      trainers.release(run);
    },

    trainerFor(run, choice) {
      const { batchSize, optimizer } = run.config;
      return trainers.open(run, choice, { model: run.model, batchSize, optimizer });
    },
  };
}
