// Experiments worth starting from, as the fields in which they differ from the main job.
import type { RunConfig } from '../../core/experiment/run-config.ts';

export interface Preset {
  readonly name: string;
  readonly meaning: string;
  readonly fields: Partial<RunConfig>;
}

export const presets: readonly Preset[] = [
  {
    name: 'Main job',
    meaning: 'Five clients, all of MNIST, ten rounds of one local epoch.',
    fields: {},
  },
  {
    name: 'Notebook’s budget',
    meaning: 'Fifty batches of 16 a client and round, as the tutorial notebook trained.',
    fields: { localBatches: 50 },
  },
  {
    name: 'FedSGD',
    meaning: 'One step a round on all images at once (McMahan et al. 2017, B = ∞, E = 1).',
    fields: { batchSize: 60000, localEpochs: 1, learningRate: 0.5, rounds: 50 },
  },
  {
    name: 'Non-IID shards',
    meaning: 'Two label-sorted shards a client: most see only about two digits.',
    fields: { partition: 'shards', shardsPerClient: 2 },
  },
];
