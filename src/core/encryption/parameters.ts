// Chooses every number of an encryption scheme from the model's size and the cohort's size K, and
// states the chance that a sum comes out wrong. Each choice is explained where it is made. Sources:
// Microsoft SEAL 4.1 (sampler, prime selection) and the Homomorphic Encryption
// Standard (Albrecht et al. 2018, eprint 2019/939) for the security levels.
import { largestNttPrime } from './ntt-primes.ts';
import { type SchemeName, type SchemeParameters, MAX_PAYLOAD_BYTES } from './scheme.ts';
import { sumBytes, updateBytes } from './wire-layout.ts';

/** The largest cohort for which the bounds below are worked out and tested. */
export const MAX_CONTRIBUTORS = 100;

/**
 * Below this many levels an update is too coarse to be worth a smaller message: with 2^8 + 1 levels
 * a step is 1/128 of a tensor's largest change, and error feedback still carries the rest over.
 */
export const MIN_LEVELS = 257;

/** u lies in an Int32Array, and an odd number of levels has a middle: 2^31 - 1. */
const MAX_LEVELS = 2 ** 31 - 1;
const MAX_VALUES_PER_SLOT = 4;

/** SEAL's error is centred binomial over 42 bits (SEAL, clipnormal.h / rlwe.cpp): at most 21, variance 21/2. */
const NOISE_BOUND = 21;
const NOISE_VARIANCE = 10.5;

/**
 * A decrypted CKKS slot farther than this from an integer is refused. Wide enough for the noise of
 * 100 contributors (8.3 standard deviations), narrow enough that a foreign key, whose slots are
 * uniform, fails in one slot out of four.
 */
export const ROUNDING_TOLERANCE = 0.375;

/** A scheme whose failure bound is above this is refused: one failure in a thousand million rounds. */
const MAX_FAILURE_BOUND = 2 ** -30;

/**
 * The parameters for updates of `numParameters` weights of which up to `maxContributors` are added.
 * `valuesPerSlot` forces the packing (default: the densest with at least MIN_LEVELS levels).
 * RangeError, with a sentence for people, when no choice fits.
 */
export function chooseParameters(
  name: SchemeName,
  numParameters: number,
  maxContributors: number,
  valuesPerSlot?: number,
): SchemeParameters {
  if (!Number.isInteger(numParameters) || numParameters < 1) {
    throw new RangeError(`A model needs a whole number of weights above 0, not ${numParameters}.`);
  }
  if (
    !Number.isInteger(maxContributors) ||
    maxContributors < 1 ||
    maxContributors > MAX_CONTRIBUTORS
  ) {
    throw new RangeError(
      `Encryption is worked out for 1 to ${MAX_CONTRIBUTORS} clients, not ${maxContributors}.`,
    );
  }
  const parameters = choose(name, numParameters, maxContributors, valuesPerSlot);
  const largest = Math.max(parameters.updateBytes, sumBytes(parameters, maxContributors));
  if (largest > MAX_PAYLOAD_BYTES) {
    throw new RangeError(
      `With the scheme ${name} a message of this model would have ${Math.ceil(largest / 2 ** 20)} MiB; ` +
        `at most ${MAX_PAYLOAD_BYTES / 2 ** 20} MiB fit.`,
    );
  }
  return parameters;
}

/** R = K(L-1)+1: the radix in which the sums of K values of [0, L-1] are digits, so no sum carries. */
export function radixOf(parameters: SchemeParameters): number {
  return parameters.maxContributors * (parameters.levels - 1) + 1;
}

/** The level that stands for exactly 0. */
export function middleLevel(parameters: SchemeParameters): number {
  return (parameters.levels - 1) / 2;
}

/**
 * Standard deviation of a CKKS slot's error, in units of the packed word, after adding
 * `numContributors` updates. A slot is the real part of the noise polynomial at a root of unity, so
 * its variance is N/2 times a coefficient's; encoding rounds each coefficient (1/12; N/12 rather
 * than N/24 a slot, because float64 rounds large coefficients more coarsely).
 */
export function slotNoiseStdDev(parameters: SchemeParameters, numContributors: number): number {
  const { ringDegree, scaleBits, keyKind } = parameters;
  if (scaleBits === null) return 0;
  return noiseStdDev(ringDegree, scaleBits, keyKind === 'public', numContributors);
}

function choose(
  name: SchemeName,
  numParameters: number,
  maxContributors: number,
  valuesPerSlot: number | undefined,
): SchemeParameters {
  switch (name) {
    case 'ckks':
      return ckks(numParameters, maxContributors, valuesPerSlot);
    case 'bgv':
      return bgv(numParameters, maxContributors, valuesPerSlot);
    case 'notebook':
      return notebook(numParameters, maxContributors);
    case 'plaintext':
      return plaintext(numParameters, maxContributors);
    default:
      return name satisfies never;
  }
}

