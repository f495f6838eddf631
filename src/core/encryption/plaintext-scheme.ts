// The twin without encryption: updates are 32-bit integers, sums float64. It passes the same
// conformance suite as the encrypted schemes, and a run under it differs from theirs by the stated
// quantisation bounds alone. Little-endian, as every platform with WebAssembly is.
import { SchemeError, type ClientScheme, type SchemeParameters, type Summer } from './scheme.ts';
import { admitSeat } from './summer-seats.ts';
import { sumBytes } from './wire-layout.ts';

export function createPlaintextScheme(parameters: SchemeParameters): ClientScheme {
  const { numParameters, maxContributors, levels } = parameters;
  const dispose = () => {};

  function encrypt(values: Int32Array): Uint8Array<ArrayBuffer> {
    if (values.length !== numParameters) {
      throw new SchemeError('bad-values', `${numParameters} values are needed`);
    }
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < 0 || values[i]! >= levels) {
        throw new SchemeError('bad-values', `a value is outside 0 to ${levels - 1}`);
      }
    }
    return new Uint8Array(values.slice().buffer);
  }

  function decryptSum(sum: Uint8Array, numContributors: number): Float64Array<ArrayBuffer> {
    if (
      !Number.isInteger(numContributors) ||
      numContributors < 1 ||
      numContributors > maxContributors
    ) {
      throw new SchemeError('bad-sum', `a sum has 1 to ${maxContributors} contributors`);
    }
    const expectedBytes = sumBytes(parameters, numContributors);
    if (sum.length !== expectedBytes) {
      throw new SchemeError('bad-sum', `a sum has ${expectedBytes} bytes`);
    }
    const sums = new Float64Array(sum.slice().buffer);
    const largest = numContributors * (levels - 1);
    for (let i = 0; i < sums.length; i++) {
      const value = sums[i]!;
      if (!(value >= 0 && value <= largest && Number.isInteger(value))) {
        throw new SchemeError('bad-sum', 'a sum is not one of this many updates');
      }
    }
    return sums;
  }

  return {
    parameters,
    generateKeys: () => new Uint8Array(0),
    open(keys) {
      if (keys.length !== 0) throw new SchemeError('bad-key', 'plaintext has no keys');
      return { encryptor: { encrypt, dispose }, decryptor: { decryptSum, dispose } };
    },
  };
}

export function createPlaintextSummer(parameters: SchemeParameters): Summer {
  const { numParameters, maxContributors, levels, updateBytes } = parameters;
  const sums = new Float64Array(numParameters);
  const seats = new Set<number>();

  return {
    get numAdded() {
      return seats.size;
    },
    add(update, seat) {
      admitSeat(seats, seat, maxContributors);
      if (update.length !== updateBytes) {
        throw new SchemeError('bad-update', `an update has ${updateBytes} bytes`);
      }
      const values = new Uint32Array(update.slice().buffer);
      for (let i = 0; i < values.length; i++) {
        if (values[i]! >= levels) {
          throw new SchemeError('bad-update', `a value is outside 0 to ${levels - 1}`);
        }
      }
      for (let i = 0; i < values.length; i++) sums[i]! += values[i]!;
      seats.add(seat);
    },
    result() {
      if (seats.size === 0) throw new SchemeError('empty-sum', 'nothing was added');
      return new Uint8Array(sums.slice().buffer);
    },
  };
}
