// From weight deltas to the integers that schemes add, and back. A tensor's values are clipped to
// ±2^exponent (announced for the round) and rounded stochastically to L levels, which is unbiased
// (Alistarh et al. 2017, QSGD, arXiv 1610.02132). What clipping and rounding lost is kept and added
// to the next round's delta (error feedback: Karimireddy et al. 2019, arXiv 1901.09847).
import { createRandom, type Random, type StreamKey } from '../math/random.ts';
import type { TensorSlot } from '../model/model-spec.ts';
import { middleLevel } from './parameters.ts';
import { SchemeError, type SchemeParameters } from './scheme.ts';

/** A tensor's place in the flat vector; slots of a model cover it without gaps. */
export type Slots = readonly Pick<TensorSlot, 'offset' | 'size'>[];

/**
 * Exponent of a tensor that did not change: 2^-24 is half the last place of a float32 weight near 1,
 * so a smaller range could not move such a weight.
 */
export const MIN_RANGE_EXPONENT = -24;
/** The protocol's limit; an update that large has diverged. */
export const MAX_RANGE_EXPONENT = 60;

export interface QuantisationRequest {
  readonly parameters: SchemeParameters;
  readonly slots: Slots;
  /** [numParameters] local weights minus global weights. */
  readonly delta: Float32Array;
  /** [numParameters] what earlier rounds of this client lost, in units of `delta`; null: nothing yet. */
  readonly residual: Float32Array | null;
  readonly numExamples: number;
  /** The cohort's largest number of examples: deltas are scaled by own / largest, in (0, 1]. */
  readonly largestNumExamples: number;
  /** One exponent a tensor: values are clipped to ±2^exponent. */
  readonly rangeExponents: readonly number[];
  /** Key of the dither's random stream, e.g. (seed, 'dither', seat, round, attempt). */
  readonly ditherKey: StreamKey;
}

export interface QuantisedUpdate {
  /** [numParameters] integers in [0, levels-1]. */
  readonly values: Int32Array<ArrayBuffer>;
  /** [numParameters] what this update lost; the next round's `residual` once the round is committed. */
  readonly residual: Float32Array<ArrayBuffer>;
  /** Ranges of the scaled delta before clipping, for the next round's announcement. */
  readonly rangeExponents: readonly number[];
  /** Largest |quantised - exact| over the scaled delta, clipping apart: below one step. */
  readonly quantisationError: number;
  /** Values that lay outside their range. */
  readonly numClipped: number;
}

/**
 * Scales, clips and rounds one client's delta. The same request gives the same integers on every
 * machine. Throws SchemeError `bad-values` when a value is not finite, RangeError when sizes differ.
 */
export function quantiseUpdate(request: QuantisationRequest): QuantisedUpdate {
  const { parameters, slots, delta, residual, rangeExponents } = request;
  const { numParameters, levels } = parameters;
  checkSizes(slots, numParameters, rangeExponents);
  if (delta.length !== numParameters || (residual && residual.length !== numParameters)) {
    throw new RangeError(`delta and residual need ${numParameters} values`);
  }
  const weight = request.numExamples / request.largestNumExamples;
  if (!(weight > 0 && weight <= 1)) throw new RangeError(`weight ${weight} is outside (0, 1]`);

  const dither = createRandom(...request.ditherKey); // a number for each value, in their order
  const values = new Int32Array(numParameters);
  const lost = new Float32Array(numParameters);
  const found: number[] = [];
  let quantisationError = 0;
  let numClipped = 0;
  for (const [tensor, { offset, size }] of slots.entries()) {
    const clip = 2 ** rangeExponents[tensor]!;
    const part = { delta, residual, weight, dither, values, lost, from: offset, to: offset + size };
    const done = quantiseTensor(part, clip, levels);
    if (done.quantisationError > quantisationError) quantisationError = done.quantisationError;
    numClipped += done.numClipped;
    found.push(rangeExponent(done.largest));
  }
  return { values, residual: lost, rangeExponents: found, quantisationError, numClipped };
}

/** The stretch [from, to) of an update's vectors that belongs to one tensor. */
interface TensorPart {
  readonly delta: Float32Array;
  readonly residual: Float32Array | null;
  readonly weight: number;
  readonly dither: Random;
  readonly values: Int32Array;
  readonly lost: Float32Array;
  readonly from: number;
  readonly to: number;
}

