// A run's whole configuration: one schema is the source of the type, of the URL's and the command
// line's options, and of the ranges that the dashboard's form shows.
import * as v from 'valibot';
import { schemeNames } from '../encryption/scheme.ts';
import { backendChoices, optimizerNames } from '../training/trainer.ts';

/** How the training examples are divided (core/partitioning). */
export const partitionNames = ['iid', 'shards', 'dirichlet'] as const;

const integer = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const real = (low: number, high: number) =>
  v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));

export const runConfigSchema = v.strictObject({
  /** Partition, initial weights, batch order and quantisation dither all derive from it. */
  seed: integer(0, 4294967295),
  /** Seats at the table: the training examples are partitioned into this many shards. */
  clients: integer(1, 100),
  rounds: integer(1, 1000),
  partition: v.picklist(partitionNames),
  /** Dirichlet concentration; used by `dirichlet` only. */
  alpha: real(0.01, 1000),
  /** Label-sorted shards a client gets; used by `shards` only (McMahan et al. 2017: 2). */
  shardsPerClient: integer(1, 50),
  /** Width of every hidden layer. */
  units: integer(16, 1024),
  hiddenLayers: integer(1, 4),
  optimizer: v.picklist(optimizerNames),
  learningRate: real(1e-7, 10),
  /** Used by `momentum` only. */
  momentum: real(0, 0.999),
  localEpochs: integer(1, 100),
  /** At most this many batches of a client's examples a round; null: whole epochs. */
  localBatches: v.nullable(integer(1, 100000)),
  /** Larger than a client's shard: one batch an epoch (B = ∞; with one local epoch, FedSGD). */
  batchSize: integer(1, 60000),
  /** Share of the ready clients asked in a round (C of McMahan et al. 2017). */
  fraction: real(0, 1),
  /** Fewer updates than this at the deadline abandon the round. */
  minimumClients: integer(1, 100),
  /** From a round's opening, and again from its sum's release, ms. */
  deadlineMs: integer(1000, 3600000),
  encryption: v.picklist(schemeNames),
  /** What clients are asked to train on; a client's own choice (its URL) wins. */
  backend: v.picklist(backendChoices),
});

export type RunConfig = v.InferOutput<typeof runConfigSchema>;

/** The main job: 5 clients, all of MNIST IID, 10 rounds of one local epoch. */
export const defaultRunConfig: RunConfig = {
  seed: 1,
  clients: 5,
  rounds: 10,
  partition: 'iid',
  alpha: 0.5,
  shardsPerClient: 2,
  units: 128,
  hiddenLayers: 1,
  optimizer: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  localEpochs: 1,
  localBatches: null,
  batchSize: 16,
  fraction: 1,
  minimumClients: 2,
  deadlineMs: 120000,
  encryption: 'ckks',
  backend: 'auto',
};

/** Everything that decides a run's weights but the encryption: equal for a run and its plaintext twin. */
export function twinKey(config: RunConfig): string {
  const { encryption: _encryption, rounds: _rounds, deadlineMs: _deadline, ...rest } = config;
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}