function ckks(numParameters: number, maxContributors: number, forced: number | undefined) {
  // Only additions happen, so one prime is enough: no level is consumed and, for symmetric
  // encryption, no special prime is needed. 60 bits is SEAL's largest prime, 4096 the smallest ring
  // that carries it at 128 bits of security (it has 192).
  const ringDegree = 4096;
  const coeffModulusBits = [60];
  // 2^15 lifts an integer above the noise: 0.5 is 50 standard deviations for 5 contributors, 11 for
  // 100. Every further bit would be taken from the packed values.
  const scaleBits = 15;
  // Words are centred before encoding, so a sum is below R^v/2 in size, and a coefficient is at most
  // the largest slot times the scale: R^v·scale < q keeps it below q/2. Besides, SEAL's encoder takes
  // coefficients up to 2^58, and one client's are K times smaller than the sum's. 1/256 is left to
  // noise (22·K per coefficient) and to the encoder's float64 rounding.
  const coefficientLimit = smaller(
    largestNttPrime(60, ringDegree),
    BigInt(maxContributors) * 2n ** 59n,
  );
  const radixLimit = (coefficientLimit - coefficientLimit / 256n) >> BigInt(scaleBits);
  const wordLimit = smaller(radixLimit, 2n ** 53n); // exact in float64
  const packing = densestPacking('ckks', wordLimit, maxContributors, forced);
  const numSlots = ringDegree / 2; // real slots only: node-seal encodes no complex numbers
  const stdDev = noiseStdDev(ringDegree, scaleBits, false, maxContributors);
  const numCiphertexts = Math.ceil(numParameters / (packing.valuesPerSlot * numSlots));
  return accept({
    name: 'ckks',
    numParameters,
    maxContributors,
    ...packing,
    numSlots,
    numCiphertexts,
    ringDegree,
    coeffModulusBits,
    scaleBits,
    plainModulusBits: null,
    securityBits: securityBits(ringDegree, coeffModulusBits),
    keyKind: 'symmetric',
    failureBound: gaussianFailureBound(stdDev, numCiphertexts * numSlots),
    marginText: noiseMargin(stdDev),
  });
}

function bgv(numParameters: number, maxContributors: number, forced: number | undefined) {
  const ringDegree = 4096; // one 60-bit prime, as for ckks
  const coeffModulusBits = [60];
  const q = largestNttPrime(60, ringDegree);
  // A coefficient of the sum is Σm + t·Σe with |m| <= t/2 and |e| <= 21: it stays below q/2 for
  // certain when t < q/(43·K). Take the largest size of t for which even 2^bits obeys that.
  const plainLimit = q / BigInt((2 * NOISE_BOUND + 1) * maxContributors);
  const plainModulusBits = plainLimit.toString(2).length - 1;
  const t = largestNttPrime(plainModulusBits, ringDegree);
  const packing = densestPacking('bgv', smaller(t - 1n, 2n ** 53n), maxContributors, forced);
  const numSlots = ringDegree; // t = 1 mod 2N splits the ring into N slots: twice those of CKKS
  const numCiphertexts = Math.ceil(numParameters / (packing.valuesPerSlot * numSlots));
  const slack = Number(q) / (2 * (NOISE_BOUND + 0.5) * maxContributors * Number(t));
  return accept({
    name: 'bgv',
    numParameters,
    maxContributors,
    ...packing,
    numSlots,
    numCiphertexts,
    ringDegree,
    coeffModulusBits,
    scaleBits: null,
    plainModulusBits,
    securityBits: securityBits(ringDegree, coeffModulusBits),
    keyKind: 'symmetric',
    failureBound: 0,
    marginText: `the largest noise that can occur stays ${slack.toFixed(2)} times below the limit: no sum can be wrong`,
  });
}

function notebook(numParameters: number, maxContributors: number) {
  // The notebook's TenSEAL context, kept as it was for comparison: a chain of primes for
  // multiplications that never happen, public-key encryption, one value a slot.
  const ringDegree = 8192;
  const coeffModulusBits = [60, 40, 40, 60];
  const scaleBits = 40;
  const numSlots = ringDegree / 2;
  // 24 bits, the significand of float32; centred and scaled they just fit the encoder's 64-bit path,
  // the one that the notebook's own small numbers take.
  const levels = 2 ** 24 - 1;
  const stdDev = noiseStdDev(ringDegree, scaleBits, true, maxContributors);
  const numCiphertexts = Math.ceil(numParameters / numSlots);
  return accept({
    name: 'notebook',
    numParameters,
    maxContributors,
    levels,
    valuesPerSlot: 1,
    numSlots,
    numCiphertexts,
    ringDegree,
    coeffModulusBits,
    scaleBits,
    plainModulusBits: null,
    securityBits: securityBits(ringDegree, coeffModulusBits),
    keyKind: 'public',
    failureBound: gaussianFailureBound(stdDev, numCiphertexts * numSlots),
    marginText: noiseMargin(stdDev),
  });
}

