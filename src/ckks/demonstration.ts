// "Try it": two clients encrypt a few numbers each, a server adds the ciphertexts without a key, and
// the clients open the sum. The same code as a round, on numbers that a visitor types.
import { createSummer } from '../core/encryption/create-summer.ts';
import { chooseParameters, middleLevel } from '../core/encryption/parameters.ts';
import type { Demonstration } from '../core/protocol/inspector-messages.ts';
import { createClientScheme } from './client-scheme.ts';

const MAX_NUMBERS = 10;
/** Largest size of a number: at 1000 steps a unit it stays inside the scheme's levels. */
const MAX_SIZE = 1_000_000;
/** Numbers are carried as multiples of 0.001. */
const STEPS_PER_UNIT = 1000;
const HEAD_BYTES = 64;

/**
 * Adds two lists of up to 10 numbers of size at most a million under encryption. RangeError, with a
 * sentence for people, for anything else.
 */
export async function demonstrateSum(
  first: readonly number[],
  second: readonly number[],
): Promise<Demonstration> {
  const length = Math.max(first.length, second.length);
  if (length < 1 || length > MAX_NUMBERS) {
    throw new RangeError(`Give 1 to ${MAX_NUMBERS} numbers.`);
  }
  // One value a slot leaves room for 31 bits a value: seven digits before the point's three.
  const parameters = chooseParameters('ckks', length, 2, 1);
  const [firstSteps, secondSteps] = [inSteps(first, length), inSteps(second, length)];
  const zero = middleLevel(parameters);
  const scheme = await createClientScheme(parameters);
  const summer = createSummer(parameters);

  const startMs = performance.now();
  const { encryptor, decryptor } = scheme.open(scheme.generateKeys());
  const keysMs = performance.now();
  const updates = [firstSteps, secondSteps].map((steps) =>
    encryptor.encrypt(Int32Array.from(steps, (step) => step + zero)),
  ) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  const encryptMs = performance.now();
  updates.forEach((update, seat) => summer.add(update, seat));
  const sum = summer.result();
  const addMs = performance.now();
  const sumSteps = Array.from(decryptor.decryptSum(sum, 2), (total) => total - 2 * zero);
  const decryptMs = performance.now();
  encryptor.dispose();
  decryptor.dispose();

  const toNumbers = (steps: readonly number[]) => steps.map((step) => step / STEPS_PER_UNIT);
  const head = (bytes: Uint8Array) => new Uint8Array(bytes.subarray(0, HEAD_BYTES));
  return {
    parameters,
    first: toNumbers(firstSteps),
    second: toNumbers(secondSteps),
    firstHead: head(updates[0]),
    secondHead: head(updates[1]),
    sumHead: head(sum),
    updateBytes: parameters.updateBytes,
    sumBytes: sum.length,
    sums: toNumbers(sumSteps),
    exact: sumSteps.every((step, i) => step === firstSteps[i]! + secondSteps[i]!),
    milliseconds: {
      keys: keysMs - startMs,
      encrypt: encryptMs - keysMs,
      add: addMs - encryptMs,
      decrypt: decryptMs - addMs,
    },
  };
}

function inSteps(numbers: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => {
    const number = numbers[i] ?? 0;
    if (!(Math.abs(number) <= MAX_SIZE)) {
      throw new RangeError('Numbers must lie between -1,000,000 and 1,000,000.');
    }
    return Math.round(number * STEPS_PER_UNIT) + 0; // + 0 turns -0 into 0
  });
}
