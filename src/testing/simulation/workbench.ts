// What a simulated client computes, on a model of four numbers, one a tensor. "Training" pulls the weights
// half-way towards the client's own target, so that the exact weighted mean of a round has a closed form;
// "encryption" is none, so that sums can be looked into.
import type { RoundKey } from '../../core/protocol/round-key.ts';
import type { EvaluationSlice } from '../../core/protocol/server-messages.ts';
import { sliceBounds } from '../../core/federation/evaluation-slices.ts';
import type { EvaluationSplit } from '../../core/training/trainer.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A model with one hidden layer has four tensors; here each is one number. */
export const DIMENSIONS = 4;
export const LEVELS = 2 ** 24 + 1;
/** A word that says "valid", a serial number and the integers. */
export const UPDATE_BYTES = 4 + 4 + 4 * DIMENSIONS;

export interface Bench {
  /** Of the run's configuration: what a trial's accuracy depends on. */
  readonly units: number;
  readonly numExamples: number;
  committed: { round: number; weights: number[] } | null;
  tentative: { key: RoundKey; weights: number[] } | null;
}

/** By seat, as the shard is: sizes and targets differ so much that no two sums look alike. */
export function examplesOfSeat(seat: number): number {
  return 100 * (seat + 1) + 7 * seat * seat;
}

export function targetOfSeat(seat: number, dimension: number): number {
  return Math.sin(1 + 3 * seat + dimension) * (seat + 1);
}

export const initialWeights: readonly number[] = Array<number>(DIMENSIONS).fill(0.5);

export function trainedDelta(seat: number, weights: readonly number[]): number[] {
  return weights.map((weight, dimension) => (targetOfSeat(seat, dimension) - weight) / 2);
}

/** Wide enough for every delta of these targets: nothing is clipped, so that means are exact. */
export const RANGE_EXPONENTS: readonly number[] = [3, 4, 3, 5];

function stepOf(exponent: number): number {
  return (2 * 2 ** exponent) / (LEVELS - 1);
}

/** Rounds to the nearest level within the range. */
export function quantise(
  delta: readonly number[],
  share: number,
  rangeExponents: readonly number[],
): number[] {
  return delta.map((value, dimension) => {
    const most = (LEVELS - 1) / 2;
    const level = Math.round((value * share) / stepOf(rangeExponents[dimension]!));
    return Math.min(most, Math.max(-most, level));
  });
}

export function packUpdate(isValid: boolean, serial: number, levels: readonly number[]): Bytes {
  return new Uint8Array(new Int32Array([isValid ? 1 : 0, serial, ...levels]).buffer);
}

export function unpackUpdate(payload: Bytes): {
  isValid: boolean;
  serial: number;
  levels: number[];
} {
  const [valid, serial, ...levels] = new Int32Array(payload.slice().buffer);
  return { isValid: valid === 1, serial: serial!, levels };
}

export function packWeights(weights: readonly number[]): Bytes {
  return new Uint8Array(new Float64Array(weights).buffer);
}

export function unpackWeights(bytes: Bytes): number[] {
  return [...new Float64Array(bytes.slice().buffer)];
}

/** 64 hexadecimal digits that are the weights' own bits: equal only for bit-identical weights. */
export function hashOf(weights: readonly number[]): string {
  return [...packWeights(weights)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function appliedWeights(
  weights: readonly number[],
  sum: readonly number[],
  rangeExponents: readonly number[],
  largestNumExamples: number,
  totalExamples: number,
): number[] {
  return weights.map(
    (weight, dimension) =>
      weight +
      (sum[dimension]! * stepOf(rangeExponents[dimension]!) * largestNumExamples) / totalExamples,
  );
}

/** Every so many examples one is correct: three of 128 units, up to seven of others. */
export function examplesPerCorrect(units: number): number {
  return 3 + (Math.abs(units - 128) % 5);
}

/** Every example counts as correct whose position is a multiple of that: sums can be checked. */
export function evaluateSlice(split: EvaluationSplit, slice: EvaluationSlice, units: number) {
  const { from, to } = sliceBounds(split, slice);
  const numExamples = to - from;
  const every = examplesPerCorrect(units);
  const numCorrect = Math.ceil(to / every) - Math.ceil(from / every);
  const confusion = Array<number>(100).fill(0);
  confusion[0] = numCorrect;
  confusion[1] = numExamples - numCorrect;
  return { numExamples, numCorrect, lossSum: 0.25 * numExamples, confusion };
}