function plaintext(numParameters: number, maxContributors: number): SchemeParameters {
  return {
    name: 'plaintext',
    numParameters,
    maxContributors,
    levels: MAX_LEVELS,
    valuesPerSlot: 1,
    numSlots: 0,
    numCiphertexts: 0,
    ringDegree: 0,
    coeffModulusBits: [],
    scaleBits: null,
    plainModulusBits: null,
    securityBits: 0,
    keyKind: 'none',
    updateBytes: 4 * numParameters, // unsigned 32-bit integers
    failureBound: 0,
    marginText: 'sums of whole numbers, exact and readable by anyone',
  };
}

/** The most values a slot for which R^v <= wordLimit leaves at least MIN_LEVELS levels. */
function densestPacking(
  name: SchemeName,
  wordLimit: bigint,
  maxContributors: number,
  forced: number | undefined,
): Pick<SchemeParameters, 'levels' | 'valuesPerSlot'> {
  for (let v = forced ?? MAX_VALUES_PER_SLOT; v >= (forced ?? 1); v--) {
    const radix = integerRoot(wordLimit, v);
    const fitting = Math.min(MAX_LEVELS, Math.floor((radix - 1) / maxContributors) + 1);
    const levels = fitting % 2 === 1 ? fitting : fitting - 1;
    if (levels >= MIN_LEVELS) return { levels, valuesPerSlot: v };
  }
  throw new RangeError(
    `The scheme ${name} cannot add ${maxContributors} updates of at least ${MIN_LEVELS} levels.`,
  );
}

/** The largest integer r with r^v <= limit. */
function integerRoot(limit: bigint, v: number): number {
  let root = BigInt(Math.floor(Math.pow(Number(limit), 1 / v)));
  while (root ** BigInt(v) > limit) root--;
  while ((root + 1n) ** BigInt(v) <= limit) root++;
  return Number(root);
}

function noiseStdDev(
  ringDegree: number,
  scaleBits: number,
  publicKey: boolean,
  numContributors: number,
): number {
  // Public key with a special prime: dividing by it leaves rounding errors r0 + r1·s with r uniform
  // on [-1/2, 1/2] and a ternary s, two thirds of whose N coefficients are not 0.
  const coefficientVariance = publicKey ? (1 + (2 * ringDegree) / 3) / 12 : NOISE_VARIANCE;
  const slotVariance = (coefficientVariance * ringDegree) / 2 + ringDegree / 12;
  return Math.sqrt(numContributors * slotVariance) / 2 ** scaleBits;
}

/**
 * Bound on the probability that any of `numSlots` errors exceeds the tolerance. Centred binomial and
 * uniform variables are sub-Gaussian with their own variance as proxy, and so are weighted sums of
 * them: P(|X| > x) <= 2·exp(-x²/2σ²) (Chernoff), then the union bound over the slots.
 */
function gaussianFailureBound(stdDev: number, numSlots: number): number {
  const z = ROUNDING_TOLERANCE / stdDev;
  return Math.min(1, numSlots * 2 * Math.exp((-z * z) / 2));
}

function noiseMargin(stdDev: number): string {
  const z = 0.5 / stdDev;
  const text = z < 1e4 ? z.toFixed(1) : z.toExponential(1);
  return `0.5 is ${text} standard deviations of the slot noise`;
}

/** Bits of classical security for a ternary secret, or RangeError (Homomorphic Encryption Standard, table 1). */
function securityBits(ringDegree: number, bits: readonly number[]): 128 | 192 | 256 {
  const table: Readonly<Record<number, readonly [number, number, number]>> = {
    4096: [109, 75, 58],
    8192: [218, 152, 118],
  };
  const total = bits.reduce((sum, b) => sum + b, 0);
  const [max128, max192, max256] = table[ringDegree] ?? [0, 0, 0];
  if (total <= max256) return 256;
  if (total <= max192) return 192;
  if (total <= max128) return 128;
  throw new RangeError(`A modulus of ${total} bits is not secure at ring degree ${ringDegree}.`);
}

function accept(chosen: Omit<SchemeParameters, 'updateBytes'>): SchemeParameters {
  const parameters = { ...chosen, updateBytes: updateBytes(chosen) };
  if (parameters.failureBound > MAX_FAILURE_BOUND) {
    throw new RangeError(
      `With the scheme ${parameters.name} a sum of ${parameters.maxContributors} updates could fail ` +
        `with probability ${parameters.failureBound.toExponential(1)}.`,
    );
  }
  return parameters;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
