// What a study is started with, as data with a schema: it arrives from a form, a command line, a URL, a
// file. Defaults are Optuna 4.9's, except that the constant liar is on (without trials in flight it
// changes nothing).
import * as v from 'valibot';
import {
  categoricalDistribution,
  contains,
  floatDistribution,
  intDistribution,
  isSingle,
  type Distribution,
  type ParamValue,
  type SearchSpace,
} from './distribution.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** `in {}`: what every object inherits would be found where there is nothing. */
const paramName = v.pipe(
  name,
  v.check((text) => !(text in {}), 'a reserved name'),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e6));
const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1e6));
const paramValue = v.nullable(
  v.union([v.boolean(), v.number(), v.pipe(v.string(), v.maxLength(200))]),
);
const finite = v.pipe(v.number(), v.finite());

const numericBounds = { low: finite, high: finite, log: v.boolean() };

/** A distribution whose numbers hang together (distribution.ts has the rules); high put on the grid. */
export const distributionSchema = v.pipe(
  v.variant('kind', [
    v.object({ kind: v.literal('int'), ...numericBounds, step: v.number() }),
    v.object({ kind: v.literal('float'), ...numericBounds, step: v.nullable(finite) }),
    v.object({
      kind: v.literal('categorical'),
      choices: v.pipe(v.array(paramValue), v.maxLength(1000)),
    }),
  ]),
  v.rawTransform(({ dataset, addIssue, NEVER }): Distribution => {
    const given = dataset.value;
    try {
      if (given.kind === 'categorical') return categoricalDistribution(given.choices);
      const { low, high } = given;
      return given.kind === 'int'
        ? intDistribution(low, high, given)
        : floatDistribution(low, high, given);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  }),
);

const tpeSchema = v.object({
  type: v.literal('tpe'),
  /** Joint (multivariate) sampling; false models each parameter alone. */
  joint: v.optional(v.boolean(), false),
  /** Kernel widths of joint sampling: `gaps` as Optuna 5.0, `scott` as 4.9 (0.2·n^(−1/(d+4))). */
  sigmaRule: v.optional(v.picklist(['gaps', 'scott']), 'gaps'),
  /** Trials in flight repel: they count among the bad ones. */
  constantLiar: v.optional(v.boolean(), true),
  /** So many complete or pruned trials are drawn at random first. */
  numStartupTrials: v.optional(count, 10),
  numCandidates: v.optional(atLeastOne, 24),
});

/** Values to try of each parameter. */
export type GridValues = Readonly<Record<string, readonly ParamValue[]>>;

/** Parameters of one trial, or some of them. */
export const paramsSchema = v.record(paramName, paramValue);

export const samplerSchema = v.variant('type', [
  tpeSchema,
  v.object({ type: v.literal('random') }),
  v.object({
    type: v.literal('grid'),
    /** Values of every parameter; the grid is their product, at most 100,000 points. */
    values: v.record(paramName, v.pipe(v.array(paramValue), v.minLength(1), v.maxLength(1000))),
  }),
  v.object({ type: v.literal('qmc') }),
]);
export const samplerNames = samplerSchema.options.map(({ entries }) => entries.type.literal);

const interval = {
  /** No decision before this step. */
  numWarmupSteps: v.optional(count, 0),
  /** A decision at most every so many steps. */
  intervalSteps: v.optional(atLeastOne, 1),
};
const ofOthers = {
  numStartupTrials: v.optional(count, 5),
  ...interval,
  /** Fewer other values at the step: no decision. */
  numMinTrials: v.optional(atLeastOne, 1),
};
const reductionFactor = v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000));
const plainPruners = [
  v.object({ type: v.literal('none') }),
  v.object({ type: v.literal('median'), ...ofOthers }),
  v.object({
    type: v.literal('percentile'),
    /** The best so many per cent are kept. */
    percentile: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
    ...ofOthers,
  }),
  v.object({
    type: v.literal('threshold'),
    lower: v.optional(v.nullable(finite), null),
    upper: v.optional(v.nullable(finite), null),
    ...interval,
  }),
  v.object({
    type: v.literal('halving'),
    minResource: v.optional(v.union([atLeastOne, v.literal('auto')]), 'auto'),
    reductionFactor: v.optional(reductionFactor, 4),
    minEarlyStoppingRate: v.optional(count, 0),
    bootstrapCount: v.optional(count, 0),
  }),
  v.object({
    type: v.literal('hyperband'),
    minResource: v.optional(atLeastOne, 1),
    maxResource: v.optional(v.union([atLeastOne, v.literal('auto')]), 'auto'),
    reductionFactor: v.optional(reductionFactor, 3),
    bootstrapCount: v.optional(count, 0),
  }),
] as const;

export const prunerSchema = v.variant('type', [
  ...plainPruners,
  v.object({
    type: v.literal('patient'),
    /** Asked once the trial has stalled; null prunes at once. */
    wrapped: v.optional(v.nullable(v.variant('type', plainPruners)), null),
    /** Steps without improvement that are forgiven. */
    patience: count,
    minDelta: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), 0),
  }),
]);
export const prunerNames = prunerSchema.options.map(({ entries }) => entries.type.literal);

export const studyConfigSchema = v.pipe(
  v.object({
    name,
    direction: v.picklist(['minimize', 'maximize']),
    /** What the values are, for axes and for Optuna's dashboard. */
    metricName: v.optional(name, 'value'),
    searchSpace: v.record(paramName, distributionSchema),
    sampler: v.optional(samplerSchema, { type: 'tpe' }),
    pruner: v.optional(prunerSchema, { type: 'median' }),
    /** Trials to start in all, enqueued ones included. */
    numTrials: v.optional(atLeastOne, 10),
    seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(4294967295)), 0),
  }),
  v.check(({ sampler, searchSpace }) => {
    if (sampler.type !== 'grid') return true;
    const sizes = Object.values(sampler.values).map((values) => values.length);
    if (sizes.reduce((product, size) => product * size, 1) > 100_000) return false;
    return Object.entries(searchSpace).every(([param, distribution]) => {
      const values = sampler.values[param];
      return isSingle(distribution) || values?.every((value) => contains(distribution, value));
    });
  }, 'the grid needs values in range for every parameter, and at most 100,000 points'),
);

export type SamplerConfig = v.InferOutput<typeof samplerSchema>;
export type TpeConfig = v.InferOutput<typeof tpeSchema>;
export type PrunerConfig = v.InferOutput<typeof prunerSchema>;
export type StudyConfig = v.InferOutput<typeof studyConfigSchema>;
/** What may be left out to take the defaults; read-only data will do. */
export type SamplerInput =
  | Exclude<v.InferInput<typeof samplerSchema>, { type: 'grid' }>
  | { readonly type: 'grid'; readonly values: GridValues };
export type StudyConfigInput = Omit<
  v.InferInput<typeof studyConfigSchema>,
  'searchSpace' | 'sampler'
> & { readonly searchSpace: SearchSpace; readonly sampler?: SamplerInput };
