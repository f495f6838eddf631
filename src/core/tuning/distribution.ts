// What a hyper-parameter may be: a whole number, a real number or one of several choices, as Optuna's
// distributions (Akiba et al. 2019, arXiv 1907.10902). Samplers work on the internal value: the number
// itself, or the index of the choice.

/** A categorical choice; compared by identity, with NaN equal to NaN. */
export type ParamValue = null | boolean | number | string;

/** `high` lies on the step grid. `log` forces step 1 and low ≥ 1. */
export interface IntDistribution {
  readonly kind: 'int';
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly log: boolean;
}

/** `log` and `step` exclude each other; `log` needs low > 0. `high` lies on the step grid. */
export interface FloatDistribution {
  readonly kind: 'float';
  readonly low: number;
  readonly high: number;
  readonly step: number | null;
  readonly log: boolean;
}

export interface CategoricalDistribution {
  readonly kind: 'categorical';
  readonly choices: readonly ParamValue[];
}

export type NumericDistribution = IntDistribution | FloatDistribution;
export type Distribution = NumericDistribution | CategoricalDistribution;
/** Parameter names and what each may be. */
export type SearchSpace = Readonly<Record<string, Distribution>>;

/** Whole numbers low, low + step, … ≤ high. Throws a RangeError on an empty or impossible range. */
export function intDistribution(
  low: number,
  high: number,
  options: { readonly log?: boolean; readonly step?: number } = {},
): IntDistribution {
  const { log = false, step = 1 } = options;
  require(Number.isSafeInteger(low) && Number.isSafeInteger(high), 'bounds must be whole numbers');
  require(low <= high, `low ${low} is above high ${high}`);
  require(Number.isSafeInteger(step) &&
    step >= 1, `step must be a whole number from 1, got ${step}`);
  require(!log || (step === 1 && low >= 1), 'a log scale needs step 1 and low ≥ 1');
  return { kind: 'int', low, high: low + Math.floor((high - low) / step) * step, step, log };
}

/** Real numbers in [low, high], or on a grid. Throws a RangeError on an empty or impossible range. */
export function floatDistribution(
  low: number,
  high: number,
  options: { readonly log?: boolean; readonly step?: number | null } = {},
): FloatDistribution {
  const { log = false, step = null } = options;
  require(Number.isFinite(low) && Number.isFinite(high), 'bounds must be finite');
  require(low <= high, `low ${low} is above high ${high}`);
  require(!log || low > 0, `a log scale needs low > 0, got ${low}`);
  require(!log || step === null, 'a log scale cannot have a step');
  require(step === null ||
    (Number.isFinite(step) && step > 0), `step must be positive, got ${step}`);
  return {
    kind: 'float',
    low,
    high: step === null ? high : lastOnGrid(low, high, step),
    step,
    log,
  };
}

/** One of `choices`, at least one, all different. */
export function categoricalDistribution(choices: readonly ParamValue[]): CategoricalDistribution {
  require(choices.length > 0, 'needs at least one choice');
  require(new Set(choices).size === choices.length, 'choices must differ');
  return { kind: 'categorical', choices: [...choices] };
}

/** Only one value is possible: it is never sampled. */
export function isSingle(distribution: Distribution): boolean {
  if (distribution.kind === 'categorical') return distribution.choices.length === 1;
  const { low, high, step } = distribution;
  return low === high || (step !== null && high - low < step);
}

/** The value of a distribution with only one. */
export function singleValue(distribution: Distribution): ParamValue {
  return distribution.kind === 'categorical' ? distribution.choices[0]! : distribution.low;
}

/** The number a sampler sees; throws a RangeError if `value` is no choice or no number. */
export function toInternal(distribution: Distribution, value: ParamValue): number {
  if (distribution.kind === 'categorical') {
    const index = distribution.choices.findIndex(
      (choice) => Object.is(choice, value) || choice === value,
    );
    require(index >= 0, `${String(value)} is not one of the choices`);
    return index;
  }
  require(typeof value === 'number' && !Number.isNaN(value), `${String(value)} is not a number`);
  return value as number;
}

/** The value a trial runs with. Numbers are clamped to the range: exp(ln high) may pass high by an ulp. */
export function toExternal(distribution: Distribution, internal: number): ParamValue {
  if (distribution.kind === 'categorical') return distribution.choices[Math.trunc(internal)]!;
  const clamped = Math.min(Math.max(internal, distribution.low), distribution.high);
  return distribution.kind === 'int' ? Math.trunc(clamped) : clamped;
}

/** `value` can come out of `distribution`; grids of floats to 1e-8 of a step, as Optuna. */
export function contains(distribution: Distribution, value: ParamValue): boolean {
  if (distribution.kind === 'categorical') {
    return distribution.choices.some((choice) => Object.is(choice, value) || choice === value);
  }
  if (typeof value !== 'number') return false;
  const { low, high, step, kind } = distribution;
  if (!(low <= value && value <= high)) return false;
  if (step === null) return true;
  const steps = (value - low) / step;
  return kind === 'int' ? Number.isInteger(steps) : Math.abs(steps - Math.round(steps)) < 1e-8;
}

/**
 * Two distributions of one parameter may live in one study: same kind and scale, and for categorical
 * ones the same choices in the same order. Ranges and steps may change between trials.
 */
export function areCompatible(a: Distribution, b: Distribution): boolean {
  if (a.kind === 'categorical' || b.kind === 'categorical') return areEqual(a, b);
  return a.kind === b.kind && a.log === b.log;
}

/** Equal in every field. */
export function areEqual(a: Distribution, b: Distribution): boolean {
  if (a.kind === 'categorical' || b.kind === 'categorical') {
    if (a.kind !== 'categorical' || b.kind !== 'categorical') return false;
    return (
      a.choices.length === b.choices.length &&
      a.choices.every((choice, index) => Object.is(choice, b.choices[index]))
    );
  }
  return (
    a.kind === b.kind &&
    a.low === b.low &&
    a.high === b.high &&
    a.step === b.step &&
    a.log === b.log
  );
}

/**
 * low + floor((high − low)/step)·step in decimal arithmetic on the printed numbers: in binary,
 * 0 … 0.9 step 0.1 would lose its 0.9.
 */
function lastOnGrid(low: number, high: number, step: number): number {
  const parts = [low, high, step].map(decimalParts);
  const exponent = Math.min(...parts.map((part) => part.exponent));
  const [lowUnits, highUnits, stepUnits] = parts.map(
    (part) => part.digits * 10n ** BigInt(part.exponent - exponent),
  ) as [bigint, bigint, bigint];
  const last = lowUnits + ((highUnits - lowUnits) / stepUnits) * stepUnits;
  return Number(`${last}e${exponent}`);
}

/** x = digits · 10^exponent, exactly as JavaScript prints it. */
function decimalParts(x: number): { digits: bigint; exponent: number } {
  const [mantissa, power = '0'] = String(x).split('e') as [string, string?];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

function require(condition: boolean, problem: string): void {
  if (!condition) throw new RangeError(`distribution: ${problem}`);
}