/** Writes `values` and `lost`. `largest`: the largest magnitude before clipping. */
function quantiseTensor(part: TensorPart, clip: number, levels: number) {
  const { delta, residual, weight, dither, values, lost, from, to } = part;
  const last = levels - 1;
  const step = (2 * clip) / last;
  let largest = 0;
  let quantisationError = 0;
  let numClipped = 0;
  for (let i = from; i < to; i++) {
    const exact = (residual ? delta[i]! + residual[i]! : delta[i]!) * weight;
    const magnitude = Math.abs(exact);
    if (!(magnitude < Infinity)) throw new SchemeError('bad-values', 'a delta is not finite');
    if (magnitude > largest) largest = magnitude;
    let inside = exact;
    if (magnitude > clip) {
      inside = exact > 0 ? clip : -clip;
      numClipped++;
    }
    // Rounded up with the probability of the fraction; comparing keeps an exact level (0 above
    // all) exactly where it is, where adding the dither to a large number could round.
    const position = inside / step + last / 2;
    let level = Math.floor(position);
    if (dither.uint32() < (position - level) * 4294967296) level++;
    const quantised = (level - last / 2) * step;
    const error = Math.abs(quantised - inside);
    if (error > quantisationError) quantisationError = error;
    values[i] = level;
    lost[i] = (exact - quantised) / weight;
  }
  return { largest, quantisationError, numClipped };
}

/**
 * The smallest exponent e >= MIN_RANGE_EXPONENT of each tensor with max|x| <= 2^e. Throws SchemeError
 * `bad-values` when a value is not finite or above 2^60.
 */
export function rangeExponents(values: ArrayLike<number>, slots: Slots): number[] {
  return slots.map(({ offset, size }) =>
    rangeExponent(largestMagnitude(values, offset, offset + size)),
  );
}

/** NaN when one of them is. */
function largestMagnitude(values: ArrayLike<number>, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    const magnitude = Math.abs(values[i]!);
    if (!(magnitude <= largest)) largest = magnitude; // takes NaN over, which ends it
    if (largest !== largest) break;
  }
  return largest;
}

/**
 * The mean delta of a round, [numParameters]: Σ nₖ·Δₖ / Σ nₖ from the sum of the contributors'
 * integers. The same numbers on every client, bit for bit.
 */
export function dequantiseSum(
  sum: Float64Array,
  numContributors: number,
  parameters: SchemeParameters,
  exponents: readonly number[],
  slots: Slots,
  largestNumExamples: number,
  totalExamples: number,
): Float64Array<ArrayBuffer> {
  checkSizes(slots, parameters.numParameters, exponents);
  const zero = numContributors * middleLevel(parameters);
  const mean = new Float64Array(parameters.numParameters);
  for (const [tensor, { offset, size }] of slots.entries()) {
    const factor = (stepOf(parameters, exponents[tensor]!) * largestNumExamples) / totalExamples;
    dequantiseTensor({ sum, mean, from: offset, to: offset + size }, zero, factor);
  }
  return mean;
}

/** The stretch [from, to) of a sum's vectors that belongs to one tensor. */
interface SumPart {
  readonly sum: Float64Array;
  readonly mean: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** Writes `mean`. Apart, as quantiseTensor is: what runs once a tensor is warm sooner than once a round. */
function dequantiseTensor(part: SumPart, zero: number, factor: number): void {
  const { sum, mean, from, to } = part;
  for (let i = from; i < to; i++) mean[i] = (sum[i]! - zero) * factor;
}

/** The distance between two levels of a tensor with this range: 2·2^exponent / (L-1). */
export function stepOf(parameters: SchemeParameters, rangeExponent: number): number {
  return (2 * 2 ** rangeExponent) / (parameters.levels - 1);
}

/**
 * The stated bound on the error that quantisation adds to any weight in one round: each contributor
 * is off by less than one step of the coarsest tensor, scaled as the mean scales it. For equal
 * numbers of examples that is one step. Values outside the announced range are apart: their excess
 * follows in the next round.
 */
export function quantisationBound(
  parameters: SchemeParameters,
  exponents: readonly number[],
  numContributors: number,
  largestNumExamples: number,
  totalExamples: number,
): number {
  const step = stepOf(parameters, Math.max(...exponents));
  return (numContributors * step * largestNumExamples) / totalExamples;
}

function rangeExponent(largest: number): number {
  if (!(largest <= 2 ** MAX_RANGE_EXPONENT)) {
    throw new SchemeError('bad-values', 'a delta is not finite or too large');
  }
  if (largest <= 2 ** MIN_RANGE_EXPONENT) return MIN_RANGE_EXPONENT;
  let exponent = Math.ceil(Math.log2(largest));
  while (2 ** exponent < largest) exponent++;
  while (2 ** (exponent - 1) >= largest) exponent--;
  return exponent;
}

function checkSizes(slots: Slots, numParameters: number, exponents: readonly number[]): void {
  let covered = 0;
  for (const { offset, size } of slots) {
    if (offset !== covered) throw new RangeError('tensor slots must follow each other');
    covered += size;
  }
  if (covered !== numParameters) {
    throw new RangeError(`tensor slots cover ${covered} of ${numParameters} parameters`);
  }
  if (exponents.length !== slots.length) {
    throw new RangeError(`${slots.length} tensors need as many range exponents`);
  }
}
